import { webAclAttacks } from "../../local/console/defences/web-acl";
import { countAnswers, statusOf } from "../local/front-door/raw-client";
import type { TestAnswer, TestRuntime } from "../support/local-runtime";
import { plainFunctions } from "../support/plain-functions";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { proven } from "./support/attack";
import { webAclRule } from "./support/edge-limits";
import {
  BLOCKED,
  expectGatewayError,
  FUNCTION_FAILED,
  type GatewayError,
  INVALID_BODY,
  NO_SUCH_ROUTE,
  UNAUTHORIZED,
} from "./support/gateway-error";
import { everyLogMessage, logMessages } from "./support/logs";
import { requestStart, talk } from "./support/raw-request";
import { ECHO_FUNCTION } from "./support/stolen-function";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, type Proof, threatsOf } from "./support/threats";

const threat = threatsOf(8, __filename);
const { withRuntime } = useRuntimes();

const MALFORMED: GatewayError = {
  status: 400,
  errorType: "BadRequestException",
  body: '{"message":"Bad Request"}',
};

const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "strict-transport-security": expect.stringMatching(/^max-age=\d{8}; includeSubDomains$/),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const SMUGGLED = "POST /development/lambda2 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/** What a proxy and a server may read differently; after `Host`. */
const ambiguousRequests = [
  {
    name: "a length and chunks (CL.TE)",
    rest: `Content-Length: ${SMUGGLED.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  },
  {
    name: "chunks and a length (TE.CL)",
    rest: `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  },
  {
    name: "two transfer encodings (TE.TE)",
    rest: `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  },
  { name: "an unknown transfer encoding", rest: `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}` },
  { name: "chunked not last", rest: `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}` },
  {
    name: "a transfer encoding after a vertical tab",
    rest: `Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  },
  {
    name: "a space in front of the colon",
    rest: `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  },
  { name: "two lengths", rest: `Content-Length: 0\r\nContent-Length: 60\r\n\r\n${SMUGGLED}` },
  { name: "a list of lengths", rest: `Content-Length: 0, 60\r\n\r\n${SMUGGLED}` },
  { name: "a length with a sign", rest: `Content-Length: +60\r\n\r\n${SMUGGLED}` },
  { name: "a hexadecimal length", rest: `Content-Length: 0x3c\r\n\r\n${SMUGGLED}` },
  { name: "a chunk size that is not a number", rest: `Transfer-Encoding: chunked\r\n\r\n0x5\r\n${SMUGGLED}` },
  {
    name: "a chunk size beyond any number",
    rest: `Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${SMUGGLED}`,
  },
  {
    name: "a chunk longer than it says",
    rest: `Transfer-Encoding: chunked\r\n\r\n1\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  },
  { name: "lines that end with a line feed alone", rest: `X-A: b\nX-C: d\n\n${SMUGGLED}` },
  { name: "a carriage return inside a header", rest: `X-A: b\rX-Injected: c\r\n\r\n${SMUGGLED}` },
  { name: "a null byte inside a header", rest: `X-A: b\0c\r\n\r\n${SMUGGLED}` },
  { name: "a folded header", rest: `X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}` },
  { name: "a header without a name", rest: `: value\r\n\r\n${SMUGGLED}` },
  { name: "a header without a colon", rest: `Nonsense\r\n\r\n${SMUGGLED}` },
  { name: "a header whose name has a space", rest: `X A: b\r\n\r\n${SMUGGLED}` },
];

