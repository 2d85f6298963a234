import {
  insideAttacks,
  publishCall,
  receiveCall,
  type StolenCall,
} from "../../local/console/defences/inside";
import { type Place, placeOf } from "../../local/console/defences/place";
import type { Route } from "../../stacks/secure-edge/route";
import { startTestRuntime, type TestRuntime } from "../support/local-runtime";
import { plainFunctions } from "../support/plain-functions";
import type { Block, EditableStack } from "../support/synthesized-folder";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { proven } from "./support/attack";
import {
  ADMINISTRATOR,
  type AwsAnswer,
  type AwsCall,
  type Credentials,
  invokeCall,
  jsonCall,
  send,
} from "./support/aws-call";
import { expectGatewayError, MISCONFIGURED } from "./support/gateway-error";
import { addNeighbour, addOpenMethods, type Stacks, stealFunctions } from "./support/intruder";
import { logMessages } from "./support/logs";
import { messagesIn } from "./support/queue";
import { STOLEN_FUNCTION } from "./support/stolen-function";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, type Proof, threatsOf } from "./support/threats";

const threat = threatsOf(5, __filename);

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

/** InternalLambda's log line for that message, `undefined` where it did not get there. */
async function reached(test: TestRuntime, topic: string, message: string): Promise<string | undefined> {
  await test.runtime.settled();
  const lines = await logMessages(test, "/aws/lambda/InternalLambda");
  return lines.find((line) => line.includes(`reached by ${topic}: ${message}`));
}

async function noticeOf(test: TestRuntime, ...parts: readonly string[]): Promise<string | undefined> {
  await test.runtime.settled();
  return test.notices.find((notice) => parts.every((part) => notice.includes(part)));
}

/** The message in the dead-letter queue that has that text in it, with its attributes. */
async function deadLetter(test: TestRuntime, part: string): Promise<string | undefined> {
  await test.runtime.settled();
  const messages = await messagesIn(test, "InternalLambdaDLQ");
  return messages.map((message) => JSON.stringify(message)).find((message) => message.includes(part));
}

const accountOf = ({ runtime }: TestRuntime) => runtime.inside.deployment.accountId;

function topicArn(test: TestRuntime, name: string): string {
  return `arn:aws:sns:${test.runtime.region}:${accountOf(test)}:${name}`;
}

function secretCall(name: string): AwsCall {
  return jsonCall("secretsmanager", "secretsmanager.GetSecretValue", { SecretId: name });
}

/** The message with which AWS refuses the call to the function's role. */
function refusalOf({ action, resource, thief = "external" }: StolenCall, place: Place): string {
  const user = `arn:aws:sts::${place.accountId}:assumed-role/${place[thief]}-role/${place[thief]}`;
  const target = resource === undefined ? "" : ` on resource: ${resource(place)}`;
  return `User: ${user} is not authorized to perform: ${action}${target} because no identity-based policy allows the ${action} action`;
}

const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

function forEachStatement(stack: EditableStack, address: string, edit: (statement: Block) => void): void {
  stack.editJson(address, "policy", ({ Statement: statements }) => {
    if (!Array.isArray(statements)) throw new Error(`${address} has no list of statements`);
    for (const statement of statements) edit(statement as Block);
  });
}

