import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsError } from "../../../../local/kernel/aws-error";
import { ACCOUNT, type Resources, type Values } from "../../../support/deployment";
import { API_ID, Bench, baseResources, lambdaMethod, resource, textOf } from "./fixture";

/** An emulator of the user's own for services that are not served here. */
let server: Server;
let url: string;
let received: { target: string | undefined; headers: Record<string, unknown>; body: string }[];
let answer: readonly [status: number, body: string];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    received.push({
      target: `${request.method} ${request.url}`,
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    });
    response.writeHead(answer[0], { "Content-Type": "application/x-amz-json-1.0" }).end(answer[1]);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  received = [];
  answer = [200, '{"Count":1}'];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ROLE = `arn:aws:iam::${ACCOUNT}:role/Caller`;
const uriOf = (service: string) => `arn:aws:apigateway:us-east-1:${service}`;

/** `POST /items` to the service. */
function calling(integration: Values): Resources {
  const where = { rest_api_id: API_ID, resource_id: "res041", http_method: "POST" };
  return {
    ...baseResources(),
    "aws_iam_role.Caller": { name: "Caller", arn: ROLE },
    ...resource("items", "res041"),
    ...lambdaMethod("items", "res041", "POST"),
    "aws_api_gateway_integration.POST-items": {
      ...where,
      type: "AWS",
      integration_http_method: "POST",
      credentials: ROLE,
      uri: uriOf("dynamodb:action/PutItem"),
      request_templates: { "application/json": '{"TableName":"Items","Id":"$input.path(\'$.id\')"}' },
      ...integration,
    },
    "aws_api_gateway_integration_response.ok": { ...where, status_code: "200" },
    "aws_api_gateway_method_response.ok": { ...where, status_code: "200" },
    "aws_api_gateway_integration_response.bad": {
      ...where,
      status_code: "400",
      selection_pattern: "4\\d\\d",
    },
    "aws_api_gateway_method_response.bad": { ...where, status_code: "400" },
  };
}

function benchOf(integration: Values = {}): Bench {
  const bench = new Bench(
    calling(integration),
    Object.fromEntries(
      ["dynamodb", "s3", "events", "states"].map((name) => [
        name,
        { url: () => url, checksPermissions: false },
      ]),
    ),
  );
  bench.trusting.add(ROLE);
  return bench;
}

const post = (bench: Bench) =>
  bench.send({
    target: "/development/items?key=a/b",
    headers: [["Content-Type", "application/json"]],
    body: '{"id":"7"}',
  });

test("an action of DynamoDB is called as the role, with what the template makes of the body", async () => {
  const response = await post(benchOf());

  expect([response.status, textOf(response)]).toEqual([200, '{"Count":1}']);
  expect(received).toEqual([
    {
      target: "POST /",
      body: '{"TableName":"Items","Id":"7"}',
      headers: expect.objectContaining({
        "x-amz-target": "DynamoDB_20120810.PutItem",
        "content-type": "application/x-amz-json-1.0",
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/us-east-1\/dynamodb\/aws4_request, /,
        ),
        "x-amz-security-token": "token",
        "x-amz-date": expect.stringMatching(/^\d{8}T\d{6}Z$/),
      }),
    },
  ]);
});

test("the role's policies are asked about the table, and what they refuse is not called", async () => {
  const bench = benchOf();
  const asked: string[] = [];
  bench.authorize = async ({ action, resource: on }) => {
    asked.push(`${action} ${on}`);
    throw new AwsError("AccessDeniedException", "User: x is not authorized");
  };
  const response = await post(bench);

  expect(asked).toEqual([`dynamodb:PutItem arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Items`]);
  expect([response.status, JSON.parse(textOf(response))]).toEqual([
    400,
    {
      __type: "com.amazon.coral.service#AccessDeniedException",
      Message: "User: x is not authorized",
    },
  ]);
  expect(received).toEqual([]);
});

test("an error of the service selects its integration response", async () => {
  answer = [400, '{"__type":"ValidationException"}'];
  const response = await post(benchOf());

  expect([response.status, textOf(response)]).toEqual([400, answer[1]]);
});

test("a role that does not trust API Gateway is a 500, and nothing is called", async () => {
  const bench = benchOf();
  bench.trusting.clear();

  expect((await post(bench)).status).toBe(500);
  expect(received).toEqual([]);
});

test.each<[string, Values, string]>([
  [
    "a path, with a bucket as a subdomain",
    {
      uri: uriOf("files.s3:path/{key}"),
      integration_http_method: "PUT",
      request_parameters: { "integration.request.path.key": "method.request.querystring.key" },
    },
    "PUT /files/a/b",
  ],
  ["an action that no header names", { uri: uriOf("events:action/PutEvents") }, "POST /?Action=PutEvents"],
])("%s is sent as it is written", async (_name, integration, expected) => {
  await post(benchOf(integration));

  expect(received[0]?.target).toBe(expected);
});

test("an integration that maps X-Amz-Target sends it", async () => {
  const request_parameters = { "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'" };
  await post(benchOf({ uri: uriOf("events:path//"), request_parameters }));

  expect([received[0]?.target, received[0]?.headers["x-amz-target"]]).toEqual([
    "POST /",
    "AWSEvents.PutEvents",
  ]);
});

test.each<[string, Values, RegExp]>([
  [
    "a service that has no endpoint",
    { uri: uriOf("kinesis:action/PutRecord") },
    /uri must be of a service that is served here, or that has an endpoint of yours: --service kinesis=http:/,
  ],
  ["no role", { credentials: null }, /AWS refuses credentials null: Role ARN must be specified/],
  ["what is not an ARN", { uri: "https://example.com" }, /Invalid ARN specified in the request/],
  ["an ARN of another kind", { uri: ROLE }, /AWS ARN for integration must contain path or action/],
  [
    "a header that API Gateway sets",
    { request_parameters: { "integration.request.header.Authorization": "'x'" } },
    /without integration\.request\.header\.Authorization/,
  ],
])("does not start with %s", (_name, integration, message) => {
  expect(() => benchOf(integration)).toThrow(message);
});
