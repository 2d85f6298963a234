import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Resources, Values } from "../../../support/deployment";
import {
  API_ID,
  Bench,
  baseResources,
  headersOf,
  lambdaMethod,
  resource,
  type Sent,
  textOf,
} from "./fixture";

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An endpoint that keeps what it gets, and answers what the test says. */
let server: Server;
let origin: string;
let received: Received[];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") });
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  received = [];
  answer = (response) => {
    response.writeHead(200, { "Content-Type": "application/json", "X-Own": "yes" }).end('{"id":7}');
  };
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const where = { rest_api_id: API_ID, resource_id: "res031", http_method: "POST" };

/** `POST /out/{id}` to the endpoint. */
function passing(integration: Values, responses: readonly Values[] = [{ status_code: "200" }]): Resources {
  return {
    ...baseResources(),
    ...resource("out", "res030"),
    ...resource("{id+}", "res031", "res030"),
    ...lambdaMethod("out", "res031", "POST"),
    "aws_api_gateway_integration.POST-out": {
      ...where,
      type: "HTTP_PROXY",
      integration_http_method: "ANY",
      uri: `${origin}/things/{id}?fixed=1`,
      request_parameters: { "integration.request.path.id": "method.request.path.id" },
      ...integration,
    },
    ...Object.fromEntries(
      responses.flatMap(({ response_parameters, ...values }, index) => [
        [
          `aws_api_gateway_integration_response.r${index}`,
          { ...where, ...(response_parameters === undefined ? {} : { response_parameters }), ...values },
        ],
        [
          `aws_api_gateway_method_response.r${index}`,
          {
            ...where,
            status_code: values.status_code ?? "200",
            response_parameters: Object.fromEntries(
              Object.keys({ ...(response_parameters as Values) }).map((name) => [name, true]),
            ),
          },
        ],
      ]),
    ),
  };
}

const post = (bench: Bench, sent: Sent = {}) =>
  bench.send({
    target: "/development/out/a%20b/c?q=one&q=two",
    headers: [
      ["Host", "localhost"],
      ["Content-Type", "text/plain"],
      ["Authorization", "Bearer x"],
      ["Accept-Encoding", "gzip"],
      ["User-Agent", "browser"],
      ["Via", "1.1 proxy"],
      ["Content-Encoding", "identity"],
      ["X-Mapped", "client"],
    ],
    body: "hello",
    ...sent,
  });

describe("a proxy", () => {
  test("passes on method, path, query, body and headers, but for those of the connection", async () => {
    await post(new Bench(passing({})));

    const [{ headers, ...request } = { headers: {} }] = received;
    expect(request).toEqual({
      method: "POST",
      url: "/things/a%20b/c?fixed=1&q=one&q=two",
      body: "hello",
    });
    expect(headers).toEqual({
      "accept-encoding": "gzip",
      authorization: "Bearer x",
      connection: expect.any(String),
      "content-length": "5",
      "content-type": "text/plain",
      host: origin.replace("http://", ""),
      "user-agent": "browser",
      "x-amzn-apigateway-api-id": API_ID,
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-/),
      "x-mapped": "client",
    });
  });

  test("adds mapped parameters: a header in place of the client's, a query parameter after it", async () => {
    const request_parameters = {
      "integration.request.path.id": "method.request.path.id",
      "integration.request.header.X-Mapped": "'fixed'",
      "integration.request.header.X-Stage": "context.stage",
      "integration.request.querystring.q": "method.request.header.User-Agent",
      "integration.request.querystring.none": "method.request.header.Missing",
    };
    await post(new Bench(passing({ request_parameters })));

    expect(received[0]?.url).toBe("/things/a%20b/c?fixed=1&q=one&q=two&q=browser");
    expect(received[0]?.headers).toMatchObject({ "x-mapped": "fixed", "x-stage": "development" });
  });

  test("sends its integration's method, and no body with a GET", async () => {
    await post(new Bench(passing({ integration_http_method: "GET" })));

    expect(received[0]).toMatchObject({ method: "GET", body: "" });
  });

  test("answers what the endpoint answers, with the connection's headers under other names", async () => {
    answer = (response) => {
      response
        .writeHead(418, {
          ...{ Server: "teapot", "x-amzn-RequestId": "theirs", "WWW-Authenticate": "Tea", Via: "1.1 x" },
          "Set-Cookie": ["a=1", "b=2"],
        })
        .end("short");
    };
    const response = await post(new Bench(passing({})));

    expect([response.status, textOf(response)]).toEqual([418, "short"]);
    expect(headersOf(response)).toMatchObject({
      "x-amzn-remapped-server": "teapot",
      "x-amzn-remapped-x-amzn-requestid": "theirs",
      "x-amzn-remapped-www-authenticate": "Tea",
      "x-amzn-requestid": expect.not.stringMatching("theirs"),
    });
    expect(headersOf(response)).not.toHaveProperty("via");
    expect(response.headers.filter(([name]) => name === "Set-Cookie").map(([, value]) => value)).toEqual([
      "a=1",
      "b=2",
    ]);
  });

  test("does not follow a redirect", async () => {
    answer = (response) => response.writeHead(302, { Location: "/elsewhere" }).end();
    const response = await post(new Bench(passing({})));

    expect([response.status, headersOf(response).location]).toEqual([302, "/elsewhere"]);
    expect(received).toHaveLength(1);
  });

  test("keeps dots of a parameter as they are, and cannot leave its path by them", async () => {
    await post(new Bench(passing({})), { target: "/development/out/%2e%2e/%3Fx%23" });

    expect(received[0]?.url).toBe("/things/%2e%2e/%3Fx%23?fixed=1");
  });

  test("takes a host from the stage's variables", async () => {
    const resources = passing({ uri: "http://${stageVariables.host}/x" });
    const stage = { ...resources["aws_api_gateway_stage.stage"], variables: { host: origin.slice(7) } };
    await post(new Bench({ ...resources, "aws_api_gateway_stage.stage": stage }));

    expect(received[0]?.url).toBe("/x?q=one&q=two");
  });

  test("a place in the URL that nothing fills is a 500", async () => {
    const response = await post(new Bench(passing({ request_parameters: null })));

    expect([response.status, response.decision.detail]).toEqual([500, "the URL's {id} has no value"]);
    expect(received).toHaveLength(0);
  });
});