describe("function level authorization", () => {
  /** The functions are stolen, and a neighbour is in the account. */
  const attacked = (edit: (stacks: Stacks) => void = () => {}) =>
    useRuntime({
      edit: (stacks) => {
        stealFunctions(stacks);
        addNeighbour(stacks);
        addOpenMethods(stacks);
        edit(stacks);
      },
    });
  const test = attacked();
  const wide = attacked(({ edge, messaging }) => {
    for (const name of ["ExternalLambda1", "ExternalLambda2"]) {
      edge.resource(`aws_iam_role_policy.${name}`).policy = EVERYTHING;
    }
    messaging.resource("aws_iam_role_policy.InternalLambda").policy = EVERYTHING;
    delete edge.resource("aws_lambda_permission.POST-lambda1").source_arn;
    delete messaging.resource("aws_lambda_permission.InternalLambda-topic").source_arn;
    forEachStatement(messaging, "aws_sqs_queue_policy.InternalLambdaDLQ", (statement) => {
      if (statement.Sid === "Topic") delete statement.Condition;
    });
  });
  const other = useRuntime({
    edit: ({ edge, messaging }) => {
      edge.remove("aws_lambda_permission.POST-lambda1");
      messaging.remove("aws_lambda_permission.InternalLambda-topic");
      delete messaging.resource("aws_sns_topic_subscription.InternalLambda-topic").depends_on;
      messaging.replaceCode("InternalLambda", STOLEN_FUNCTION);
    },
  });
  const { without } = useRuntimes({ edit: plainFunctions });

  const ownMethod: Proof = [
    "lets the API's own method invoke the function",
    async () => {
      const answer = await test.send({ token: await test.token("MyUserPool1") });

      expect(answer).toMatchObject({ status: 200, body: "reached" });
    },
  ];

  describe("a function's role", () => {
    for (const attack of insideAttacks) {
      const { name, thief = "external" } = attack.stolen;
      const who = thief === "external" ? "ExternalLambda1" : "InternalLambda";
      threat(
        proven(attack, {
          ...{ on: test, without },
          refuses: `does not let ${who} ${name}`,
          succeeds: `lets ${who} ${name} when ${attack.defence.setting} allows everything`,
          expects({ answer, attacker }) {
            expect(answer.body).toContain(refusalOf(attack.stolen, placeOf(attacker, "victim")));
            expect([400, 403]).toContain(answer.status);
          },
          expectsWithout: ({ answer }) => expect(answer.body).not.toContain("not authorized"),
        }),
      );
    }

    it.each(["Payroll", "LambdaSNSTopicARN"])(
      "does not let InternalLambda read the secret %s",
      async (name) => {
        const answer = await callAs(test, "InternalLambda", secretCall(name));

        expect(JSON.parse(answer.body)).toMatchObject({ __type: "AccessDeniedException" });
      },
    );

    it.each(["ExternalLambda1", "ExternalLambda2"])("does not let %s read another secret", async (name) => {
      const answer = await callAs(test, name, secretCall("Payroll"));

      expect(answer.body).toMatch(
        /is not authorized to perform: secretsmanager:GetSecretValue on resource: \S+:Payroll-/,
      );
    });

    it("shows a stolen function another secret when its policy allows everything", async () => {
      const answer = await callAs(wide, "ExternalLambda1", secretCall("Payroll"));

      expect(JSON.parse(answer.body)).toMatchObject({ SecretString: "the salaries" });
    });

    it("lets an external function do what it is there for", async () => {
      const publish = publishCall(topicArn(test, "LambdaSNSTopic"), "Ada");

      const { answers } = await runStolen(test, "ExternalLambda1", [
        publish,
        secretCall("LambdaSNSTopicARN"),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    });
  });

  describe("a function's credentials", () => {
    threat({
      threat: "An access key is used without its session",
      layer: "IAM",
      setting: BUILT_IN,
      attack: [
        "refuses a function's access key without its session token",
        async () => {
          const { credentials } = await runStolen(test, "ExternalLambda1", []);
          const { accessKeyId } = credentials;

          const answer = await send(test, secretCall("LambdaSNSTopicARN"), { accessKeyId });

          expect(JSON.parse(answer.body)).toMatchObject({ __type: "UnrecognizedClientException" });
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
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

  threat({
    threat: "Somebody without credentials calls the services behind the API",
    layer: "IAM",
    setting: BUILT_IN,
    attack: each(
      [
        { what: "publish", call: () => publishCall(topicArn(test, "LambdaSNSTopic"), "Eve") },
        { what: "read the secret", call: () => secretCall("LambdaSNSTopicARN") },
        { what: "invoke a function", call: () => invokeCall("ExternalLambda1", {}) },
        {
          what: "read the dead letters",
          call: () =>
            receiveCall({
              ...{ endpoint: test.runtime.awsEndpointUrl },
              accountId: accountOf(test),
              queueName: "InternalLambdaDLQ",
            }),
        },
      ],
      ({ what, call }) => [
        `does not let somebody without credentials ${what}`,
        async () => {
          const answer = await send(test, call());

          expect(answer.status).toBe(403);
          expect(answer.body).toMatch(/missing ?authentication ?token/i);
        },
      ],
    ),
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  describe("a function's permission", () => {
    const openWays = [
      {
        threat: "Another API of the account invokes the function, without an authorizer",
        way: "another API with the same path",
        method: "POST",
        path: "/rogue/lambda1",
      },
      {
        threat: "A method without authorizer is slipped into the API",
        way: "a method slipped into the API",
        method: "PUT",
        path: "/development/lambda1",
      },
    ];
    for (const { threat: what, way, method, path } of openWays) {
      threat({
        threat: what,
        layer: "Lambda permission",
        setting: "aws_lambda_permission.source_arn",
        attack: [
          `does not let ${way} invoke the function`,
          async () => {
            const answer = await test.send({ method, path });

            expectGatewayError(answer, MISCONFIGURED);
            expect(test.lines.at(-1)?.decision).toEqual({
              layer: "integration",
              detail: "/lambda1: AccessDeniedException",
            });
          },
        ],
        counterpart: [
          `lets ${way} invoke the function when its permission names no source`,
          async () => {
            const answer = await wide.send({ method, path });

            expect(answer).toMatchObject({ status: 200, body: "reached" });
          },
        ],
      });
    }

    threat({
      threat: "Another topic invokes InternalLambda",
      layer: "Lambda permission",
      setting: "aws_lambda_permission.source_arn",
      attack: [
        "does not let another topic invoke InternalLambda",
        async () => {
          await send(test, publishCall(topicArn(test, "Payroll"), "for the function"), ADMINISTRATOR);

          const notice = await noticeOf(
            test,
            "NumberOfNotificationsFailed",
            "Payroll",
            ":function:InternalLambda",
          );

          expect(notice).toContain("sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction");
        },
      ],
      counterpart: [
        "lets another topic invoke InternalLambda when its permission names no source",
        async () => {
          const arn = topicArn(wide, "Payroll");
          await send(wide, publishCall(arn, "for the function"), ADMINISTRATOR);

          await expect(reached(wide, arn, "for the function")).resolves.toContain(arn);
        },
      ],
    });

    it("lets its own topic invoke InternalLambda", async () => {
      const arn = topicArn(test, "LambdaSNSTopic");
      await send(test, publishCall(arn, "for the function"), ADMINISTRATOR);

      await expect(reached(test, arn, "for the function")).resolves.toContain(arn);
    });
  });

  it("does not let another topic write to the dead-letter queue", async () => {
    await send(test, publishCall(topicArn(test, "Payroll"), "for the queue"), ADMINISTRATOR);

    const notice = await noticeOf(test, "NumberOfNotificationsFailed", "Payroll", ":InternalLambdaDLQ");

    expect(notice).toContain("sns.amazonaws.com is not authorized to perform: sqs:SendMessage");
  });

  it("lets another topic write to the dead-letter queue when the queue's policy names no source", async () => {
    await send(wide, publishCall(topicArn(wide, "Payroll"), "for the queue"), ADMINISTRATOR);

    expect(await deadLetter(wide, "for the queue")).toContain("Payroll");
  });

  threat({
    threat: "The API invokes a function that does not permit it",
    layer: "Lambda permission",
    setting: "aws_lambda_permission.principal",
    attack: [
      "does not let the API invoke the function without a permission",
      async () => {
        const answer = await other.send({ token: await other.token("MyUserPool1") });

        expectGatewayError(answer, MISCONFIGURED);
        expect(other.lines.at(-1)?.decision).toEqual({
          layer: "integration",
          detail: "/lambda1: AccessDeniedException",
        });
      },
    ],
    counterpart: ownMethod,
  });

  threat({
    threat: "A function runs with a role made for another service",
    layer: "Trust policy of the role",
    setting: "aws_iam_role.assume_role_policy",
    attack: [
      "keeps the runtime from starting when Lambda may not take the role on",
      async () => {
        const start = startTestRuntime({
          edit: ({ edge }) => {
            edge.editJson("aws_iam_role.ExternalLambda1", "assume_role_policy", (document) => {
              document.Statement = [
                { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
              ];
            });
          },
        });

        await expect(start).rejects.toThrow("Lambda cannot assume its role");
      },
    ],
    counterpart: ownMethod,
  });

  it("keeps a message in the dead-letter queue when the topic has no permission to invoke InternalLambda", async () => {
    const name = "Ada, who must not be lost";
    const answer = await other.send({
      path: "/development/lambda2",
      token: await other.token("MyUserPool2"),
      body: { name },
    });

    const letter = await deadLetter(other, name);

    expect(answer.status).toBe(200);
    expect(letter).toBeDefined();
    expect(await noticeOf(other, "NumberOfNotificationsFailed", ":function:InternalLambda")).toContain(
      "sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction",
    );
  });
});

describe("a route that not every user may call", () => {
  const routes: readonly Route[] = [
    {
      ...{ path: "/lambda1", method: "POST", functionName: "ExternalLambda1", handler: "external" },
      ...{
        auth: "cognito-id-token",
        authorizer: "AGAuthorizer1",
        userPool: "MyUserPool1",
        groups: ["admins"],
      },
    },
    {
      ...{ path: "/orders", method: "POST", functionName: "ExternalLambda1", handler: "external" },
      ...{ auth: "cognito-access-token", authorizer: "Orders", userPool: "MyUserPool1" },
      scopes: ["orders/write"],
    },
  ];
  const { withRuntime } = useRuntimes({ routes });
  const callLambda1 = (edit?: (stacks: Stacks) => void) =>
    withRuntime({ edit }, async (test) => test.send({ token: await test.token("MyUserPool1") }));
  const callOrders = (edit?: (stacks: Stacks) => void) =>
    withRuntime({ edit }, async (test) => {
      const { AccessToken: token } = await test.signIn("MyUserPool1");
      return test.send({ path: "/development/orders", token });
    });

  threat({
    threat: "A user who is in none of a route's groups calls it",
    layer: "The function",
    setting: "aws_lambda_function.environment: ROUTE_GROUPS",
    attack: [
      "answers 403 to a user who is in none of the route's groups",
      async () => {
        expect(await callLambda1()).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
      },
    ],
    counterpart: [
      "serves every user of the pool once the function is not told the groups",
      async () => {
        const answer = await callLambda1(({ edge }) => {
          const { environment } = edge.resource("aws_lambda_function.ExternalLambda1");
          delete (environment as { variables: Block }).variables.ROUTE_GROUPS;
        });

        expect(answer.status).toBe(200);
      },
    ],
  });

  threat({
    threat: "An access token that was given for something else calls a route with scopes",
    layer: "Cognito authorizer",
    setting: "aws_api_gateway_method.authorization_scopes",
    attack: [
      "answers 401 to an access token that has none of the route's scopes",
      async () => {
        expect((await callOrders()).status).toBe(401);
      },
    ],
    counterpart: [
      "serves the token of any sign-in once its scope is among the route's",
      async () => {
        const answer = await callOrders(({ edge }) => {
          edge.resource("aws_api_gateway_method.POST-orders").authorization_scopes = [
            "aws.cognito.signin.user.admin",
          ];
        });

        expect(answer.status).toBe(200);
      },
    ],
  });
});
