import { bodyAttacks, nested } from "../../local/console/defences/bodies";
import { AwsError } from "../../local/kernel/aws-error";
import type { TestAnswer, TestRequest, TestRuntime } from "../support/local-runtime";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { attackOn, proven } from "./support/attack";
import { removeWebAclRule } from "./support/edge-limits";
import { BLOCKED, expectGatewayError, FUNCTION_FAILED, INVALID_BODY } from "./support/gateway-error";
import { each, threatsOf } from "./support/threats";

const threat = threatsOf(3, __filename);

const POLLUTION = '{"name":"Ada","__proto__":{"isAdmin":true}}';

const CHARACTERS =
  '"name" must not contain control characters, line separators or code points that are not characters.';

/** What the function says by itself. */
const OWN_REASONS = [
  "The body must be JSON in UTF-8.",
  'The body must be a JSON object with "name" and no other property.',
  '"name" must be a string of 1 to 256 characters.',
  CHARACTERS,
];

/** What JSON schema's pattern does not tell from text; the function alone refuses it. */
const characterAttacks = [
  { name: "a line separator", body: '{"name":"Ada\\u2028admin"}' },
  { name: "half of a surrogate pair", body: '{"name":"\\ud800"}' },
  { name: "a paragraph separator", body: '{"name":"Ada\\u2029admin"}' },
  { name: "a code point that is not a character", body: '{"name":"\\uffff"}' },
];

const depths = [
  { depth: "100,000", levels: 100_000 },
  { depth: "10,000", levels: 10_000 },
];

/** What an answer must not tell: names and ARNs of what is behind, the account, and where the code is. */
const INTERNALS = /arn:aws|LambdaSNSTopic|123456789012|Exception|Error:|\bat .+:\d+:\d+|index\.mjs|assets/;

function told({ headers, body }: TestAnswer): string {
  const { "x-amzn-errortype": _, "x-amzn-requestid": __, ...others } = headers;
  return JSON.stringify([others, body]);
}

/** A signed-in user's requests to one route. */
async function sender(test: TestRuntime, route: "lambda1" | "lambda2") {
  const token = await test.token(route === "lambda1" ? "MyUserPool1" : "MyUserPool2");
  return (request: TestRequest) => test.send({ path: `/development/${route}`, token, ...request });
}

type Send = Awaited<ReturnType<typeof sender>>;

/** A handler as one finds it in a first draft: merges what it gets into what it knows. */
const TRUSTING_FUNCTION = `
function merge(target, source) {
  for (const key of Object.keys(source)) {
    if (typeof source[key] === "object" && source[key] !== null) target[key] = merge(target[key] ?? {}, source[key]);
    else target[key] = source[key];
  }
  return target;
}
export const handler = async ({ body }) => {
  const user = merge({ role: "guest" }, JSON.parse(body));
  const answer = { message: "Hello " + user.name, role: user.role, everybodyIsAdmin: {}.isAdmin === true };
  return { statusCode: 200, body: JSON.stringify(answer) };
};
`;

const THROWING_FUNCTION = `
export const handler = async () => {
  throw new Error("no access to " + process.env.TOPIC_SECRET_ARN);
};
`;

const TALKATIVE_FUNCTION = `
export const handler = async () => {
  const { stack } = new Error("no access to " + process.env.TOPIC_SECRET_ARN);
  return { statusCode: 500, body: JSON.stringify({ stack }) };
};
`;