const disguisedPaths: readonly { readonly path: string; readonly answer: GatewayError }[] = [
  { path: "/development/%2e%2e/development/lambda1", answer: NO_SUCH_ROUTE },
  { path: "/development//lambda1", answer: UNAUTHORIZED },
  { path: "/development/lambda1/", answer: UNAUTHORIZED },
  { path: "/development/lambda1?X-HTTP-Method-Override=GET&_method=GET", answer: UNAUTHORIZED },
  { path: "//development/lambda1", answer: BLOCKED },
  { path: "/Development/lambda1", answer: BLOCKED },
  { path: "/development%2Flambda1", answer: BLOCKED },
  { path: "/development%00/lambda1", answer: BLOCKED },
  { path: "/./development/lambda1", answer: BLOCKED },
  { path: "/production/lambda1", answer: BLOCKED },
  { path: "/test-invoke-stage/lambda1", answer: BLOCKED },
  { path: "/development/./lambda1", answer: NO_SUCH_ROUTE },
  { path: "/development/../development/lambda1", answer: NO_SUCH_ROUTE },
  { path: "/development/..;/lambda1", answer: NO_SUCH_ROUTE },
  { path: "/development/lambda1;jsessionid=1", answer: NO_SUCH_ROUTE },
  { path: "/development/LAMBDA1", answer: NO_SUCH_ROUTE },
  { path: "/development/%6cambda1", answer: NO_SUCH_ROUTE },
  { path: "/development/lambda1%00", answer: NO_SUCH_ROUTE },
  { path: "/development/lambda1%0d%0aX-Injected:%20a", answer: NO_SUCH_ROUTE },
  { path: "/development/lambda1/..", answer: NO_SUCH_ROUTE },
  { path: "/development/lambda1%", answer: MALFORMED },
  { path: "/development/lambda1?a=%zz", answer: MALFORMED },
];

const brokenBodies = [
  { name: "an overlong encoding", body: bytes('{"name":"', 0xc0, 0xaf, '"}') },
  { name: "a sequence that is not UTF-8", body: bytes('{"name":"', 0xc3, 0x28, '"}') },
  { name: "an encoded surrogate", body: bytes('{"name":"', 0xed, 0xa0, 0x80, '"}') },
  { name: "UTF-16 for its encoding", body: Buffer.from('{"name":"Ada"}', "utf16le") },
  { name: "a null byte after it", body: '{"name":"Ada"}\0' },
];

const lineForgers = [
  { name: "a line break", text: "Ada\\r\\n2026-01-01T00:00:00Z forged" },
  { name: "a line feed", text: 'Ada\\n{\\"level\\":\\"INFO\\",\\"message\\":\\"forged\\"}' },
  { name: "a terminal's escape", text: "\\u001b[2J\\u001b[31mforged" },
  { name: "a C1 control", text: "\\u009b31mforged" },
  { name: "a backspace", text: "Eve\\b\\b\\bAda" },
  { name: "a null character", text: "Ada\\u0000" },
  { name: "a delete", text: "Ada\\u007f" },
];

const functionJudges: Proof = [
  "leaves broken bodies and control characters to the function when the method has no validator",
  async () => {
    const answers = await withRuntime(
      {
        edit: ({ edge }) => {
          delete edge.resource("aws_api_gateway_method.POST-lambda1").request_validator_id;
        },
      },
      async (test) => {
        const token = await test.token("MyUserPool1");
        return [
          await test.send({ token, body: bytes('{"name":"', 0xc3, 0x28, '"}') }),
          await test.send({ token, body: '{"name":"Ada\\nforged"}' }),
          await test.send({ token, body: '{"name":"Ada","role":"admin"}' }),
        ].map(({ status, body }) => ({ status, message: JSON.parse(body).message }));
      },
    );

    expect(answers).toEqual([
      // What is no UTF-8 has become a replacement character before the function sees it.
      { status: 200, message: expect.stringContaining("Hello \ufffd(.") },
      { status: 400, message: expect.stringContaining("control characters") },
      { status: 400, message: 'The body must be a JSON object with "name" and no other property.' },
    ]);
  },
];

