import { eventually, startTestRuntime, type TestRuntime } from "../support/local-runtime";
import type { Block, EditableStack } from "../support/synthesized-folder";
import {
  ADMINISTRATOR,
  type AwsAnswer,
  type AwsCall,
  type Credentials,
  invokeCall,
  send,
} from "./support/aws-call";
import {
  callsOfExternal,
  callsOfInternal,
  otherSecret,
  type Place,
  placeOf,
  publishCall,
  receiveCall,
  refusalOf,
  secretCall,
  topicArn,
} from "./support/forbidden-calls";
import { expectGatewayError, MISCONFIGURED } from "./support/gateway-error";
import { addNeighbour, addOpenMethods, stealFunctions } from "./support/intruder";
import { STOLEN_FUNCTION } from "./support/stolen-function";
import { withRuntime } from "./support/with-runtime";

jest.setTimeout(60_000);

/** Makes the call with the credentials of that function's role. */
async function callAs(test: TestRuntime, functionName: string, call: AwsCall): Promise<AwsAnswer> {
  const { answers } = await runStolen(test, functionName, [call]);
  const [answer] = answers;
  if (answer === undefined) throw new Error(`${functionName} made no call`);
  return answer;
}

async function runStolen(
  test: TestRuntime,
  functionName: string,
  calls: readonly AwsCall[],
): Promise<{ readonly answers: readonly AwsAnswer[]; readonly credentials: Required<Credentials> }> {
  const { body } = await send(test, invokeCall(functionName, { calls }), ADMINISTRATOR);
  return JSON.parse(body);
}

/** InternalLambda's log line for that message, once it is there. */
function reached(test: TestRuntime, topic: string, message: string): Promise<string> {
  return eventually(async () => {
    const { body } = await test.aws("Logs_20140328.FilterLogEvents", {
      logGroupName: "/aws/lambda/InternalLambda",
    });
    const events = body.events as { message: string }[];
    return events.find((event) => event.message.includes(`reached by ${topic}: ${message}`))?.message;
  });
}

function noticeOf(test: TestRuntime, ...parts: readonly string[]): Promise<string> {
  return eventually(() => test.notices.find((notice) => parts.every((part) => notice.includes(part))));
}

async function deadLetter(test: TestRuntime, place: Place, part: string): Promise<string> {
  return eventually(async () => {
    const { body } = await send(test, receiveCall(place), ADMINISTRATOR);
    return body.includes(part) ? body : undefined;
  });
}

const openWays = [
  { way: "another API with the same path", method: "POST", path: "/rogue/lambda1" },
  { way: "a method slipped into the API", method: "PUT", path: "/development/lambda1" },
];

