import {
  APIGatewayClient,
  GetAccountCommand,
  GetApiKeysCommand,
  GetRestApisCommand,
  GetUsagePlansCommand,
} from "@aws-sdk/client-api-gateway";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeQueryDefinitionsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListIPSetsCommand, ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { clientConfig } from "../../../cli/common/aws-clients";

/** What AWS itself says, asked through the SDK: independent of Terraform's state. */
export class AwsAccount {
  readonly apiGateway: APIGatewayClient;
  readonly cognito: CognitoIdentityProviderClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly waf: WAFV2Client;

  constructor(endpoint: string) {
    const config = clientConfig({ region: "us-east-1", awsEndpointUrl: endpoint });
    this.apiGateway = new APIGatewayClient(config);
    this.cognito = new CognitoIdentityProviderClient(config);
    this.iam = new IAMClient(config);
    this.lambda = new LambdaClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.secrets = new SecretsManagerClient(config);
    this.sns = new SNSClient(config);
    this.sqs = new SQSClient(config);
    this.waf = new WAFV2Client(config);
  }

  /** The names of everything in the account that the stacks could have created, by kind. */
  async everything(): Promise<Record<string, readonly (string | undefined)[]>> {
    const regional = { Scope: "REGIONAL" } as const;
    const [apis, keys, plans, account] = await Promise.all([
      this.apiGateway.send(new GetRestApisCommand({})),
      this.apiGateway.send(new GetApiKeysCommand({})),
      this.apiGateway.send(new GetUsagePlansCommand({})),
      this.apiGateway.send(new GetAccountCommand({})),
    ]);
    const [topics, subscriptions, queues] = await Promise.all([
      this.sns.send(new ListTopicsCommand({})),
      this.sns.send(new ListSubscriptionsCommand({})),
      this.sqs.send(new ListQueuesCommand({})),
    ]);
    const [webAcls, ipSets] = await Promise.all([
      this.waf.send(new ListWebACLsCommand(regional)),
      this.waf.send(new ListIPSetsCommand(regional)),
    ]);
    return {
      apis: names(apis.items, "name"),
      apiKeys: names(keys.items, "name"),
      usagePlans: names(plans.items, "name"),
      apiGatewayRoles: account.cloudwatchRoleArn ? [account.cloudwatchRoleArn] : [],
      functions: names((await this.lambda.send(new ListFunctionsCommand({}))).Functions, "FunctionName"),
      ipSets: names(ipSets.IPSets, "Name"),
      logGroups: names((await this.logs.send(new DescribeLogGroupsCommand({}))).logGroups, "logGroupName"),
      queues: queues.QueueUrls ?? [],
      roles: names((await this.iam.send(new ListRolesCommand({}))).Roles, "RoleName"),
      // A secret that waits for its deletion still holds its name.
      savedQueries: names(
        (await this.logs.send(new DescribeQueryDefinitionsCommand({}))).queryDefinitions,
        "name",
      ),
      secrets: names(
        (await this.secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList,
        "Name",
      ),
      subscriptions: names(subscriptions.Subscriptions, "SubscriptionArn"),
      topics: names(topics.Topics, "TopicArn"),
      userPools: names(
        (await this.cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools,
        "Name",
      ),
      webAcls: names(webAcls.WebACLs, "Name"),
    };
  }

  destroy(): void {
    for (const client of [this.apiGateway, this.cognito, this.iam, this.lambda, this.logs, this.secrets]) {
      client.destroy();
    }
    for (const client of [this.sns, this.sqs, this.waf]) client.destroy();
  }
}

function names<K extends string>(
  items: readonly { readonly [key in K]?: string | undefined }[] | undefined,
  key: K,
): readonly (string | undefined)[] {
  return (items ?? []).map((item) => item[key]).sort();
}
