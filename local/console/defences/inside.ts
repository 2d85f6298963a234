import { formatArn } from "../../kernel/arn";
import type { Attacker } from "./attacker";
import { type AwsCall, invokeCall, jsonCall, queryCall, restCall } from "./aws-call";
import { type Attack, addressesOf, type Defence, OWASP, slug } from "./defence";
import { type Place, placeOf, QUEUE, SECRET, TOPIC, topicArn } from "./place";

const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

const ROLE_POLICY: Defence = {
  id: "role-policy",
  layer: "IAM role of the function",
  setting: "aws_iam_role_policy.policy",
  addresses: (deployment) => addressesOf(deployment, "aws_iam_role_policy"),
  takeOut(copy) {
    for (const policy of copy.ofType("aws_iam_role_policy")) policy.set("policy", EVERYTHING);
  },
};

/** A resource's policy that lets everybody do it. */
function resourcePolicy(id: string, layer: string, type: string, action: string): Defence {
  return {
    ...{ id, layer, setting: `${type}.policy` },
    addresses: (deployment) => addressesOf(deployment, type),
    takeOut(copy) {
      for (const policy of copy.ofType(type)) {
        const Statement = [{ Effect: "Allow", Principal: "*", Action: action, Resource: "*" }];
        policy.set("policy", JSON.stringify({ Version: "2012-10-17", Statement }));
      }
    },
  };
}

/** A call that somebody who took a function over would make next. */
export interface StolenCall {
  readonly name: string;
  /** For the document; left out where it is a variant of another call. */
  readonly threat?: string;
  /** @default external */
  readonly thief?: "external" | "internal";
  /** @default the function's role */
  readonly defence?: Defence;
  /** The type of what is called. */
  readonly needs?: string;
  /** As AWS's refusal spells it. */
  readonly action: string;
  /** What is called is not there: IAM is asked first, and whether it lets the call pass is what counts. */
  readonly isElsewhere?: boolean;
  /** Left out for an action without resource types. */
  readonly resource?: (place: Place) => string;
  readonly call: (place: Place) => AwsCall;
}

export function publishCall(arn: string, message: string): AwsCall {
  return queryCall("sns", "Publish", { Version: "2010-03-31", TopicArn: arn, Message: message });
}

function queueCall(operation: string, input: object) {
  return ({ endpoint, accountId, queueName }: Pick<Place, "endpoint" | "accountId" | "queueName">) =>
    jsonCall("sqs", `AmazonSQS.${operation}`, {
      QueueUrl: `${endpoint}/${accountId}/${queueName}`,
      ...input,
    });
}

export const receiveCall = queueCall("ReceiveMessage", {
  MessageAttributeNames: ["All"],
  VisibilityTimeout: 0,
});

function userPoolCall(operation: string, input: (place: Place) => object) {
  return (place: Place) =>
    jsonCall("cognito-idp", `AWSCognitoIdentityProviderService.${operation}`, {
      ...{ UserPoolId: place.poolId, ...input(place) },
    });
}

type Function = "external" | "internal" | "other";
const functionArn = (which: Function) => (place: Place) =>
  formatArn(place, "lambda", `function:${place[which]}`);
const logGroup = (which: Function) => (place: Place) => `/aws/lambda/${place[which]}`;
const logGroupArn = (which: Function) => (place: Place) =>
  formatArn(place, "logs", `log-group:${logGroup(which)(place)}:log-stream:`);
const poolArn = (place: Place) => formatArn(place, "cognito-idp", `userpool/${place.poolId}`);
const queueArn = (place: Place) => formatArn(place, "sqs", place.queueName);

const readDeadLetters: StolenCall = {
  name: "read the dead letters",
  ...{ needs: QUEUE, action: "sqs:ReceiveMessage", resource: queueArn, call: receiveCall },
};
const invoke = (name: string, which: Function): StolenCall => ({
  ...{ name, action: "lambda:InvokeFunction", resource: functionArn(which) },
  call: (place) => invokeCall(place[which], {}),
});
const readLog = (name: string, which: Function): StolenCall => ({
  ...{ name, action: "logs:FilterLogEvents", resource: logGroupArn(which) },
  call: (place) =>
    jsonCall("logs", "Logs_20140328.FilterLogEvents", { logGroupName: logGroup(which)(place) }),
});
const LETTER = '{"attacker":true}';
const writeDeadLetters: StolenCall = {
  name: "write to the dead letters",
  ...{ needs: QUEUE, action: "sqs:SendMessage", resource: queueArn },
  call: queueCall("SendMessage", { MessageBody: LETTER }),
};
const publishAgain: StolenCall = {
  name: "publish to the topic that invokes it",
  ...{ thief: "internal", needs: TOPIC, action: "SNS:Publish" },
  resource: (place) => topicArn(place, place.topicName),
  call: (place) => publishCall(topicArn(place, place.topicName), '{"name":"attacker"}'),
};
const ELSEWHERE = "another-teams-topic";
const BACKDOOR = "backdoor@example.com";