describe("with the stacks as they are", () => {
  const test = useRuntime();
  let token: string;

  beforeAll(async () => {
    token = await test.token("MyUserPool1");
  });

  describe("what two servers may read differently", () => {
    threat({
      threat: "A request is smuggled inside another one",
      layer: "HTTP server",
      setting: BUILT_IN,
      attack: each(ambiguousRequests, ({ name, rest }) => [
        `a request with ${name} is refused, and nothing after it is read`,
        async () => {
          const seen = test.lines.length;

          const answer = await talk(test, requestStart(test, `Authorization: ${token}\r\n${rest}`));

          expect(statusOf(answer)).toBe(400);
          expect(countAnswers(answer)).toBe(1);
          expect(answer).toMatch(/Connection: close\r\nContent-Length: 0\r\n\r\n$/);
          expect(test.lines).toHaveLength(seen);
        },
      ]),
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("a request with two Host headers is refused, and so is one without in HTTP/1.0", async () => {
      const two = await talk(test, requestStart(test, "Host: attacker.example\r\nConnection: close\r\n\r\n"));
      const none = await talk(test, "POST /development/lambda1 HTTP/1.0\r\n\r\n");

      expect([statusOf(two), statusOf(none)]).toEqual([400, 400]);
    });

    it("a request in HTTP/1.0 is answered like any other when it is clear", async () => {
      const answer = await talk(test, requestStart(test, "\r\n").replace("HTTP/1.1", "HTTP/1.0"));

      expect(answer).toMatch(/^HTTP\/1\.1 401 .*Connection: close\r\n.*\{"message":"Unauthorized"\}$/s);
    });

    it.each(["post", "FOO", "POST\t", "G\0T"])("a request with the method %j is refused", async (method) => {
      const answer = await talk(test, requestStart(test, "\r\n", `${method} /development/lambda1`));

      expect(statusOf(answer)).toBe(400);
    });
  });

  describe("headers", () => {
    /** API Gateway counts the request line's method and target, and the headers' values. */
    const headersOf = (countedBytes: number) => {
      const counted = `POST/development/lambda1127.0.0.1:${test.runtime.port}close`.length;
      return `Connection: close\r\nX-Long: ${"a".repeat(countedBytes - counted)}\r\n\r\n`;
    };

    threat({
      threat: "Headers carry more than anything needs",
      layer: "API Gateway, in front of the API",
      setting: BUILT_IN,
      attack: [
        "headers of 10,241 bytes are refused in front of the API",
        async () => {
          const answer = await talk(test, requestStart(test, headersOf(10_241)));

          expect(statusOf(answer)).toBe(431);
          expect(answer).toMatch(/\r\n\r\nHTTP header is larger than 10240 bytes\.$/);
        },
      ],
      counterpart: [
        "headers of 10,240 bytes are taken",
        async () => {
          const answer = await talk(test, requestStart(test, headersOf(10_240)));

          expect(statusOf(answer)).toBe(401);
        },
      ],
    });

    it.each([
      { name: "a value of 100,000 bytes", more: `X-Long: ${"a".repeat(100_000)}\r\n` },
      { name: "a name of 100,000 bytes", more: `${"a".repeat(100_000)}: b\r\n` },
      { name: "20,000 headers", more: "a: b\r\n".repeat(20_000) },
      { name: "a request target of 100,000 bytes", more: "", line: `POST /${"a".repeat(100_000)}` },
    ])("absurd headers are not read to their end: $name", async ({ more, line }) => {
      const seen = test.lines.length;

      const answer = await talk(test, requestStart(test, `${more}\r\n`, line));

      expect(statusOf(answer)).toBe(431);
      expect(countAnswers(answer)).toBe(1);
      expect(test.lines).toHaveLength(seen);
    });

    it("headers that are many and small are read to the last one, where a token may be", async () => {
      const answer = await talk(
        test,
        requestStart(
          test,
          `${"a:\r\n".repeat(2100)}Content-Length: 14\r\nConnection: close\r\nAuthorization: x\r\n\r\n{"name":"Ada"}`,
        ),
      );

      expect(statusOf(answer)).toBe(401);
      expect(test.lines.at(-1)?.decision.detail).toBe("AGAuthorizer1: malformed token");
    });

    it("no answer has headers of the client", async () => {
      const echoes = ["X-Amzn-Trace-Id", "X-Request-Id", "Origin", "X-Amzn-RequestId", "X-Amz-Apigw-Id"];

      const answer = await test.send({
        token,
        headers: [
          ["Content-Type", "application/json"],
          ...echoes.map((name) => [name, "<script>forged</script>"] as const),
        ],
      });

      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer)).not.toContain("forged");
    });
  });

  describe("overrides", () => {
    threat({
      threat: "A header overrides the method and with it the authorizer",
      layer: "API Gateway, routing",
      setting: BUILT_IN,
      attack: [
        "a method override leads a GET to POST's own authorizer, not past it",
        async () => {
          const answer = await test.send({ method: "GET", headers: [["X-HTTP-Method-Override", "POST"]] });

          expectGatewayError(answer, UNAUTHORIZED);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("a method override leads a POST to a method that does not exist", async () => {
      const answer = await test.send({ headers: [["X-HTTP-Method-Override", "DELETE"]] });

      expectGatewayError(answer, NO_SUCH_ROUTE);
    });

    it.each(["X-HTTP-Method", "X-Method-Override", "X-Original-Method"])(
      "a method override has no effect as %s",
      async (header) => {
        const asGet = await test.send({ token, headers: [[header, "GET"]] });
        const asPost = await test.send({ method: "GET", headers: [[header, "POST"]] });

        expect(asGet.status).toBe(200);
        expectGatewayError(asPost, NO_SUCH_ROUTE);
      },
    );

    it.each(["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"])(
      "an override of the path has no effect as %s",
      async (header) => {
        const answer = await test.send({
          path: "/development/nowhere",
          headers: [[header, "/development/lambda1"]],
        });

        expectGatewayError(answer, NO_SUCH_ROUTE);
      },
    );
  });

  threat({
    threat: "A path in disguise leads past the authorizer",
    layer: "API Gateway, routing",
    setting: BUILT_IN,
    attack: each(disguisedPaths, ({ path, answer }) => [
      `the path ${path} leads past no authorizer`,
      async () => {
        const { status, headers, body } = await test.send({ path });

        expect({ status, errorType: headers["x-amzn-errortype"], body }).toEqual(answer);
      },
    ]),
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  describe("bodies", () => {
    threat({
      threat: "A content type without a model escapes validation",
      layer: "Request validation",
      setting: "aws_api_gateway_method.request_models: $default",
      attack: each(
        [
          "text/plain",
          "text/xml",
          "application/xml",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "application/octet-stream",
          "application/jsonp",
          "application/json, text/plain",
          "APPLICATION/JSON; charset=utf-7",
          "nonsense",
          "",
        ],
        (type) => [
          `a body of the content type ${type} is held to the model like any other`,
          async () => {
            const answer = await test.send({ token, headers: [["Content-Type", type]], body: "name=Ada" });

            expectGatewayError(answer, INVALID_BODY);
          },
        ],
      ),
      counterpart: [
        "lets a body of another content type reach the function when only JSON has a model",
        async () => {
          const answer = await withRuntime(
            {
              edit: ({ edge }) => {
                edge.resource("aws_api_gateway_method.POST-lambda1").request_models = {
                  "application/json": "${aws_api_gateway_model.Name.name}",
                };
                edge.replaceCode("ExternalLambda1", ECHO_FUNCTION);
              },
            },
            async (test) =>
              test.send({
                token: await test.token("MyUserPool1"),
                headers: [["Content-Type", "text/plain"]],
                body: "name=Ada",
              }),
          );

          expect(answer.status).toBe(200);
          expect(JSON.parse(answer.body).body).toBe("name=Ada");
        },
      ],
    });

    it("a body with two content types is held to the model", async () => {
      const answer = await test.send({
        token,
        headers: [
          ["Content-Type", "application/json"],
          ["Content-Type", "text/plain"],
        ],
        body: "name=Ada",
      });

      expectGatewayError(answer, INVALID_BODY);
    });

    threat({
      threat: "A body in another or a broken encoding means something else to each parser",
      layer: "Request validation, then the function",
      setting: "aws_api_gateway_method.request_validator_id",
      attack: each(brokenBodies, ({ name, body }) => [
        `a body with ${name} is refused`,
        async () => {
          const answer = await test.send({ token, body });

          expectGatewayError(answer, INVALID_BODY);
        },
      ]),
      counterpart: functionJudges,
    });

    it.each([
      { name: "a byte order mark", body: '\ufeff{"name":"Ada"}' },
      { name: "a line separator in a name", body: '{"name":"Ada\u2028forged"}' },
    ])("a body with $name is refused by the function, which the model lets it reach", async ({ body }) => {
      const answer = await test.send({ token, body });

      expect(answer.status).toBe(400);
      expect(test.lines.at(-1)?.decision.layer).toBe("function");
      expect(answer.body).not.toMatch(/Ada|forged/);
    });
  });

  describe("logs", () => {
    threat({
      threat: "A name forges lines of a log or commands of a terminal",
      layer: "Request validation, then the function",
      setting: "aws_api_gateway_model.schema: pattern",
      attack: each(lineForgers, ({ name, text }) => [
        `a log does not take a name with ${name}`,
        async () => {
          const answer = await test.send({ token, body: `{"name":"${text}"}` });

          expectGatewayError(answer, INVALID_BODY);
        },
      ]),
      counterpart: functionJudges,
    });

    threat({
      threat: "A name or a path closes a field of a log's line",
      layer: "Structured logs",
      setting: BUILT_IN,
      attack: [
        "a log keeps a name that looks like a log line inside one JSON string",
        async () => {
          const name = '"},{"level":"ERROR","message":"forged"}\\n';

          const answer = await test.send({ token, body: { name } });
          const { messageId } = JSON.parse(answer.body);
          await test.runtime.settled();
          const entries = jsonLines(await logMessages(test, "/aws/lambda/InternalLambda")).filter(
            (line) => line.message_id === messageId,
          );

          expect(entries).toHaveLength(2);

          expect(entries[0]?.received_name).toBe(name);
          expect(entries[1]?.message).toBe(`Hello ${name}. Greetings from InternalLambda!`);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("the access log is one JSON object a line, whatever the path is", async () => {
      const path = '/development/"},{"status":"200","path":"forged';

      const sent = await talk(
        test,
        requestStart(test, "Connection: close\r\n\r\n", `POST ${path}\\x1b%0a%0d`),
      );

      const lines = (await logMessages(test, "/aws/apigateway/SecureLambdaAPI/access")).map((line) =>
        JSON.parse(line),
      );
      expect(statusOf(sent)).toBe(403);
      expect(lines.at(-1)).toMatchObject({ status: "403", path: `${path}\\x1b%0a%0d` });
    });

    threat({
      threat: "A token ends in a log",
      layer: "The function; API Gateway's log settings",
      setting:
        "aws_api_gateway_stage.access_log_settings, aws_api_gateway_method_settings.data_trace_enabled",
      attack: [
        "no log holds a token, wherever a client puts it, and neither does the terminal",
        async () => {
          const other = await test.token("MyUserPool2");
          await test.send({ token });
          await test.send({ token: other });
          await test.send({ token: `${token}x` });
          await test.send({ token, body: {} });
          await test.send({ token, body: "[" });
          await test.send({ token, path: "/development/nowhere" });
          await test.send({ path: `/development/lambda1?Authorization=${token}` });

          const written = [...(await everyLogMessage(test)), ...test.lines, ...test.notices].map((entry) =>
            JSON.stringify(entry),
          );

          expect(written.length).toBeGreaterThan(20);
          for (const secret of [token, other].flatMap((whole) => whole.split("."))) {
            expect(written.filter((line) => line.includes(secret))).toEqual([]);
          }
        },
      ],
      counterpart: [
        "shows the token in the function's log when the function logs its event",
        async () => {
          const [token, lines] = await withRuntime(
            {
              edit: ({ edge }) =>
                edge.replaceCode(
                  "ExternalLambda1",
                  "export const handler = async (event) => { console.log(JSON.stringify(event)); return {}; };",
                ),
            },
            async (test) => {
              const sent = await test.token("MyUserPool1");
              await test.send({ token: sent });
              return [sent, await everyLogMessage(test)] as const;
            },
          );

          expect(lines.filter(({ message }) => message.includes(token)).map(({ group }) => group)).toEqual([
            "/aws/lambda/ExternalLambda1",
          ]);
        },
      ],
    });
  });

  describe("answers", () => {
    threat({
      threat: "A browser stores, sniffs or frames an answer",
      layer: "Gateway responses; the function for its own",
      setting: "aws_api_gateway_gateway_response.response_parameters",
      attack: each(
        [
          { from: "the authorizer", status: 401, request: () => ({}) },
          { from: "the function", status: 200, request: () => ({ token }) },
          {
            from: "the function's own check",
            status: 400,
            request: () => ({ token, body: { name: "\u2028" } }),
          },
          { from: "the routing", status: 403, request: () => ({ path: "/development/nowhere" }) },
          { from: "the web ACL", status: 403, request: () => ({ body: "a".repeat(9000) }) },
          { from: "the validation", status: 400, request: () => ({ token, body: {} }) },
        ],
        ({ from, status, request }) => [
          `an answer of ${from} has the security headers and tells nothing of the software`,
          async () => {
            const answer = await test.send(request());

            expect(answer.status).toBe(status);
            expect(answer.headers).toMatchObject(SECURITY_HEADERS);
            expect(answer.headers["content-type"]).toBe("application/json");
            expect(Object.keys(answer.headers)).not.toEqual(
              expect.arrayContaining([expect.stringMatching(/^(server|x-powered-by|via)$/)]),
            );
          },
        ],
      ),
      counterpart: [
        "sends API Gateway's own answers without security headers when DEFAULT_4XX sets none",
        async () => {
          const answer = await withRuntime(
            {
              edit: ({ edge }) => {
                delete edge.resource("aws_api_gateway_gateway_response.DEFAULT_4XX").response_parameters;
              },
            },
            (test) => test.send(),
          );

          expectGatewayError(answer, UNAUTHORIZED);
          for (const name of Object.keys(SECURITY_HEADERS)) expect(answer.headers).not.toHaveProperty(name);
        },
      ],
    });

    it.each(["https://attacker.example", "null", "http://localhost:3000"])(
      "an answer lets no page of the origin %s read it",
      async (origin) => {
        const headers = [
          ["Content-Type", "application/json"],
          ["Origin", origin],
        ] as const;

        const answers = [
          await test.send({ token, headers }),
          await test.send({ headers }),
          await test.send({ headers, method: "OPTIONS" }),
        ];

        expect(answers.map(({ status }) => status)).toEqual([200, 401, 403]);
        expect(answers.flatMap(corsHeaders)).toEqual([]);
      },
    );
  });
});

describe("with one origin for CORS", () => {
  const env = { CORS_ORIGIN: "https://app.example.com" };
  const foreign = [
    ["Content-Type", "application/json"],
    ["Origin", "https://app.example.com.attacker.example"],
  ] as const;
  const ask = async (test: TestRuntime) => {
    const token = await test.token("MyUserPool1");
    return [
      await test.send({ token, headers: foreign }),
      await test.send({ headers: foreign }),
      await test.send({ headers: foreign, method: "OPTIONS" }),
    ];
  };

  threat({
    threat: "A page of another origin reads answers",
    layer: "CORS, off unless one origin is set",
    setting: "aws_api_gateway_gateway_response.response_parameters, CORS_ORIGINS of the function",
    attack: [
      "a page of another origin gets the one origin's name or none",
      async () => {
        const answers = await withRuntime({ env }, ask);

        expect(answers.map(({ status }) => status)).toEqual([200, 401, 204]);
        expect(answers.map((answer) => answer.headers["access-control-allow-origin"])).toEqual([
          undefined,
          "https://app.example.com",
          "https://app.example.com",
        ]);
        expect(answers.map((answer) => answer.headers.vary)).toEqual(Array(3).fill("Origin"));
      },
    ],
    counterpart: [
      "a page of another origin reads the answers when the JSON lets it",
      async () => {
        const answers = await withRuntime(
          {
            env,
            edit: ({ edge }) => {
              const { environment } = edge.resource("aws_lambda_function.ExternalLambda1");
              const { variables } = environment as { variables: Record<string, string> };
              variables.CORS_ORIGINS = foreign[1][1];
              for (const type of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
                const { response_parameters: parameters } = edge.resource(
                  `aws_api_gateway_gateway_response.${type}`,
                );
                Object.assign(parameters as object, {
                  "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
                });
              }
            },
          },
          ask,
        );

        expect(answers.slice(0, 2).map((answer) => answer.headers["access-control-allow-origin"])).toEqual([
          foreign[1][1],
          "*",
        ]);
      },
    ],
  });
});

describe("functions that fail", () => {
  const failing = {
    edit: ({ edge }: { edge: { replaceCode(name: string, code: string): void } }) => {
      edge.replaceCode(
        "ExternalLambda1",
        'export const handler = async () => { throw new Error("secret arn:aws:sns:us-east-1:1:Secret"); };',
      );
      edge.replaceCode(
        "ExternalLambda2",
        'export const handler = async () => ({ error: "secret", stack: "at /var/task/index.mjs" });',
      );
    },
  };

  threat({
    threat: "A failure tells about the inside",
    layer: "API Gateway; the function",
    setting: "aws_api_gateway_integration.type: AWS_PROXY",
    attack: [
      "a function's failure tells the client nothing but that it failed",
      async () => {
        const answers = await withRuntime(failing, async (test) => [
          await test.send({ token: await test.token("MyUserPool1") }),
          await test.send({ path: "/development/lambda2", token: await test.token("MyUserPool2") }),
        ]);

        for (const answer of answers) {
          expectGatewayError(answer, FUNCTION_FAILED);
          expect(answer.headers).toMatchObject(SECURITY_HEADERS);
          expect(JSON.stringify(answer)).not.toMatch(/secret|var\/task/i);
        }
      },
    ],
    counterpart: [
      "a function's failure is told to the client when the code answers with it",
      async () => {
        const answer = await withRuntime(
          {
            edit: ({ edge }) =>
              edge.replaceCode(
                "ExternalLambda1",
                'export const handler = async () => ({ statusCode: 500, body: new Error("secret").stack });',
              ),
          },
          async (test) => test.send({ token: await test.token("MyUserPool1") }),
        );

        expect(answer.status).toBe(500);
        expect(answer.body).toContain("secret");
      },
    ],
  });
});

describe("the web ACL's rule on the source IP", () => {
  const elsewhere = "203.0.113.7/32";
  const spoofed = {
    headers: ["X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"].map(
      (name) => [name, "203.0.113.7"] as const,
    ),
  };

  threat({
    threat: "An unwanted address calls",
    layer: "Web ACL, rule SourceIp",
    setting:
      "aws_wafv2_web_acl.rule: action (`IP_RULE_ACTION`, `IP_SET_CIDRS`), aws_wafv2_web_acl_association",
    attack: [
      "the IP rule blocks an address of the IP set when its action is block",
      async () => {
        const answer = await withRuntime({ env: { IP_RULE_ACTION: "block" } }, (test) => test.send());

        expectGatewayError(answer, BLOCKED);
      },
    ],
    counterpart: [
      "the IP rule stops nobody when the web ACL is not associated with the stage",
      async () => {
        const answer = await withRuntime(
          {
            env: { IP_RULE_ACTION: "block" },
            edit: ({ edge }) => edge.remove("aws_wafv2_web_acl_association.stage"),
          },
          (test) => test.send(),
        );

        expectGatewayError(answer, UNAUTHORIZED);
      },
    ],
  });

  it("the IP rule lets other addresses through when its action is block", async () => {
    const answer = await withRuntime({ env: { IP_RULE_ACTION: "block", IP_SET_CIDRS: elsewhere } }, (test) =>
      test.send(),
    );

    expectGatewayError(answer, UNAUTHORIZED);
  });

  it("the IP rule lets an address of the IP set in when its action is allow, up to the authorizer", async () => {
    const answer = await withRuntime({ env: { IP_RULE_ACTION: "allow" } }, (test) => test.send());

    expectGatewayError(answer, UNAUTHORIZED);
  });

  it("the IP rule lets nobody past the other rules when its action is allow", async () => {
    const answer = await withRuntime({ env: { IP_RULE_ACTION: "allow" } }, (test) =>
      test.send({ body: "a".repeat(9000) }),
    );

    expectGatewayError(answer, BLOCKED);
  });

  const inLog = webAclAttacks.filter(({ id }) => id === "token-in-web-acl-log");
  const logging = { env: { WEB_ACL_LOG: "true" }, edit: plainFunctions };
  const logged = useRuntime(logging);
  const { without: loggedWithout } = useRuntimes(logging);

  for (const attack of inLog)
    threat(
      proven(attack, {
        ...{ on: logged, without: loggedWithout },
        refuses: "the web ACL's log has no token in it",
        succeeds: "the web ACL's log has the token when no field is redacted",
      }),
    );

  threat({
    threat: "A client pretends to come from a welcome address",
    layer: "Web ACL, rule SourceIp",
    setting: "aws_wafv2_web_acl.rule: ip_set_reference_statement",
    attack: [
      "the IP rule lets nobody else in when its action is allow, whatever source a header claims",
      async () => {
        const answers = await withRuntime(
          { env: { IP_RULE_ACTION: "allow", IP_SET_CIDRS: elsewhere } },
          async (test) => [await test.send(), await test.send(spoofed)],
        );

        for (const answer of answers) expectGatewayError(answer, BLOCKED);
      },
    ],
    counterpart: [
      "the IP rule believes the header when it is made to look at X-Forwarded-For",
      async () => {
        const answer = await withRuntime(
          {
            env: { IP_RULE_ACTION: "allow", IP_SET_CIDRS: elsewhere },
            edit: ({ edge }) => {
              const { ip_set_reference_statement: statement } = webAclRule(edge, "SourceIp").statement as {
                ip_set_reference_statement: object;
              };
              Object.assign(statement, {
                ip_set_forwarded_ip_config: {
                  header_name: "X-Forwarded-For",
                  fallback_behavior: "NO_MATCH",
                  position: "FIRST",
                },
              });
            },
          },
          (test) => test.send(spoofed),
        );

        expectGatewayError(answer, UNAUTHORIZED);
      },
    ],
  });
});

function bytes(...parts: (string | number)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part))));
}

/** The lines that the function itself wrote: each must be one JSON object. */
function jsonLines(messages: readonly string[]): Record<string, unknown>[] {
  return messages
    .filter((message) => !/^(INIT_START|START|END|REPORT) /.test(message))
    .map((message) => JSON.parse(message));
}

function corsHeaders({ headers }: TestAnswer): string[] {
  return Object.keys(headers).filter((name) => name.startsWith("access-control-"));
}
