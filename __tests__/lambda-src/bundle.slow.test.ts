import { mkdtempSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, bundle } from "./support/bundle";
import { BundledFunction } from "./support/bundled-function";
import {
  FakeAws,
  publishedAs,
  publishRefused,
  secretOf,
  secretRefused,
  type WireAnswer,
} from "./support/fake-aws";

const TOPIC = "arn:aws:sns:eu-central-1:123456789012:UserNames";
const NEW_TOPIC = "arn:aws:sns:eu-central-1:123456789012:UserNames-new";
const ada = { body: '{"name":"Ada"}', requestContext: { requestId: "gateway-1" } };

const folder = mkdtempSync(join(tmpdir(), "lambda bundles "));
let external: Bundle;
let internal: Bundle;
let rates: Bundle;

beforeAll(async () => {
  external = await bundle("external", folder);
  internal = await bundle("internal", folder);
  rates = await bundle("rates", folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("A handler's bundle", () => {
  it("exports the handler and nothing else", () => {
    expect(external.exports).toEqual(["handler"]);
    expect(internal.exports).toEqual(["handler"]);
    expect(rates.exports).toEqual(["handler"]);
  });

  it("has the AWS clients that the function needs, and no other", () => {
    const clients = (made: Bundle) => made.packages.filter((name) => /\/client-|aws-sdk$|cdktf/.test(name));

    expect(clients(external)).toEqual(["@aws-sdk/client-secrets-manager", "@aws-sdk/client-sns"]);
    expect(clients(rates)).toEqual(["@aws-sdk/client-secrets-manager"]);
    expect(clients(internal)).toEqual([]);
    expect(internal.packages.filter((name) => /^@(aws-sdk|smithy)\//.test(name))).toEqual([]);
  });

  it("imports only what Node.js has", () => {
    const foreign = [...external.imports, ...internal.imports, ...rates.imports].filter(
      (path) => !builtinModules.includes(path.replace(/^node:/, "")),
    );

    expect(foreign).toEqual([]);
  });

  it("is small enough for a quick cold start", () => {
    expect(external.bytes).toBeLessThan(250_000);
    expect(internal.bytes).toBeLessThan(25_600);
    expect(rates.bytes).toBeLessThan(250_000);
  });

  it("takes credentials from the environment, and has no other way to come by any", () => {
    for (const { packages } of [external, rates])
      expect(packages.filter((name) => /credential|nested-clients|token-providers/.test(name))).toEqual([
        "@aws-sdk/credential-provider-env",
      ]);
  });
});

describe("The external bundle, with the SDK as it is", () => {
  const aws = new FakeAws();
  let endpoint: string;
  const running: BundledFunction[] = [];

  beforeAll(async () => {
    endpoint = await aws.start();
  });

  beforeEach(() => {
    aws.forget();
    aws.secret = () => secretOf(TOPIC);
    aws.publish = () => publishedAs("message-1");
  });

  afterAll(async () => {
    await Promise.all(running.map((own) => own.stop()));
    await aws.stop();
  });

  const start = async (changes: Readonly<Record<string, string>> = {}) => {
    const own = await BundledFunction.start(external.file, {
      AWS_LAMBDA_FUNCTION_NAME: "ExternalLambda1",
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_ENDPOINT_URL: endpoint,
      TOPIC_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:LambdaSNSTopicARN-AbCdEf",
      TOPIC_MAX_AGE_SECONDS: "300",
      CORS_ORIGINS: "",
      ...changes,
    });
    running.push(own);
    return own;
  };

  it("finds the topic's new address when SNS says that the old one is not there", async () => {
    const secrets = [secretOf(TOPIC), secretOf(NEW_TOPIC)];
    aws.secret = () => secrets.shift() ?? secretRefused("ResourceNotFoundException");
    aws.publish = (arn) => (arn === TOPIC ? publishRefused(404, "NotFound") : publishedAs("message-2"));
    const own = await start();

    const answer = await own.invoke(ada);

    expect(answer).toMatchObject({ value: { statusCode: 200 } });
    expect(aws.published.map(({ topicArn }) => topicArn)).toEqual([TOPIC, NEW_TOPIC]);
    expect(aws.secretReads).toBe(2);
  });

  describe("and a secret that can be read", () => {
    let shared: BundledFunction;
    beforeAll(async () => {
      shared = await start();
    });

    it("publishes the name as it is, and greets", async () => {
      const name = "Zoë & 😀 <b>+%41";

      const answer = await shared.invoke({ body: JSON.stringify({ name }) });

      expect(answer).toMatchObject({
        value: { statusCode: 200, body: expect.stringContaining("message-1") },
      });
      expect(aws.published).toEqual([{ topicArn: TOPIC, message: name }]);
    });

    it.each<[string, WireAnswer, number]>([
      ["a refusal", publishRefused(403, "AuthorizationError"), 502],
      ["an error", publishRefused(500, "InternalError"), 502],
      ["a throttle", publishRefused(400, "Throttling"), 503],
    ])("answers %s by SNS with the status that fits", async (_, wireAnswer, statusCode) => {
      aws.publish = () => wireAnswer;

      expect(await shared.invoke(ada)).toMatchObject({ value: { statusCode } });
    });
  });

  describe("and a secret that cannot be read", () => {
    let shared: BundledFunction;
    beforeAll(async () => {
      shared = await start();
    });

    it.each<[string, WireAnswer, number]>([
      ["a refusal", secretRefused("AccessDeniedException"), 502],
      ["a secret that is not there", secretRefused("ResourceNotFoundException"), 502],
      ["a throttle", secretRefused("ThrottlingException"), 503],
    ])("answers %s by Secrets Manager with the status that fits", async (_, wireAnswer, statusCode) => {
      aws.secret = () => wireAnswer;

      const answer = await shared.invoke(ada);

      expect(answer).toMatchObject({ value: { statusCode } });
      expect(aws.published).toEqual([]);
      expect(shared.log).not.toContain("not authorized");
    });
  });

  it.each(["secret", "publish"] as const)(
    "gives a silent service up while there is time to answer, by the time the function has left (%s)",
    async (call) => {
      aws[call] = () => "silence";
      const own = await start();

      const answer = await own.invoke(ada, 1_300);
      await own.stop();

      expect(answer).toMatchObject({ value: { statusCode: 503 } });
      expect(own.log).toContain('"reason":"AbortError"');
    },
  );

  it("answers 503 when nothing can be reached", async () => {
    const nowhere = new FakeAws();
    const own = await start({ AWS_ENDPOINT_URL: await nowhere.start() });
    await nowhere.stop();

    const answer = await own.invoke(ada);

    expect(answer).toMatchObject({ value: { statusCode: 503, headers: { "Retry-After": "5" } } });
  });

  it("does not start with a wrong variable, and says which", async () => {
    await expect(start({ TOPIC_MAX_AGE_SECONDS: "soon" })).rejects.toThrow(
      'TOPIC_MAX_AGE_SECONDS is "soon"; accepted: a whole number of seconds from 1 to 86400',
    );
  });
});

describe("The internal bundle", () => {
  it("logs the greeting where a log filter finds it", async () => {
    const started = await BundledFunction.start(internal.file, {
      AWS_LAMBDA_FUNCTION_NAME: "InternalLambda",
    });

    const answer = await started.invoke({ Records: [{ Sns: { MessageId: "m-1", Message: "Ada" } }] });
    await started.stop();

    expect(answer).toEqual({ value: null });
    expect(started.log).toContain('"message":"Hello Ada. Greetings from InternalLambda!"');
  });
});