const stolenCalls: readonly StolenCall[] = [
  {
    name: "list the topics",
    action: "SNS:ListTopics",
    call: () => queryCall("sns", "ListTopics", { Version: "2010-03-31" }),
  },
  {
    ...{ name: "publish to another team's topic", threat: "A stolen function publishes elsewhere" },
    ...{ action: "SNS:Publish", isElsewhere: true },
    resource: (place) => topicArn(place, ELSEWHERE),
    call: (place) => publishCall(topicArn(place, ELSEWHERE), "a raise for me"),
  },
  {
    ...{ name: "read the other functions' secret", threat: "A stolen function reads other secrets" },
    ...{ thief: "internal", needs: SECRET, action: "secretsmanager:GetSecretValue" },
    resource: ({ secretArn }) => secretArn,
    call: ({ secretArn }) =>
      jsonCall("secretsmanager", "secretsmanager.GetSecretValue", { SecretId: secretArn }),
  },
  {
    name: "list the secrets",
    action: "secretsmanager:ListSecrets",
    call: () => jsonCall("secretsmanager", "secretsmanager.ListSecrets", {}),
  },
  { ...readDeadLetters, threat: "A stolen function reads the dead letters" },
  writeDeadLetters,
  {
    ...invoke("invoke the internal function", "internal"),
    threat: "A stolen function invokes others",
  },
  invoke("invoke the other external function", "other"),
  {
    ...{ name: "read a function's environment", action: "lambda:GetFunctionConfiguration" },
    resource: functionArn("other"),
    call: ({ other }) => restCall("lambda", `/2015-03-31/functions/${other}/configuration`),
  },
  {
    ...{ name: "make a user", threat: "A stolen function makes a user" },
    ...{ action: "cognito-idp:AdminCreateUser", resource: poolArn },
    call: userPoolCall("AdminCreateUser", () => ({ Username: BACKDOOR, MessageAction: "SUPPRESS" })),
  },
  {
    ...{ name: "set a user's password", threat: "A stolen function sets a password" },
    ...{ action: "cognito-idp:AdminSetUserPassword", resource: poolArn },
    call: userPoolCall("AdminSetUserPassword", ({ victim }) => ({
      ...{ Username: victim, Password: "stolen-Horse-7-battery" },
    })),
  },
  {
    ...{ name: "list the users", action: "cognito-idp:ListUsers", resource: poolArn },
    call: userPoolCall("ListUsers", () => ({})),
  },
  readLog("read its own log", "external"),
  { ...readLog("read the other function's log", "internal"), threat: "A stolen function reads logs" },
  {
    name: "get around the authorizer with a test of the method",
    threat: "A stolen function gets around the authorizer",
    action: "apigateway:POST",
    resource: ({ region, apiId, resourceId, method }) =>
      formatArn(
        { region, accountId: "" },
        "apigateway",
        `/restapis/${apiId}/resources/${resourceId}/methods/${method}`,
      ),
    call: ({ apiId, resourceId, method }) =>
      restCall("apigateway", `/restapis/${apiId}/resources/${resourceId}/methods/${method}`, {
        body: '{"name":"Mallory"}',
      }),
  },
  {
    ...{ name: "list the web ACLs", action: "wafv2:ListWebACLs" },
    call: () => jsonCall("wafv2", "AWSWAF_20190729.ListWebACLs", { Scope: "REGIONAL" }),
  },
  { ...publishAgain, threat: "A stolen function invokes itself without end" },
  { ...readDeadLetters, thief: "internal" },
  { ...invoke("invoke an external function", "external"), thief: "internal" },
  {
    ...publishAgain,
    threat: "A role without the right publishes to the topic",
    defence: resourcePolicy("topic-policy", "Topic policy", "aws_sns_topic_policy", "sns:Publish"),
  },
  {
    ...writeDeadLetters,
    threat: "Another topic fills the dead-letter queue",
    defence: resourcePolicy("queue-policy", "Queue policy", "aws_sqs_queue_policy", "sqs:SendMessage"),
  },
];

/** Leaves nothing of what got through among the visitor's own. */
async function cleanUp({ runtime }: Attacker, { poolId, queueName }: Place): Promise<void> {
  const { ports, deployment, call } = runtime.inside;
  await call("cognito-idp", "AdminDeleteUser", { UserPoolId: poolId, Username: BACKDOOR }).catch(() => {});
  const queue = deployment.find(QUEUE, "name", queueName);
  if (queue !== undefined) await ports.queues.drain(queue.string("arn"), async ({ body }) => body === LETTER);
}

/** The attacks with what a taken-over function has in its hands: the credentials of its role. */
export const insideAttacks = stolenCalls.map((stolen): Attack & { stolen: StolenCall } => {
  const { name, threat, defence = ROLE_POLICY, thief = "external", needs, isElsewhere, call } = stolen;
  return {
    ...{ stolen, id: slug(threat ?? `${thief}: ${name}`), owasp: OWASP.API5, threat, defence },
    ...(needs === undefined ? {} : { needs }),
    run: (attacker) =>
      attacker.withSomebody(async ({ email }) => {
        const place = placeOf(attacker, email);
        const { status } = await attacker.callAws(
          `${place[thief]} tries to ${name}`,
          call(place),
          place[thief],
        );
        await cleanUp(attacker, place);
        const succeeded = status < 300 || (isElsewhere === true && status === 404);
        return {
          succeeded,
          summary: `${place[thief]} may ${succeeded ? "" : "not "}${name} (${status}).`,
        };
      }),
  };
});
