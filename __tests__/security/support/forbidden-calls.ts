import type { TestRuntime } from "../../support/local-runtime";
import { ADMINISTRATOR, type AwsCall, invokeCall, jsonCall, queryCall, restCall, send } from "./aws-call";
import { poolOf } from "./cognito";

/** What the deployment's names and ids are made of. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly endpoint: string;
  readonly poolId: string;
  readonly apiId: string;
  /** Of `/lambda2`. */
  readonly resourceId: string;
}

export async function placeOf(test: TestRuntime): Promise<Place> {
  const ask = async (call: AwsCall) => (await send(test, call, ADMINISTRATOR)).body;
  const identity = await ask(queryCall("sts", "GetCallerIdentity", { Version: "2011-06-15" }));
  const apis = itemsOf(await ask(restCall("apigateway", "/restapis")));
  const apiId = apis.find(({ name }) => name === "SecureLambdaAPI")?.id ?? "";
  const resources = itemsOf(await ask(restCall("apigateway", `/restapis/${apiId}/resources`)));
  return {
    region: test.runtime.region,
    account: /<Account>(\d+)</.exec(identity)?.[1] ?? "",
    endpoint: test.runtime.awsEndpointUrl,
    poolId: poolOf(test, "MyUserPool1").id,
    apiId,
    resourceId: resources.find(({ path }) => path === "/lambda2")?.id ?? "",
  };
}

function itemsOf(body: string): { readonly id: string; readonly name?: string; readonly path?: string }[] {
  return JSON.parse(body).item;
}

/** A call that somebody who took a function over would make next. */
export interface ForbiddenCall {
  readonly name: string;
  /** For the document; left out where it is a variant of another call. */
  readonly threat?: string;
  /** As AWS's refusal spells it. */
  readonly action: string;
  /** Left out for an action without resource types. */
  readonly resource?: (place: Place) => string;
  readonly call: (place: Place) => AwsCall;
}

export function topicArn({ region, account }: Place, name: string): string {
  return `arn:aws:sns:${region}:${account}:${name}`;
}

export function publishCall(arn: string, message: string): AwsCall {
  return queryCall("sns", "Publish", { Version: "2010-03-31", TopicArn: arn, Message: message });
}

export function secretCall(name: string): AwsCall {
  return jsonCall("secretsmanager", "secretsmanager.GetSecretValue", { SecretId: name });
}

export function receiveCall({ endpoint, account }: Place): AwsCall {
  const QueueUrl = `${endpoint}/${account}/InternalLambdaDLQ`;
  return jsonCall("sqs", "AmazonSQS.ReceiveMessage", { QueueUrl, MessageAttributeNames: ["All"] });
}

/** The message with which AWS refuses the call to the function's role. */
export function refusalOf(functionName: string, { action, resource }: ForbiddenCall, place: Place): string {
  const user = `arn:aws:sts::${place.account}:assumed-role/${functionName}-role/${functionName}`;
  const target = resource === undefined ? "" : ` on resource: ${resource(place)}`;
  return `User: ${user} is not authorized to perform: ${action}${target} because no identity-based policy allows the ${action} action`;
}

const functionArn = (name: string) => (place: Place) =>
  `arn:aws:lambda:${place.region}:${place.account}:function:${name}`;
const logGroupArn = (name: string) => (place: Place) =>
  `arn:aws:logs:${place.region}:${place.account}:log-group:${name}:log-stream:`;
const poolArn = (place: Place) =>
  `arn:aws:cognito-idp:${place.region}:${place.account}:userpool/${place.poolId}`;
const queueArn = (place: Place) => `arn:aws:sqs:${place.region}:${place.account}:InternalLambdaDLQ`;

function userPoolCall(operation: string, input: object) {
  return ({ poolId }: Place) =>
    jsonCall("cognito-idp", `AWSCognitoIdentityProviderService.${operation}`, {
      UserPoolId: poolId,
      ...input,
    });
}

const readDeadLetters: ForbiddenCall = {
  name: "read the dead letters",
  action: "sqs:ReceiveMessage",
  resource: queueArn,
  call: receiveCall,
};

function invoke(name: string, functionName: string): ForbiddenCall {
  return {
    name,
    action: "lambda:InvokeFunction",
    resource: functionArn(functionName),
    call: () => invokeCall(functionName, {}),
  };
}