describe("an endpoint that does not answer", () => {
  test.each([
    [
      "because nobody listens",
      "http://127.0.0.1:1/",
      504,
      '{"message": "Network error communicating with endpoint"}',
    ],
    ["because its name is unknown", "http://nobody.invalid/", 500, '{"message": "Internal server error"}'],
  ])("%s", async (_name, uri, status, body) => {
    const response = await post(new Bench(passing({ uri, request_parameters: null })));

    expect([response.status, textOf(response)]).toEqual([status, body]);
  });

  test("in time is a 504", async () => {
    answer = () => {};
    const response = await post(new Bench(passing({ timeout_milliseconds: 50 })));

    expect([response.status, textOf(response)]).toEqual([504, '{"message": "Endpoint request timed out"}']);
  });

  test("with less than 10 MB is a 500", async () => {
    answer = (response) => response.end(Buffer.alloc(10_485_761));
    const response = await post(new Bench(passing({})));

    expect([response.status, response.decision.detail]).toEqual([
      500,
      expect.stringMatching("is larger than"),
    ]);
  });
});

describe("an integration that is not a proxy", () => {
  const json = { headers: [["Content-Type", "application/json"]] as const, body: '{"name":"Ada","n":[1]}' };
  const mapped = (integration: Values, responses?: readonly Values[]) =>
    passing({ type: "HTTP", integration_http_method: "POST", uri: `${origin}/x`, ...integration }, responses);

  test("sends what the template makes of the body, mapped parameters, and headers of API Gateway's own", async () => {
    const request_templates = { "application/json": '{"who":"$input.path(\'$.name\')"}' };
    const request_parameters = {
      "integration.request.querystring.n": "method.request.body.n[0]",
      "integration.request.querystring.q": "method.request.multivaluequerystring.q",
    };
    await post(new Bench(mapped({ request_templates, request_parameters })), json);

    expect(received).toEqual([
      {
        method: "POST",
        url: "/x?n=1&q=one&q=two",
        body: '{"who":"Ada"}',
        headers: {
          accept: "application/json",
          connection: expect.any(String),
          "content-length": "13",
          "content-type": "application/json",
          host: origin.slice(7),
          "user-agent": `AmazonAPIGateway_${API_ID}`,
          "x-amzn-apigateway-api-id": API_ID,
          "x-amzn-trace-id": expect.any(String),
        },
      },
    ]);
  });

  test("sends what the template overrides", async () => {
    const request_templates = {
      "application/json":
        '#set($context.requestOverride.header.X-Own = "set")#set($context.requestOverride.querystring.q = "set")' +
        '#set($context.requestOverride.path.id = "set"){}',
    };
    const uri = `${origin}/{id}`;
    await post(new Bench(mapped({ request_templates, uri })), json);

    expect([received[0]?.url, received[0]?.headers["x-own"]]).toEqual(["/set?q=set", "set"]);
  });

  test("answers with the response whose pattern the status matches, else with the default one", async () => {
    const bench = new Bench(
      mapped({}, [
        {
          status_code: "200",
          response_parameters: {
            "method.response.header.X-Theirs": "integration.response.header.x-own",
            "method.response.header.X-Id": "integration.response.body.id",
            "method.response.header.Server": "'mine'",
          },
        },
        {
          status_code: "404",
          selection_pattern: "4\\d{2}",
          response_templates: { "application/json": "gone: $input.path('$.id')" },
        },
      ]),
    );
    const found = await post(bench, json);
    answer = (response) => response.writeHead(410).end('{"id":7}');
    const gone = await post(bench, json);
    answer = (response) => response.writeHead(503).end("busy");
    const busy = await post(bench, json);

    expect([found.status, textOf(found)]).toEqual([200, '{"id":7}']);
    expect(headersOf(found)).toMatchObject({
      "content-type": "application/json",
      "x-theirs": "yes",
      "x-id": "7",
      "x-amzn-remapped-server": "mine",
      "x-amzn-trace-id": expect.any(String),
    });
    expect(headersOf(found)).not.toHaveProperty("x-own");
    expect([gone.status, textOf(gone)]).toEqual([404, "gone: 7"]);
    expect([busy.status, textOf(busy)]).toEqual([200, "busy"]);
  });
});

test.each<[string, Values, RegExp]>([
  [
    "a URI without a scheme",
    { uri: "example.com" },
    /AWS refuses uri .*Invalid HTTP endpoint specified for URI/,
  ],
  [
    "a header that API Gateway sets",
    { request_parameters: { "integration.request.header.Content-Length": "'1'" } },
    /without integration\.request\.header\.Content-Length/,
  ],
  [
    "a VPC link",
    { connection_type: "VPC_LINK", connection_id: "vl1" },
    /connection_type must be INTERNET: a VPC link leads into a VPC, .* serve the API with the URL of what is at its end/,
  ],
])("does not start with %s", (_name, integration, message) => {
  expect(() => new Bench(passing(integration))).toThrow(message);
});
