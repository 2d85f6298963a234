import { GetTopicAttributesCommand, ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { clientConfig } from "../../../cli/common/aws-clients";
import type { Deployment } from "../../../local/deployment/deployment";
import { startRuntime } from "../../../local/runtime";
import type { Runtime } from "../../../local/runtime-options";
import { readRestApis } from "../../../local/services/apigateway/rest-api";
import { readApiKeys, readUsagePlans } from "../../../local/services/apigateway/usage-plans";
import { readFunctions } from "../../../local/services/lambda/function-settings";
import { readTopics } from "../../../local/services/sns/resources";
import { keyPairs } from "../run/key-pairs";
import { TestClock } from "../test-clock";
import { withoutAssignedIds } from "./assigned-by-aws";
import { type AwsCalls, awsCallsTo, type Json, listIn } from "./aws-calls";
import { allowedRequests } from "./decisions";

/**
 * What a runtime that serves the deployment does, in words that do not depend on where the deployment was read from:
 * what its AWS API answers, what the API does not show, and what IAM allows. Addresses stand for the ids that AWS
 * assigns; no list has an order.
 */
export async function describeRuntime(deployment: Deployment): Promise<Json> {
  const runtime = await startRuntime({
    deployment,
    port: 0,
    clock: new TestClock(0),
    makeKeyPair: keyPairs(),
  });
  try {
    const calls = awsCallsTo(runtime);
    const description = {
      region: deployment.region,
      account: deployment.accountId,
      outputs: deployment.outputs,
      warnings: runtime.warnings,
      apis: await describeApis(calls),
      webAcls: await describeWebAcls(calls, deployment),
      userPools: await describeUserPools(calls),
      functions: await calls.get("lambda", "/2015-03-31/functions"),
      topics: await describeTopics(runtime, deployment),
      queues: await describeQueues(calls),
      secrets: await describeSecrets(calls),
      logGroups: await calls.json("logs", "Logs_20140328.DescribeLogGroups"),
      notShown: describeWhatNoAnswerShows(deployment),
      allowed: await allowedRequests(deployment),
    };
    const text = withoutAssignedIds(deployment)(JSON.stringify(description));
    return withoutOrder(JSON.parse(text.replaceAll(runtime.awsEndpointUrl, "http://runtime")));
  } finally {
    await runtime.close();
  }
}

async function describeApis(calls: AwsCalls): Promise<unknown> {
  const get = (path: string) => calls.get("apigateway", path);
  const apis = listIn(await get("/restapis"), "item").map(async (api) => {
    const parts = ["resources?embed=methods", "stages", "authorizers", "models", "gatewayresponses"];
    return { api, parts: await Promise.all(parts.map((part) => get(`/restapis/${api.id}/${part}`))) };
  });
  return {
    apis: await Promise.all(apis),
    usagePlans: await get("/usageplans"),
    apiKeys: await get("/apikeys"),
  };
}

async function describeWebAcls(calls: AwsCalls, deployment: Deployment): Promise<unknown> {
  const waf = (operation: string, input: object) =>
    calls.json("wafv2", `AWSWAF_20190729.${operation}`, { Scope: "REGIONAL", ...input });
  const webAcls = listIn(await waf("ListWebACLs", {}), "WebACLs");
  const ipSets = listIn(await waf("ListIPSets", {}), "IPSets");
  const stages = deployment.ofType("aws_api_gateway_stage").map((stage) => {
    const api = stage.string("rest_api_id");
    return `arn:aws:apigateway:${deployment.region}::/restapis/${api}/stages/${stage.string("stage_name")}`;
  });
  return {
    webAcls: await Promise.all(webAcls.map(({ Id = "", Name = "" }) => waf("GetWebACL", { Id, Name }))),
    ipSets: await Promise.all(ipSets.map(({ Id = "", Name = "" }) => waf("GetIPSet", { Id, Name }))),
    ofStages: await Promise.all(stages.map((ResourceArn) => waf("GetWebACLForResource", { ResourceArn }))),
  };
}

async function describeUserPools(calls: AwsCalls): Promise<unknown> {
  const cognito = (operation: string, input: object) =>
    calls.json("cognito-idp", `AWSCognitoIdentityProviderService.${operation}`, input);
  const pools = listIn(await cognito("ListUserPools", { MaxResults: 60 }), "UserPools").map(async (pool) => {
    const UserPoolId = pool.Id;
    const listed = await cognito("ListUserPoolClients", { UserPoolId, MaxResults: 60 });
    const clients = listIn(listed, "UserPoolClients").map(({ ClientId }) =>
      cognito("DescribeUserPoolClient", { UserPoolId, ClientId }),
    );
    return { pool: await cognito("DescribeUserPool", { UserPoolId }), clients: await Promise.all(clients) };
  });
  return Promise.all(pools);
}

async function describeTopics({ awsEndpointUrl, region }: Runtime, deployment: Deployment): Promise<unknown> {
  const sns = new SNSClient(clientConfig({ region, awsEndpointUrl }));
  const topics = deployment.ofType("aws_sns_topic").map(async (topic) => {
    const TopicArn = topic.string("arn");
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    return { Attributes, Subscriptions };
  });
  const described = await Promise.all(topics);
  sns.destroy();
  return described;
}

async function describeQueues(calls: AwsCalls): Promise<unknown> {
  const { QueueUrls = [] } = await calls.json("sqs", "AmazonSQS.ListQueues");
  const queues = (Array.isArray(QueueUrls) ? QueueUrls : []).map((QueueUrl) =>
    calls.json("sqs", "AmazonSQS.GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] }),
  );
  return Promise.all(queues);
}

async function describeSecrets(calls: AwsCalls): Promise<unknown> {
  const secrets = listIn(await calls.json("secretsmanager", "secretsmanager.ListSecrets"), "SecretList").map(
    async (secret) => ({
      secret,
      value: await calls.json("secretsmanager", "secretsmanager.GetSecretValue", { SecretId: secret.ARN }),
    }),
  );
  return Promise.all(secrets);
}

function describeWhatNoAnswerShows(deployment: Deployment): unknown {
  const apis = readRestApis(deployment).flatMap(({ resources, stages }) => [
    ...resources.flatMap(({ path, methods }) =>
      [...methods.values()].map(({ httpMethod, validates }) => ({ path, httpMethod, validates })),
    ),
    ...stages.map(({ arn, accessLog }) => ({ arn, accessLog })),
  ]);
  const usagePlans = readUsagePlans(deployment, readApiKeys(deployment)).map(({ id, keys }) => ({
    id,
    keys: keys.map((key) => key.id),
  }));
  const functions = readFunctions(deployment).map(({ name, asynchronous, reservedConcurrency }) => ({
    name,
    asynchronous: asynchronous.get("$LATEST"),
    reservedConcurrency,
  }));
  const subscriptions = readTopics(deployment).flatMap((topic) =>
    topic.subscriptions.map(({ arn, raw, deadLetterArn }) => ({ arn, raw, deadLetterArn })),
  );
  return { apis, usagePlans, functions, subscriptions };
}

/**
 * What only one of the sources can tell: AWS counts a web ACL's capacity, and says how a cache that a stage does not have
 * would be kept.
 */
const INCOMPARABLE = new Set(["Capacity", "cacheDataEncrypted"]);

/** Sorts every list, and the JSON in texts too: neither source has AWS's order, where AWS has one at all. */
function withoutOrder(value: Json): Json {
  if (Array.isArray(value))
    return value.map(withoutOrder).sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
  if (typeof value === "string") return withoutOrderInText(value);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !INCOMPARABLE.has(key))
    .map(([key, member]): [string, Json] => [key, withoutOrder(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => compare(a, b)));
}

function withoutOrderInText(text: string): Json {
  if (!text.startsWith("{")) return text;
  try {
    return { json: withoutOrder(JSON.parse(text)) };
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