/** For ExternalLambda1. The topic and the secret `Payroll` belong to somebody else. */
export const callsOfExternal: readonly ForbiddenCall[] = [
  {
    name: "publish to another topic",
    threat: "A stolen function publishes elsewhere",
    action: "SNS:Publish",
    resource: (place) => topicArn(place, "Payroll"),
    call: (place) => publishCall(topicArn(place, "Payroll"), "a raise for me"),
  },
  {
    name: "list the topics",
    action: "SNS:ListTopics",
    call: () => queryCall("sns", "ListTopics", { Version: "2010-03-31" }),
  },
  {
    name: "list the secrets",
    action: "secretsmanager:ListSecrets",
    call: () => jsonCall("secretsmanager", "secretsmanager.ListSecrets", {}),
  },
  { ...readDeadLetters, threat: "A stolen function reads the dead letters" },
  {
    name: "write to the dead letters",
    action: "sqs:SendMessage",
    resource: queueArn,
    call: ({ endpoint, account }) =>
      jsonCall("sqs", "AmazonSQS.SendMessage", {
        QueueUrl: `${endpoint}/${account}/InternalLambdaDLQ`,
        MessageBody: "nothing happened",
      }),
  },
  { ...invoke("invoke the internal function", "InternalLambda"), threat: "A stolen function invokes others" },
  invoke("invoke the other external function", "ExternalLambda2"),
  {
    name: "read a function's environment",
    action: "lambda:GetFunctionConfiguration",
    resource: functionArn("ExternalLambda2"),
    call: () => restCall("lambda", "/2015-03-31/functions/ExternalLambda2/configuration"),
  },
  {
    name: "make a user",
    threat: "A stolen function makes a user",
    action: "cognito-idp:AdminCreateUser",
    resource: poolArn,
    call: userPoolCall("AdminCreateUser", { Username: "backdoor@example.com", MessageAction: "SUPPRESS" }),
  },
  {
    name: "set a user's password",
    threat: "A stolen function sets a password",
    action: "cognito-idp:AdminSetUserPassword",
    resource: poolArn,
    call: userPoolCall("AdminSetUserPassword", {
      Username: "myuserpool1@example.com",
      Password: "stolen-Horse-7-battery",
    }),
  },
  {
    name: "list the users",
    action: "cognito-idp:ListUsers",
    resource: poolArn,
    call: userPoolCall("ListUsers", {}),
  },
  {
    name: "read its own log",
    action: "logs:FilterLogEvents",
    resource: logGroupArn("/aws/lambda/ExternalLambda1"),
    call: () =>
      jsonCall("logs", "Logs_20140328.FilterLogEvents", { logGroupName: "/aws/lambda/ExternalLambda1" }),
  },
  {
    name: "read the other function's log",
    threat: "A stolen function reads logs",
    action: "logs:FilterLogEvents",
    resource: logGroupArn("/aws/lambda/InternalLambda"),
    call: () =>
      jsonCall("logs", "Logs_20140328.FilterLogEvents", { logGroupName: "/aws/lambda/InternalLambda" }),
  },
  {
    name: "get around the authorizer with a test of the method",
    threat: "A stolen function gets around the authorizer",
    action: "apigateway:POST",
    resource: ({ region, apiId, resourceId }) =>
      `arn:aws:apigateway:${region}::/restapis/${apiId}/resources/${resourceId}/methods/POST`,
    call: ({ apiId, resourceId }) =>
      restCall("apigateway", `/restapis/${apiId}/resources/${resourceId}/methods/POST`, {
        body: '{"name":"Mallory"}',
      }),
  },
  {
    name: "list the web ACLs",
    action: "wafv2:ListWebACLs",
    call: () => jsonCall("wafv2", "AWSWAF_20190729.ListWebACLs", { Scope: "REGIONAL" }),
  },
];

/** The secret's ARN ends in random characters, so its refusal is checked apart. */
export const otherSecret: ForbiddenCall = {
  name: "read another secret",
  action: "secretsmanager:GetSecretValue",
  call: () => secretCall("Payroll"),
};

/** For InternalLambda, which needs nothing of what the external functions may do. */
export const callsOfInternal: readonly ForbiddenCall[] = [
  {
    name: "publish to the topic that invokes it",
    threat: "A stolen function invokes itself without end",
    action: "SNS:Publish",
    resource: (place) => topicArn(place, "LambdaSNSTopic"),
    call: (place) => publishCall(topicArn(place, "LambdaSNSTopic"), "once more"),
  },
  readDeadLetters,
  invoke("invoke an external function", "ExternalLambda1"),
];
