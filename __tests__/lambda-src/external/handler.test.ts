import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  AuthorizationErrorException,
  NotFoundException,
  PublishCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { createHandler } from "../../../lambda-src/external/handler";
import { CapturedLogs } from "../support/captured-logs";
import { contextOf } from "../support/context";

const SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:LambdaSNSTopicARN-AbCdEf";
const TOPIC_ARN = "arn:aws:sns:eu-central-1:123456789012:UserNames";
const NEW_TOPIC_ARN = "arn:aws:sns:eu-central-1:123456789012:UserNames-new";
const TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

const env = {
  AWS_LAMBDA_FUNCTION_NAME: "ExternalLambda1",
  TOPIC_SECRET_ARN: SECRET_ARN,
  TOPIC_MAX_AGE_SECONDS: "300",
  CORS_ORIGINS: "https://app.example.com",
};
const context = contextOf("ExternalLambda1");

const sns = mockClient(SNSClient);
const secrets = mockClient(SecretsManagerClient);
let logs: CapturedLogs;

beforeEach(() => {
  logs = new CapturedLogs();
  sns.reset();
  secrets.reset();
  sns.on(PublishCommand).resolves({ MessageId: "message-1" });
  secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ TOPIC_ARN }) });
});

afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => {
  sns.restore();
  secrets.restore();
});

const requestFor = (name: unknown) => ({
  body: JSON.stringify({ name }),
  isBase64Encoded: false,
  headers: { authorization: TOKEN, Origin: "https://app.example.com" },
  requestContext: { requestId: "gateway-1" },
});

const published = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
const secretReads = () => secrets.commandCalls(GetSecretValueCommand).map(({ args }) => args[0].input);

describe("The external handler", () => {
  it("publishes the name to the secret's topic and greets", async () => {
    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual({
      message: "Hello Ada. Greetings from ExternalLambda1! Message forwarded to InternalLambda.",
      messageId: "message-1",
    });
    expect(published()).toEqual([{ TopicArn: TOPIC_ARN, Message: "Ada" }]);
    expect(secretReads()).toEqual([{ SecretId: SECRET_ARN }]);
  });

  it("greets by its function's own name", async () => {
    const handler = createHandler({ ...env, AWS_LAMBDA_FUNCTION_NAME: "ExternalLambda2-staging" });

    const response = await handler(requestFor("Ada"), context);

    expect(response.body).toContain("Greetings from ExternalLambda2-staging!");
  });

  it("reads the secret once for many requests", async () => {
    const handler = createHandler(env);

    await Promise.all([handler(requestFor("Ada"), context), handler(requestFor("Alan"), context)]);
    await handler(requestFor("Grace"), context);

    expect(secretReads()).toHaveLength(1);
    expect(published().map(({ Message }) => Message)).toEqual(["Ada", "Alan", "Grace"]);
  });

  it("asks no service about a wrong body", async () => {
    const response = await createHandler(env)(requestFor("Ada\n"), context);

    expect(response.statusCode).toBe(400);
    expect(published()).toEqual([]);
    expect(secretReads()).toEqual([]);
  });

  it.each([
    ["200", requestFor("Ada")],
    ["400", requestFor("")],
  ])("puts security and CORS headers on a %s", async (status, request) => {
    const response = await createHandler(env)(request, context);

    expect(String(response.statusCode)).toBe(status);
    expect(response.headers).toMatchObject({
      "Content-Type": "application/json",
      "X-Content-Type-Options": "nosniff",
      "Access-Control-Allow-Origin": "https://app.example.com",
    });
  });

  it("answers the method test, which sends null for headers", async () => {
    const response = await createHandler(env)({ ...requestFor("Ada"), headers: null }, context);

    expect(response.statusCode).toBe(200);
  });

  it("refuses to start without its variables", () => {
    expect(() => createHandler({ ...env, TOPIC_SECRET_ARN: undefined })).toThrow(
      "TOPIC_SECRET_ARN is not set",
    );
  });
});

describe("When the topic is gone", () => {
  const gone = new NotFoundException({ message: "Topic does not exist", $metadata: { httpStatusCode: 404 } });

  it("the external handler reads the secret again and publishes to the topic's new address", async () => {
    const handler = createHandler(env);
    await handler(requestFor("Ada"), context);
    sns.on(PublishCommand, { TopicArn: TOPIC_ARN }).rejects(gone);
    secrets
      .on(GetSecretValueCommand)
      .resolves({ SecretString: JSON.stringify({ TOPIC_ARN: NEW_TOPIC_ARN }) });

    const response = await handler(requestFor("Alan"), context);

    expect(response.statusCode).toBe(200);
    expect(secretReads()).toHaveLength(2);
    expect(published().map(({ TopicArn }) => TopicArn)).toEqual([TOPIC_ARN, TOPIC_ARN, NEW_TOPIC_ARN]);
  });

  it("the external handler answers 502 and does not publish twice to the same address", async () => {
    sns.on(PublishCommand).rejects(gone);

    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(502);
    expect(secretReads()).toHaveLength(2);
    expect(published()).toHaveLength(1);
  });

  it("the external handler tries the new address once", async () => {
    sns.on(PublishCommand).rejects(gone);
    secrets
      .on(GetSecretValueCommand)
      .resolvesOnce({ SecretString: JSON.stringify({ TOPIC_ARN }) })
      .resolves({ SecretString: JSON.stringify({ TOPIC_ARN: NEW_TOPIC_ARN }) });

    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(502);
    expect(published()).toHaveLength(2);
  });
});