describe("with the stacks as they are, the functions stolen and a neighbour in the account", () => {
  let test: TestRuntime;
  let place: Place;

  beforeAll(async () => {
    test = await startTestRuntime({
      edit: (stacks) => {
        stealFunctions(stacks);
        addNeighbour(stacks);
        addOpenMethods(stacks);
      },
    });
    place = await placeOf(test);
  });
  afterAll(() => test.close());

  describe("a function's role", () => {
    it.each(callsOfExternal)("does not let ExternalLambda1 $name", async (forbidden) => {
      const answer = await callAs(test, "ExternalLambda1", forbidden.call(place));

      expect(answer.body).toContain(refusalOf("ExternalLambda1", forbidden, place));
      expect([400, 403]).toContain(answer.status);
    });

    it.each(callsOfInternal)("does not let InternalLambda $name", async (forbidden) => {
      const answer = await callAs(test, "InternalLambda", forbidden.call(place));

      expect(answer.body).toContain(refusalOf("InternalLambda", forbidden, place));
    });

    it.each(["Payroll", "LambdaSNSTopicARN"])(
      "does not let InternalLambda read the secret %s",
      async (name) => {
        const answer = await callAs(test, "InternalLambda", secretCall(name));

        expect(JSON.parse(answer.body)).toMatchObject({ __type: "AccessDeniedException" });
      },
    );

    it("does not let an external function read another secret", async () => {
      const [first, second] = await Promise.all(
        ["ExternalLambda1", "ExternalLambda2"].map((name) => callAs(test, name, otherSecret.call(place))),
      );

      for (const answer of [first, second]) {
        expect(answer?.body).toMatch(
          /is not authorized to perform: secretsmanager:GetSecretValue on resource: \S+:Payroll-/,
        );
      }
    });

    it("lets an external function do what it is there for", async () => {
      const publish = publishCall(topicArn(place, "LambdaSNSTopic"), "Ada");

      const { answers } = await runStolen(test, "ExternalLambda1", [
        publish,
        secretCall("LambdaSNSTopicARN"),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    });
  });

  describe("a function's credentials", () => {
    it("refuses a function's access key without its session token", async () => {
      const { credentials } = await runStolen(test, "ExternalLambda1", []);
      const { accessKeyId } = credentials;

      const answer = await send(test, secretCall("LambdaSNSTopicARN"), { accessKeyId });

      expect(JSON.parse(answer.body)).toMatchObject({ __type: "UnrecognizedClientException" });
    });

    it("refuses a function's access key with another function's session token", async () => {
      const { credentials } = await runStolen(test, "ExternalLambda1", []);
      const { sessionToken } = (await runStolen(test, "ExternalLambda2", [])).credentials;

      const answer = await send(test, secretCall("LambdaSNSTopicARN"), { ...credentials, sessionToken });

      expect(JSON.parse(answer.body)).toMatchObject({ __type: "UnrecognizedClientException" });
    });

    it("allows a function's credentials outside of it what the role may do, and no more", async () => {
      const { credentials } = await runStolen(test, "ExternalLambda1", []);

      const own = await send(test, secretCall("LambdaSNSTopicARN"), credentials);
      const other = await send(test, secretCall("Payroll"), credentials);

      expect(own.status).toBe(200);
      expect(JSON.parse(other.body)).toMatchObject({ __type: "AccessDeniedException" });
    });
  });

  it.each([
    { what: "publish", call: (at: Place) => publishCall(topicArn(at, "LambdaSNSTopic"), "Eve") },
    { what: "read the secret", call: () => secretCall("LambdaSNSTopicARN") },
    { what: "invoke a function", call: () => invokeCall("ExternalLambda1", {}) },
    { what: "read the dead letters", call: receiveCall },
  ])("does not let somebody without credentials $what", async ({ call }) => {
    const answer = await send(test, call(place));

    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/missing ?authentication ?token/i);
  });

  describe("a function's permission", () => {
    it.each(openWays)("does not let $way invoke the function", async ({ method, path }) => {
      const answer = await test.send({ method, path });

      expectGatewayError(answer, MISCONFIGURED);
      expect(test.lines.at(-1)?.decision).toEqual({
        layer: "integration",
        detail: "/lambda1: AccessDeniedException",
      });
    });

    it("lets the API's own method invoke the function", async () => {
      const answer = await test.send({ token: await test.token("MyUserPool1") });

      expect(answer).toMatchObject({ status: 200, body: "reached" });
    });

    it("does not let another topic invoke InternalLambda", async () => {
      await send(test, publishCall(topicArn(place, "Payroll"), "for the function"), ADMINISTRATOR);

      const notice = await noticeOf(
        test,
        "NumberOfNotificationsFailed",
        "Payroll",
        ":function:InternalLambda",
      );

      expect(notice).toContain("sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction");
    });

    it("lets its own topic invoke InternalLambda", async () => {
      const arn = topicArn(place, "LambdaSNSTopic");
      await send(test, publishCall(arn, "for the function"), ADMINISTRATOR);

      await expect(reached(test, arn, "for the function")).resolves.toContain(arn);
    });
  });

  it("does not let another topic write to the dead-letter queue", async () => {
    await send(test, publishCall(topicArn(place, "Payroll"), "for the queue"), ADMINISTRATOR);

    const notice = await noticeOf(test, "NumberOfNotificationsFailed", "Payroll", ":InternalLambdaDLQ");

    expect(notice).toContain("sns.amazonaws.com is not authorized to perform: sqs:SendMessage");
  });
});

const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

describe("with wide policies and permissions", () => {
  let test: TestRuntime;
  let place: Place;

  beforeAll(async () => {
    test = await startTestRuntime({
      edit: (stacks) => {
        const { edge, messaging } = stacks;
        stealFunctions(stacks);
        addNeighbour(stacks);
        addOpenMethods(stacks);
        for (const name of ["ExternalLambda1", "ExternalLambda2"]) {
          edge.resource(`aws_iam_role_policy.${name}`).policy = EVERYTHING;
        }
        messaging.resource("aws_iam_role_policy.InternalLambda").policy = EVERYTHING;
        delete edge.resource("aws_lambda_permission.POST-lambda1").source_arn;
        delete messaging.resource("aws_lambda_permission.InternalLambda-topic").source_arn;
        forEachStatement(messaging, "aws_sqs_queue_policy.InternalLambdaDLQ", (statement) => {
          if (statement.Sid === "Topic") delete statement.Condition;
        });
      },
    });
    place = await placeOf(test);
  });
  afterAll(() => test.close());

  it.each(callsOfExternal)(
    "lets ExternalLambda1 $name when its policy allows everything",
    async ({ call }) => {
      const answer = await callAs(test, "ExternalLambda1", call(place));

      expect(answer.status).toBe(200);
      expect(answer.body).not.toContain("not authorized");
    },
  );

  it.each(callsOfInternal)(
    "lets InternalLambda $name when its policy allows everything",
    async ({ call }) => {
      const answer = await callAs(test, "InternalLambda", call(place));

      expect(answer.status).toBe(200);
      expect(answer.body).not.toContain("not authorized");
    },
  );

  it("shows a stolen function another secret when its policy allows everything", async () => {
    const answer = await callAs(test, "ExternalLambda1", secretCall("Payroll"));

    expect(JSON.parse(answer.body)).toMatchObject({ SecretString: "the salaries" });
  });

  it.each(openWays)(
    "lets $way invoke the function when its permission names no source",
    async ({ method, path }) => {
      const answer = await test.send({ method, path });

      expect(answer).toMatchObject({ status: 200, body: "reached" });
    },
  );

  it("lets another topic invoke InternalLambda when its permission names no source", async () => {
    const arn = topicArn(place, "Payroll");
    await send(test, publishCall(arn, "for the function"), ADMINISTRATOR);

    await expect(reached(test, arn, "for the function")).resolves.toContain(arn);
  });

  it("lets another topic write to the dead-letter queue when the queue's policy names no source", async () => {
    await send(test, publishCall(topicArn(place, "Payroll"), "for the queue"), ADMINISTRATOR);

    await expect(deadLetter(test, place, "for the queue")).resolves.toContain("Payroll");
  });
});

describe("with other permissions taken out or given", () => {
  let test: TestRuntime;
  let place: Place;

  beforeAll(async () => {
    test = await startTestRuntime({
      edit: ({ edge, messaging }) => {
        edge.remove("aws_lambda_permission.POST-lambda1");
        messaging.remove("aws_lambda_permission.InternalLambda-topic");
        delete messaging.resource("aws_sns_topic_subscription.InternalLambda-topic").depends_on;
        messaging.replaceCode("InternalLambda", STOLEN_FUNCTION);
        messaging.editJson("aws_sns_topic_policy.LambdaSNSTopic", "policy", (document) => {
          document.Statement = [
            {
              Effect: "Allow",
              Principal: { AWS: "${aws_iam_role.InternalLambda.arn}" },
              Action: "sns:Publish",
              Resource: "${aws_sns_topic.LambdaSNSTopic.arn}",
            },
          ];
        });
      },
    });
    place = await placeOf(test);
  });
  afterAll(() => test.close());

  it("does not let the API invoke the function without a permission", async () => {
    const answer = await test.send({ token: await test.token("MyUserPool1") });

    expectGatewayError(answer, MISCONFIGURED);
    expect(test.lines.at(-1)?.decision).toEqual({
      layer: "integration",
      detail: "/lambda1: AccessDeniedException",
    });
  });

  it("lets InternalLambda publish when the topic's policy names its role", async () => {
    const answer = await callAs(test, "InternalLambda", publishCall(topicArn(place, "LambdaSNSTopic"), "x"));

    expect(answer.status).toBe(200);
  });

  it("keeps a message in the dead-letter queue when the topic has no permission to invoke InternalLambda", async () => {
    const name = "Ada, who must not be lost";
    const answer = await test.send({
      path: "/development/lambda2",
      token: await test.token("MyUserPool2"),
      body: { name },
    });

    const letter = await deadLetter(test, place, name);

    expect(answer.status).toBe(200);
    expect(letter).toContain("AccessDeniedException");
  });
});

function forEachStatement(stack: EditableStack, address: string, edit: (statement: Block) => void): void {
  stack.editJson(address, "policy", ({ Statement: statements }) => {
    if (!Array.isArray(statements)) throw new Error(`${address} has no list of statements`);
    for (const statement of statements) edit(statement as Block);
  });
}

describe("a role's trust policy", () => {
  it("keeps the runtime from starting when Lambda may not take the role on", async () => {
    const start = withRuntime(
      {
        edit: ({ edge }) => {
          edge.editJson("aws_iam_role.ExternalLambda1", "assume_role_policy", (document) => {
            document.Statement = [
              { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
            ];
          });
        },
      },
      async () => undefined,
    );

    await expect(start).rejects.toThrow("Lambda cannot assume its role");
  });
});
