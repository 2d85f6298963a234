import { once } from "node:events";
import { parseFaults } from "../../local/fault-plan";
import { type Faults, noFaults } from "../../local/kernel/faults";
import type { TestAnswer, TestRuntime } from "../support/local-runtime";
import type { Block, EditableStack } from "../support/synthesized-folder";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { ADMINISTRATOR, queryCall, send } from "./support/aws-call";
import { useFunctionTime } from "./support/function-time";
import { expectGatewayError, MISCONFIGURED } from "./support/gateway-error";
import { everyLogMessage, logMessages } from "./support/logs";
import { messagesIn } from "./support/queue";
import { thirdPartyThreats } from "./support/third-party";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, threatsOf } from "./support/threats";

const threat = threatsOf(10, __filename);

const DEAD_LETTERS = "InternalLambdaDLQ";
/** Lambda waits one minute, then two; here not at all. */
const retryDelayScale = 0;
const { withRuntime } = useRuntimes({ retryDelayScale });

const NOT_FORWARDED = { status: 502, body: '{"message":"The message could not be forwarded."}' };
const TRY_AGAIN = {
  status: 503,
  body: '{"message":"The message could not be forwarded at the moment. Please try again."}',
};

describe("with dependencies that fail", () => {
  const stop = new AbortController();
  const functionTime = useFunctionTime();
  let current: Faults = noFaults;
  let token: string;
  let otherToken: string;

  /** The same sequence on every run. */
  const seededRandom = () => {
    let state = 7;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
  };
  /** A service that does not answer keeps the function waiting up to its limit. */
  const untilTheEnd = async (_milliseconds: number, signal: AbortSignal) => {
    functionTime.reachLimits();
    if (!signal.aborted) await once(signal, "abort");
  };
  const fail = (...specs: string[]) => {
    current = parseFaults(specs, { signal: stop.signal, random: seededRandom(), wait: untilTheEnd });
  };
  const lambda1 = (name = "Ada") => test.send({ token, body: { name } });
  const lambda2 = (name = "Ada") =>
    test.send({ path: "/development/lambda2", token: otherToken, body: { name } });

  const test = useRuntime({
    // What a request takes on a busy machine is no reason to give it up.
    env: { FUNCTION_TIMEOUT_SECONDS: "28", THROTTLE_BURST: "500" },
    edit: ({ edge }) => {
      for (const name of ["ExternalLambda1", "ExternalLambda2"]) edge.editCode(name, functionTime.inHand);
    },
    faults: { strike: (service) => current.strike(service) },
    retryDelayScale,
  });

  beforeAll(async () => {
    [token, otherToken] = [await test.token("MyUserPool1"), await test.token("MyUserPool2")];
    // From here on ExternalLambda1 knows the topic; ExternalLambda2 has yet to read the secret.
    await lambda1();
  });
  afterAll(() => stop.abort());
  afterEach(() => {
    current = noFaults;
  });

  it.each([
    { spec: "secretsmanager:error", ...NOT_FORWARDED },
    { spec: "secretsmanager:throttle", ...TRY_AGAIN },
  ])(
    "the error of $spec becomes one of our own while the function does not know the topic yet",
    async ({ spec, ...answer }) => {
      fail(spec);

      const { status, headers, body } = await lambda2();

      expect({ status, body }).toEqual(answer);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    },
  );

  threat({
    threat: "A service that does not answer takes the functions' time",
    layer: "The function",
    setting: BUILT_IN,
    attack: [
      "answers 503 when a service does not answer in time, instead of waiting with it",
      async () => {
        fail("sns:timeout", "secretsmanager:timeout");

        const answers = await Promise.all([lambda1(), lambda2()]);

        for (const { status, headers, body } of answers) {
          expect({ status, body }).toEqual(TRY_AGAIN);
          expect(headers["retry-after"]).toBe("5");
        }
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  it("does without the secret once it knows the topic", async () => {
    fail("secretsmanager:error");

    const answer = await lambda1();

    expect(answer.status).toBe(200);
  });

  threat({
    threat: "A service that the functions need fails, and the answer tells about it or says 200",
    layer: "The function",
    setting: BUILT_IN,
    attack: each(
      [
        { spec: "sns:error", ...NOT_FORWARDED },
        { spec: "sns:throttle", ...TRY_AGAIN },
      ],
      ({ spec, ...answer }) => [
        `the error of ${spec} becomes one of our own that tells nothing of the service`,
        async () => {
          fail(spec);

          const { status, headers, body } = await lambda1();
          // Random letters: "sns" may be among them.
          const { "x-amz-apigw-id": _id, ...told } = headers;

          expect({ status, body }).toEqual(answer);
          expect(JSON.stringify([told, body])).not.toMatch(/arn:|sns|internal error/i);
        },
      ],
    ),
    counterpart: [
      "recovers by itself when the dependencies do",
      async () => {
        const answers = [await lambda1(), await lambda2()];

        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      },
    ],
  });

  it.each(["lambda:throttle", "lambda:error"])("answers 500 as API Gateway does at %s", async (spec) => {
    fail(spec);

    const answer = await lambda1();

    expectGatewayError(answer, MISCONFIGURED);
  });

  it("delivers each acknowledged message once, and no other, while SNS fails every second time", async () => {
    fail("sns:error:0.5");

    const answers = await sendNames(lambda1, "SNS");

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 502]));
    await expectDeliveredOnce(test, "SNS", answers);
  });

  threat({
    threat: "A message is acknowledged and lost, or handled twice, while SNS or Lambda fail",
    layer: "SNS and Lambda's queue",
    setting: BUILT_IN,
    attack: [
      "delivers each acknowledged message once, and no other, while Lambda throttles every second time",
      async () => {
        fail("lambda:throttle:0.5");

        const answers = await sendNames(lambda1, "Lambda");

        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 500]));
        await expectDeliveredOnce(test, "Lambda", answers);
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });
});