describe("When a service lets it down", () => {
  const refusal = new AuthorizationErrorException({
    message: `User: arn:aws:sts::123456789012:assumed-role/r is not authorized to perform: SNS:Publish on ${TOPIC_ARN}`,
    $metadata: { httpStatusCode: 403, requestId: "sns-1" },
  });

  it("the external handler answers a refused publish with 502 and names the refusal in its log only", async () => {
    sns.on(PublishCommand).rejects(refusal);

    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(502);
    expect(response.body).toBe('{"message":"The message could not be forwarded."}');
    expect(logs.entries).toContainEqual(
      expect.objectContaining({
        level: "ERROR",
        message: "The name could not be forwarded",
        trouble: "refused",
        dependency: {
          operation: "sns:Publish",
          reason: "AuthorizationErrorException",
          status: 403,
          requestId: "sns-1",
        },
      }),
    );
  });

  it("the external handler answers a throttled publish with 503 and Retry-After", async () => {
    sns.on(PublishCommand).rejects(throttled());

    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(503);
    expect(response.headers).toMatchObject({ "Retry-After": "5", "Cache-Control": "no-store" });
  });

  it.each([
    ["that is not JSON", "topic"],
    ["without a topic", "{}"],
  ])("the external handler answers a secret %s with 502", async (_, SecretString) => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString });

    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(502);
    expect(published()).toEqual([]);
  });

  it("the external handler answers 502 when SNS gives no message id", async () => {
    sns.on(PublishCommand).resolves({});

    const response = await createHandler(env)(requestFor("Ada"), context);

    expect(response.statusCode).toBe(502);
  });

  it("the external handler goes on with the old address in an outage of Secrets Manager, with a warning", async () => {
    const start = Date.now();
    const handler = createHandler(env);
    await handler(requestFor("Ada"), context);
    secrets.on(GetSecretValueCommand).rejects(throttled());
    jest.spyOn(Date, "now").mockReturnValue(start + 301_000);

    const response = await handler(requestFor("Alan"), context);

    expect(response.statusCode).toBe(200);
    expect(logs.entries.filter(({ level }) => level === "WARN")).toMatchObject([
      { dependency: { operation: "secretsmanager:GetSecretValue", reason: "ThrottlingException" } },
    ]);
  });

  it.each([
    [10_000, 9_000],
    [400, 0],
  ])(
    "the external handler with %i ms left gives the services %i ms, to have time to answer",
    async (left, given) => {
      const deadline = jest.spyOn(AbortSignal, "timeout");

      await createHandler(env)(requestFor("Ada"), contextOf("ExternalLambda1", left));

      expect(deadline.mock.calls).toEqual([[given]]);
    },
  );

  it("the external handler answers a defect of its own with 500 and the security headers", async () => {
    const broken = {
      ...context,
      getRemainingTimeInMillis: () => {
        throw new RangeError("a defect");
      },
    };

    const response = await createHandler(env)(requestFor("Ada"), broken);

    expect(response.statusCode).toBe(500);
    expect(response.body).toBe('{"message":"Internal server error"}');
    expect(response.headers).toMatchObject({ "X-Content-Type-Options": "nosniff" });
    expect(logs.entries).toContainEqual(
      expect.objectContaining({ level: "ERROR", message: "The handler failed" }),
    );
  });
});

describe("The log of the external handler", () => {
  it("has the ids of the invocation, of API Gateway's request and of the message on one line", async () => {
    await createHandler(env)(requestFor("Ada"), context);

    expect(logs.entries).toEqual([
      expect.objectContaining({
        level: "INFO",
        message: "Forwarded the name to the topic",
        service: "external",
        function_request_id: context.awsRequestId,
        api_gateway_request_id: "gateway-1",
        message_id: "message-1",
      }),
    ]);
  });

  it("has nothing of an earlier request's ids", async () => {
    const handler = createHandler(env);
    await handler(requestFor("Ada"), context);

    await handler({ body: '{"name":"Alan"}' }, { ...context, awsRequestId: "second" });

    expect(logs.entries[1]).toMatchObject({ function_request_id: "second" });
    expect(logs.entries[1]).not.toHaveProperty("api_gateway_request_id");
  });

  it("never holds the token, the name, the body or the secret's content, whatever goes wrong", async () => {
    const secretText = `{"TOPIC_ARN": "${TOPIC_ARN}", "PASSWORD": "hunter2" broken`;
    const failures: (() => void)[] = [
      () => undefined,
      () => sns.on(PublishCommand).rejects(new Error(`could not reach ${TOPIC_ARN}`)),
      () => sns.on(PublishCommand).rejects(new NotFoundException({ message: TOPIC_ARN, $metadata: {} })),
      () => secrets.on(GetSecretValueCommand).resolves({ SecretString: secretText }),
      () => secrets.on(GetSecretValueCommand).rejects(new Error(secretText)),
    ];

    for (const fail of failures) {
      fail();
      await createHandler(env)(requestFor("Hypatia"), context);
      await createHandler(env)(requestFor(["Hypatia"]), context);
    }

    expect(logs.entries).toHaveLength(2 * failures.length);
    for (const part of [TOKEN, "Hypatia", TOPIC_ARN, "hunter2"]) expect(logs.text).not.toContain(part);
  });
});

function throttled(): Error {
  return Object.assign(new Error("Rate exceeded"), {
    name: "ThrottlingException",
    $metadata: { httpStatusCode: 400 },
  });
}