describe("object property level authorization", () => {
  let failing: string | undefined;
  let send: Send;
  let sendToOpen: Send;
  let sendToTrusting: Send;
  const test = useRuntime({ faults: { strike: async (service) => failAs(service, failing) } });
  const { without } = useRuntimes();
  const open = useRuntime({
    edit: ({ edge }) => {
      for (const path of ["lambda1", "lambda2"]) {
        delete edge.resource(`aws_api_gateway_method.POST-${path}`).request_validator_id;
      }
      removeWebAclRule(edge, "LargeBody");
      edge.replaceCode("ExternalLambda2", TRUSTING_FUNCTION);
    },
  });
  const talkative = useRuntime({
    edit: ({ edge }) => {
      edge.replaceCode("ExternalLambda1", THROWING_FUNCTION);
      edge.replaceCode("ExternalLambda2", TALKATIVE_FUNCTION);
    },
  });

  beforeAll(async () => {
    send = await sender(test, "lambda1");
    sendToOpen = await sender(open, "lambda1");
    sendToTrusting = await sender(open, "lambda2");
  });
  afterEach(() => {
    failing = undefined;
  });

  for (const attack of bodyAttacks) {
    threat(
      proven(attack, {
        ...{ on: test, without },
        refuses: `refuses ${attack.name}`,
        succeeds: `hands ${attack.name} to the function without ${attack.defence.setting}, and it judges by itself`,
        expects({ answer }) {
          expectGatewayError(answer, INVALID_BODY);
          expect(test.lines.at(-1)?.decision).toEqual({
            layer: "validation",
            detail: "body does not fit the model Name",
          });
        },
        expectsWithout({ answer: { status, body } }) {
          // API Gateway hands the function text: what was not UTF-8 is U+FFFD by then.
          if (/UTF-8|overlong/.test(attack.name)) expect(status).toBe(200);
          else
            expect([status, OWN_REASONS]).toEqual([400, expect.arrayContaining([JSON.parse(body).message])]);
        },
      }),
    );
  }

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/xml",
    "application/json; charset=utf-16",
  ])("validates the body whatever its content type says: %s", async (type) => {
    const answer = await send({ headers: [["Content-Type", type]], body: POLLUTION });

    expectGatewayError(answer, INVALID_BODY);
  });

  threat({
    threat: "Nested arrays beyond 8 KB",
    layer: "Web ACL",
    setting: "aws_wafv2_web_acl.rule LargeBody",
    attack: each(depths, ({ depth, levels }) => [
      `blocks ${depth} levels of arrays at the web ACL, before anything parses them`,
      async () => {
        const answer = await send({ body: nested(levels) });

        expectGatewayError(answer, BLOCKED);
        expect(test.lines.at(-1)?.decision.layer).toBe("web ACL");
      },
    ]),
    counterpart: [
      "makes a trusting function run out of stack on 100,000 levels of arrays when nothing limits the body",
      async () => {
        const answer = await sendToTrusting({ body: `{"name":${nested(100_000)}}` });

        expectGatewayError(answer, FUNCTION_FAILED);
      },
    ],
  });

  threat({
    threat: "A line separator or half a character in the name",
    layer: "The function",
    setting: "lambda-src/common/name.ts",
    attack: each(characterAttacks, ({ name, body }) => [
      `refuses ${name} in the name by the function`,
      async () => {
        const answer = await send({ body });

        expect({ status: answer.status, body: answer.body }).toEqual({
          status: 400,
          body: JSON.stringify({ message: CHARACTERS }),
        });
        expect(test.lines.at(-1)?.decision).toEqual({ layer: "function", detail: "ExternalLambda1" });
      },
    ]),
    counterpart: each(characterAttacks, ({ name, body }) => [
      `lets a trusting function take ${name} when it does not check the name`,
      async () => {
        const { status } = await sendToTrusting({ body });

        expect(status).toBe(200);
      },
    ]),
  });

  it("forwards the value that was validated when a key stands twice", async () => {
    const answer = await send({ body: '{"name":7,"name":"Ada"}' });

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).message).toMatch(/^Hello Ada\. /);
  });

  it("leaves no trace of an attempt at prototype pollution", async () => {
    await send({ body: POLLUTION });

    const answer = await send({ body: { name: "Ada" } });

    expect(answer.status).toBe(200);
    expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  });

  it("answers with the greeting and the message's id, and with headers that tell nothing", async () => {
    const answer = await send({ body: { name: "Ada" } });

    expect(JSON.parse(answer.body)).toEqual({
      message: "Hello Ada. Greetings from ExternalLambda1! Message forwarded to InternalLambda.",
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const ofTheConnection = /^(connection|content-length|date|keep-alive)$/;
    expect(
      Object.keys(answer.headers)
        .filter((name) => !ofTheConnection.test(name))
        .sort(),
    ).toEqual([
      "cache-control",
      "content-security-policy",
      "content-type",
      "referrer-policy",
      "strict-transport-security",
      "x-amz-apigw-id",
      "x-amzn-requestid",
      "x-amzn-trace-id",
      "x-content-type-options",
      "x-frame-options",
    ]);
  });

  threat({
    threat: "An answer tells how a function failed",
    layer: "The function",
    setting: "lambda-src/common/dependency-error.ts",
    attack: [
      "tells nothing of the topic when publishing is refused",
      async () => {
        failing = "sns";

        const answer = await send({ body: { name: "Ada" } });

        expect(answer).toMatchObject({
          status: 502,
          body: '{"message":"The message could not be forwarded."}',
        });
        expect(told(answer)).not.toMatch(INTERNALS);
      },
    ],
    counterpart: [
      "tells what a function puts into its answer, stack and ARN, when the function is talkative",
      async () => {
        const send = await sender(talkative, "lambda2");

        const answer = await send({ body: { name: "Ada" } });

        expect(answer.body).toMatch(/arn:aws:secretsmanager:.*at .*index\.mjs/);
      },
    ],
  });

  it("tells nothing of the secret when reading it is refused", async () => {
    failing = "secretsmanager";
    const sendToTheOther = await sender(test, "lambda2");

    const answer = await sendToTheOther({ body: { name: "Ada" } });

    expect(answer).toMatchObject({ status: 502, body: '{"message":"The message could not be forwarded."}' });
    expect(told(answer)).not.toMatch(INTERNALS);
  });

  threat(
    proven(attackOn("A refusal tells the model"), {
      ...{ on: test, without },
      refuses: "tells nothing of the model when a body does not fit it",
      succeeds: "tells how the body breaks the model when the gateway response shows it",
    }),
  );

  it.each(depths)(
    "hands $depth levels of arrays to the function when the web ACL has no rule on the size, and it refuses them",
    async ({ levels }) => {
      const { status } = await sendToOpen({ body: nested(levels) });

      expect(status).toBe(400);
      expect(open.lines.at(-1)?.decision).toEqual({ layer: "function", detail: "ExternalLambda1" });
    },
  );

  it("lets a trusting function take a role from an extra property when nothing validates the body", async () => {
    const { body } = await sendToTrusting({ body: '{"name":"Ada","role":"admin"}' });

    expect(JSON.parse(body)).toMatchObject({ role: "admin" });
  });

  it("lets a trusting function's objects all inherit what a body put into __proto__ when nothing validates it", async () => {
    const { body } = await sendToTrusting({ body: POLLUTION });
    const afterwards = await sendToTrusting({ body: { name: "Eve" } });

    expect(JSON.parse(body)).toMatchObject({ everybodyIsAdmin: true });
    expect(JSON.parse(afterwards.body)).toMatchObject({ everybodyIsAdmin: true });
  });

  it("tells nothing of the error that a function throws", async () => {
    const send = await sender(talkative, "lambda1");

    const answer = await send({ body: { name: "Ada" } });

    expectGatewayError(answer, FUNCTION_FAILED);
    expect(told(answer)).not.toMatch(INTERNALS);
  });
});

/** As AWS words a refusal: with everything that a client must not learn. */
function failAs(service: string, failing: string | undefined): void {
  if (service !== failing) return;
  throw new AwsError(
    service === "sns" ? "AuthorizationError" : "AccessDeniedException",
    `User: arn:aws:sts::123456789012:assumed-role/ExternalLambda1-role/ExternalLambda1 is not authorized to use ${service} on arn:aws:${service}:us-east-1:123456789012:LambdaSNSTopic`,
    service === "sns" ? 403 : 400,
  );
}