describe("with a secret that is no use", () => {
  // Functions that never knew the topic.
  const { withRuntime } = useRuntimes();

  threat({
    threat: "A secret with the wrong content ends in an answer or a log",
    layer: "The function",
    setting: BUILT_IN,
    attack: each(
      [
        { name: "no JSON", secret: "hunter2-in-plain-text" },
        { name: "no topic's ARN", secret: '{"TOPIC_ARN":"https://attacker.example/hunter2-in-plain-text"}' },
      ],
      ({ name, secret }) => [
        `answers 502 for ${name}, and repeats nothing of it anywhere`,
        async () => {
          const [answer, logged] = await withRuntime(
            { edit: ({ messaging }) => setSecret(messaging, secret) },
            async (test) => [await post(test), await everyLogMessage(test)] as const,
          );

          expect(answer).toMatchObject(NOT_FORWARDED);
          expect(JSON.stringify([answer, logged])).not.toContain("hunter2");
        },
      ],
    ),
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  it("answers 502 when the topic it names was deleted", async () => {
    const answer = await withRuntime(
      {
        edit: ({ edge, messaging }) => {
          const topic = '${replace(aws_sns_topic.LambdaSNSTopic.arn, "LambdaSNSTopic", "Deleted")}';
          setSecret(messaging, JSON.stringify({ TOPIC_ARN: "PLACE" }).replace("PLACE", topic));
          edge.editJson("aws_iam_role_policy.ExternalLambda1", "policy", (document) => {
            for (const statement of document.Statement as Block[]) {
              if (statement.Sid === "Publish") statement.Resource = "*";
            }
          });
        },
      },
      post,
    );

    expect(answer).toMatchObject(NOT_FORWARDED);
  });

  function setSecret(messaging: EditableStack, secret: string): void {
    messaging.resource("aws_secretsmanager_secret_version.LambdaSNSTopicARN").secret_string = secret;
  }
});

describe("with messages that InternalLambda cannot handle", () => {
  /** What nobody can send through the API, but whoever may publish to the topic can. */
  const POISON = "line\nbreak";

  threat({
    threat: "A message that InternalLambda cannot handle is lost",
    layer: "Lambda's on-failure destination",
    setting: "aws_lambda_function_event_invoke_config.destination_config",
    attack: [
      "a message that InternalLambda cannot handle is tried three times and kept, while the others go their way",
      async () => {
        await withRuntime({}, async (test) => {
          await publish(test, POISON);
          const answer = await post(test);
          await test.runtime.settled();
          const [record] = await messagesIn(test, DEAD_LETTERS);

          const kept = JSON.parse(record?.Body ?? "");
          expect(kept).toMatchObject({
            requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
            responsePayload: { errorType: "FailedRecordsError" },
          });
          expect(kept.requestPayload.Records[0].Sns.Message).toBe(POISON);
          expect(await refusalsOf(test)).toHaveLength(3);
          await expectDeliveredOnce(test, "Ada", [answer]);
          expect(await messagesIn(test, DEAD_LETTERS)).toEqual([]);
        });
      },
    ],
    counterpart: [
      "a message that InternalLambda cannot handle is lost when the function has no destination, whatever the subscription has",
      async () => {
        await withRuntime(
          {
            edit: ({ messaging }) => {
              delete messaging.resource("aws_lambda_function_event_invoke_config.InternalLambda-topic")
                .destination_config;
            },
          },
          async (test) => {
            await publish(test, POISON);

            await test.runtime.settled();

            expect(metricsIn(test)).toContain("AsyncEventsDropped");
            expect(await refusalsOf(test)).toHaveLength(3);
            expect(await messagesIn(test, DEAD_LETTERS)).toEqual([]);
          },
        );
      },
    ],
  });

  it("a message that InternalLambda cannot handle is lost when its role may not send to the queue", async () => {
    await withRuntime(
      {
        edit: ({ messaging }) =>
          messaging.editJson("aws_iam_role_policy.InternalLambda", "policy", (document) => {
            document.Statement = (document.Statement as Block[]).filter(
              ({ Sid }) => Sid !== "OwnDeadLetters",
            );
          }),
      },
      async (test) => {
        await publish(test, POISON);

        await test.runtime.settled();

        expect(metricsIn(test)).toContain("DestinationDeliveryFailures");
        expect(await messagesIn(test, DEAD_LETTERS)).toEqual([]);
      },
    );
  });

  async function publish(test: TestRuntime, message: string): Promise<void> {
    const { body } = await test.aws("secretsmanager.GetSecretValue", { SecretId: "LambdaSNSTopicARN" });
    const { TOPIC_ARN } = JSON.parse(String(body.SecretString));
    await send(test, queryCall("sns", "Publish", { TopicArn: TOPIC_ARN, Message: message }), ADMINISTRATOR);
  }

  async function refusalsOf(test: TestRuntime): Promise<string[]> {
    const lines = await logMessages(test, "/aws/lambda/InternalLambda");
    return lines.filter((line) => line.includes("Could not handle a record"));
  }
});

describe("with messages that SNS cannot deliver", () => {
  threat({
    threat: "A message that SNS cannot deliver is lost",
    layer: "SNS's dead-letter queue",
    setting: "aws_sns_topic_subscription.redrive_policy",
    attack: [
      "a message that SNS cannot deliver is kept in the dead-letter queue",
      async () => {
        await withRuntime({ edit: takePermissionAway }, async (test) => {
          const answer = await post(test);
          await test.runtime.settled();
          const [notification] = await messagesIn(test, DEAD_LETTERS);

          expect(answer.status).toBe(200);
          expect(JSON.parse(notification?.Body ?? "")).toMatchObject({
            Type: "Notification",
            Message: "Ada",
            MessageId: JSON.parse(answer.body).messageId,
          });
          expect(test.notices.join("\n")).toMatch(
            /^NumberOfNotificationsFailed .*is not authorized to perform/m,
          );
          expect(await logMessages(test, "/aws/lambda/InternalLambda")).toEqual([]);
        });
      },
    ],
    counterpart: [
      "a message that SNS cannot deliver is lost when the subscription has no dead-letter queue, whatever the function has",
      async () => {
        await withRuntime(
          {
            edit: (stacks) => {
              takePermissionAway(stacks);
              delete stacks.messaging.resource("aws_sns_topic_subscription.InternalLambda-topic")
                .redrive_policy;
            },
          },
          async (test) => {
            const answer = await post(test);

            await test.runtime.settled();

            expect(metricsIn(test)).toContain("NumberOfNotificationsFailed");
            expect(answer.status).toBe(200);
            expect(await messagesIn(test, DEAD_LETTERS)).toEqual([]);
          },
        );
      },
    ],
  });

  it("a message that SNS cannot deliver is lost when the queue does not let the topic in", async () => {
    await withRuntime(
      {
        edit: (stacks) => {
          takePermissionAway(stacks);
          stacks.messaging.remove("aws_sqs_queue_policy.InternalLambdaDLQ");
        },
      },
      async (test) => {
        await post(test);

        await test.runtime.settled();

        expect(metricsIn(test)).toContain("NumberOfNotificationsFailedToRedriveToDlq");
        expect(await messagesIn(test, DEAD_LETTERS)).toEqual([]);
      },
    );
  });

  /** SNS may no longer invoke the function. */
  function takePermissionAway({ messaging }: { readonly messaging: EditableStack }): void {
    messaging.remove("aws_lambda_permission.InternalLambda-topic");
    delete messaging.resource("aws_sns_topic_subscription.InternalLambda-topic").depends_on;
  }
});

describe("with a third party's API", () => {
  thirdPartyThreats(threat);
});

async function post(test: TestRuntime): Promise<TestAnswer> {
  return await test.send({ token: await test.token("MyUserPool1") });
}

/** Four at a time, as several clients would. */
async function sendNames(call: (name: string) => Promise<TestAnswer>, prefix: string): Promise<TestAnswer[]> {
  const answers: TestAnswer[] = [];
  for (let round = 0; round < 5; round++) {
    const names = ["a", "b", "c", "d"].map((letter) => `${prefix} ${round}${letter}`);
    answers.push(...(await Promise.all(names.map(call))));
  }
  return answers;
}

/** Each acknowledged message arrives at InternalLambda once; what was not acknowledged does not arrive. */
async function expectDeliveredOnce(
  test: TestRuntime,
  prefix: string,
  answers: readonly TestAnswer[],
): Promise<void> {
  const acknowledged = answers
    .filter(({ status }) => status === 200)
    .map(({ body }) => String(JSON.parse(body).messageId))
    .sort();
  await test.runtime.settled();
  const received = (await logMessages(test, "/aws/lambda/InternalLambda"))
    .filter((line) => line.includes(`"received_name":"${prefix}`))
    .map((line) => String(JSON.parse(line).message_id));
  expect(received.sort()).toEqual(acknowledged);
}

/** `DestinationDeliveryFailures`: what CloudWatch would count. */
function metricsIn(test: TestRuntime): (string | undefined)[] {
  return test.notices.map((notice) => notice.split(" ")[0]);
}
