import path from "node:path";
import {
  type Authorizer,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetStageCommand,
  type Method,
  UpdateAccountCommand,
} from "@aws-sdk/client-api-gateway";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetRolePolicyCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, GetPolicyCommand } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import { GetWebACLForResourceCommand } from "@aws-sdk/client-wafv2";
import { inventory } from "../support/inventory";
import { expectSameRuntime } from "../support/runtime-description/same-runtime";
import { AwsAccount } from "./support/aws-account";
import type { Finished } from "./support/run-process";
import { addresses, drift, outputs, plannedChanges, stackNames } from "./support/state";
import { startTestTarget, type TestTarget } from "./support/target";
import { expectSuccess, type Workspace } from "./support/workspace";

const ACCOUNT = "123456789012";
const COMPANY_LOG_ROLE = `arn:aws:iam::${ACCOUNT}:role/the-companys-own`;

/** What is written to be looked at, and has nothing in it that git has not. */
const INITIALISED = [
  "cdktf.out.moto/manifest.json",
  "cdktf.out.moto/stacks/secure-edge/cdk.tf.json",
  "cdktf.out.moto/stacks/shared-messaging/.terraform.lock.hcl",
  "cdktf.out.moto/stacks/shared-messaging/cdk.tf.json",
];
const OUTPUT = [...INITIALISED, "cdktf.out.moto/stacks/secure-edge/.terraform.lock.hcl"].sort();

describe("the stacks, deployed by Terraform and the AWS provider", () => {
  let target: TestTarget;
  let aws: AwsAccount;
  let edge: Record<string, unknown>;
  let messaging: Record<string, unknown>;
  let untouched: Record<string, unknown>;
  let halfDone: { readonly addresses: string[]; readonly files: string[] };
  let deployed: Finished;

  beforeAll(async () => {
    target = await startTestTarget();
    aws = new AwsAccount(target.moto.endpoint);
    // Somebody else's APIs write their logs with it.
    await aws.apiGateway.send(
      new UpdateAccountCommand({
        patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: COMPANY_LOG_ROLE }],
      }),
    );
    untouched = await aws.everything();
    await interruptDeployment(target.workspace);
    halfDone = {
      addresses: await addresses(target.workspace, "shared-messaging"),
      files: target.workspace.leftovers(),
    };
    deployed = await target.workspace.deploy();
    messaging = await outputs(target.workspace, "shared-messaging");
    edge = await outputs(target.workspace, "secure-edge");
  });

  afterAll(async () => {
    aws?.destroy();
    await target?.remove();
  });

  const restApiId = () => String(edge.rest_api_id);

  it("go on from where an interruption has left them, with nothing left on this machine but their state", () => {
    const states = (...stacks: readonly string[]) =>
      stacks.map((stack) => `state/moto/development/${stack}.tfstate`);

    expect(halfDone.addresses).toContain("aws_sns_topic.LambdaSNSTopic");
    expect(halfDone.addresses).not.toContain("aws_lambda_function.InternalLambda");
    expect(halfDone.files).toEqual(
      [...INITIALISED, ".local/moto.json", ...states("shared-messaging")].sort(),
    );
    expect(target.workspace.leftovers()).toEqual(
      [...OUTPUT, ".local/moto.json", ...states(...stackNames)].sort(),
    );
    // A line for each resource, and some three dozen besides.
    expect(deployed.lines.length).toBeLessThan(Object.values(inventory).flat().length + 40);
  });

  it.each(stackNames)("leave %s with nothing to do on a second plan", async (stack) => {
    expect(await drift(target.workspace, stack)).toMatchObject({ code: 0 });
  });

  it.each(stackNames)("keep the inventory of %s in the state, and nothing else", async (stack) => {
    expect(await addresses(target.workspace, stack)).toEqual([...inventory[stack]].sort());
  });

  it("give the documented outputs", () => {
    const pool = {
      id: expect.stringMatching(/^us-east-1_\w+$/),
      client_id: expect.stringMatching(/^\w{20,}$/),
      login_page_url: expect.stringMatching(/^https:\/\/myuserpool[12]-123456789012\.auth\.us-east-1\./),
      callback_urls: ["http://localhost:3001/callback", "http://localhost:3002/callback"],
    };

    expect(messaging).toEqual({
      dead_letter_queue_url: `${target.moto.endpoint}/${ACCOUNT}/InternalLambdaDLQ`,
      internal_log_group: "/aws/lambda/InternalLambda",
      topic_arn: `arn:aws:sns:us-east-1:${ACCOUNT}:LambdaSNSTopic`,
    });
    expect(edge).toEqual({
      invoke_url: `https://${restApiId()}.execute-api.us-east-1.amazonaws.com/development`,
      environment: "development",
      region: "us-east-1",
      user_pools: { MyUserPool1: pool, MyUserPool2: pool },
      function_log_groups: {
        ExternalLambda1: "/aws/lambda/ExternalLambda1",
        ExternalLambda2: "/aws/lambda/ExternalLambda2",
      },
      access_log_group: "/aws/apigateway/SecureLambdaAPI/access",
      rest_api_id: expect.stringMatching(/^\w{10}$/),
      web_acl_arn: expect.stringContaining(`:${ACCOUNT}:regional/webacl/SecureLambdaWebACL/`),
    });
  });

  it("give the same runtime from Terraform's state as from the synthesized JSON", async () => {
    const shown = await Promise.all(
      stackNames.map(async (stack) => {
        const result = await target.workspace.terraform(stack, "show", "-json");
        expectSuccess("terraform show", result);
        return [stack, JSON.parse(result.stdout)] as const;
      }),
    );

    await expectSameRuntime(Object.fromEntries(shown), path.join(target.workspace.folder, "cdktf.out.moto"));
  });

  it("put each method behind the authorizer of its own user pool, with its body validated", async () => {
    const { items: authorizers = [] } = await aws.apiGateway.send(
      new GetAuthorizersCommand({ restApiId: restApiId() }),
    );
    const { items: resources = [] } = await aws.apiGateway.send(
      new GetResourcesCommand({ restApiId: restApiId(), embed: ["methods"] }),
    );

    const methods = resources
      .flatMap(({ path, resourceMethods = {} }) =>
        Object.values(resourceMethods).map((method) => describeMethod(path, method, authorizers)),
      )
      .sort((a, b) => (a.route < b.route ? -1 : 1));
    const expected = (number: number) => ({
      route: `POST /lambda${number}`,
      authorization: "COGNITO_USER_POOLS",
      authorizer: `AGAuthorizer${number}`,
      userPools: [
        `arn:aws:cognito-idp:us-east-1:${ACCOUNT}:userpool/${userPool(edge, `MyUserPool${number}`).id}`,
      ],
      clients: `^${userPool(edge, `MyUserPool${number}`).client_id}$`,
      models: { "application/json": "Name", $default: "Name" },
      isValidated: true,
      integration: "AWS_PROXY",
    });
    expect(methods).toEqual([expected(1), expected(2)]);
  });

  it("throttle the stage, log its requests, and put it behind the web ACL", async () => {
    const stage = await aws.apiGateway.send(
      new GetStageCommand({ restApiId: restApiId(), stageName: "development" }),
    );
    const { WebACL } = await aws.waf.send(
      new GetWebACLForResourceCommand({
        ResourceArn: `arn:aws:apigateway:us-east-1::/restapis/${restApiId()}/stages/development`,
      }),
    );

    expect(stage.methodSettings?.["*/*"]).toMatchObject({
      throttlingRateLimit: 50,
      throttlingBurstLimit: 50,
      metricsEnabled: true,
      dataTraceEnabled: false,
    });
    expect(stage.accessLogSettings?.destinationArn).toContain(String(edge.access_log_group));
    expect(WebACL).toMatchObject({ ARN: edge.web_acl_arn, DefaultAction: { Allow: {} } });
    expect(WebACL?.Rules?.map(({ Name, Action }) => [Name, Object.keys(Action ?? {})])).toEqual(
      expect.arrayContaining([
        ["SourceIp", ["Count"]],
        ["RateLimit", ["Block"]],
        ["LargeBody", ["Block"]],
      ]),
    );
  });

  it("subscribe InternalLambda to the topic, and keep what it cannot be given", async () => {
    const { Subscriptions = [] } = await aws.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: String(messaging.topic_arn) }),
    );
    const { Attributes } = await aws.sns.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn: Subscriptions[0]?.SubscriptionArn }),
    );

    expect(Subscriptions).toHaveLength(1);
    expect(Attributes).toMatchObject({
      Protocol: "lambda",
      Endpoint: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:InternalLambda`,
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:InternalLambdaDLQ`,
      }),
    });
  });

  it("hand the topic's ARN over in the secret", async () => {
    const { SecretString } = await aws.secrets.send(
      new GetSecretValueCommand({ SecretId: "LambdaSNSTopicARN" }),
    );

    expect(JSON.parse(String(SecretString))).toEqual({ TOPIC_ARN: messaging.topic_arn });
  });

  it.each([
    [
      "ExternalLambda1",
      ["logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "sns:Publish"],
    ],
    [
      "ExternalLambda2",
      ["logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "sns:Publish"],
    ],
    ["InternalLambda", ["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"]],
  ])("let %s do what it must, and no more", async (name, actions) => {
    const RoleName = `${name}-role`;
    const { PolicyNames = [] } = await aws.iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { PolicyDocument } = await aws.iam.send(
      new GetRolePolicyCommand({ RoleName, PolicyName: PolicyNames[0] }),
    );

    const statements = statementsOf(decodeURIComponent(String(PolicyDocument)));
    expect(PolicyNames).toHaveLength(1);
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual(actions);
    for (const { Resource } of statements) expect(Resource).toMatch(/^arn:aws:[^*]+(:\*)?$/);
  });

  it.each([
    ["ExternalLambda1", "apigateway.amazonaws.com", () => `:${restApiId()}/*/POST/lambda1`],
    ["ExternalLambda2", "apigateway.amazonaws.com", () => `:${restApiId()}/*/POST/lambda2`],
    ["InternalLambda", "sns.amazonaws.com", () => ":LambdaSNSTopic"],
  ])("let %s be invoked by %s alone, and from one source", async (FunctionName, service, source) => {
    const { Policy } = await aws.lambda.send(new GetPolicyCommand({ FunctionName }));
    const configuration = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

    const statements = statementsOf(String(Policy));
    expect(statements).toHaveLength(1);
    expect(statements[0]?.Principal).toEqual({ Service: service });
    expect(JSON.stringify(statements[0]?.Condition)).toContain(source());
    expect(configuration).toMatchObject({ Runtime: "nodejs22.x", Architectures: ["arm64"] });
  });

  it("let every log expire", async () => {
    const { logGroups = [] } = await aws.logs.send(new DescribeLogGroupsCommand({}));

    expect(Object.fromEntries(logGroups.map((group) => [group.logGroupName, group.retentionInDays]))).toEqual(
      {
        "/aws/apigateway/SecureLambdaAPI/access": 14,
        "/aws/lambda/ExternalLambda1": 14,
        "/aws/lambda/ExternalLambda2": 14,
        "/aws/lambda/InternalLambda": 14,
        [`API-Gateway-Execution-Logs_${restApiId()}/development`]: 14,
      },
    );
  });

  it("change a function when its handler changes, and nothing besides", async () => {
    const { workspace } = target;
    workspace.edit("lambda-src/internal/index.ts", (text) => `${text}\nexport const revision = 2;\n`);
    await workspace.synthesize();

    expect(await plannedChanges(workspace, "shared-messaging")).toEqual({
      "aws_lambda_function.InternalLambda": "update",
    });
    expect(await plannedChanges(workspace, "secure-edge")).toEqual({});
  });

  it("deploy the API again when a route changes, and replace nothing besides", async () => {
    const { workspace } = target;
    workspace.set({ API_CLIENTS: "partner" });
    workspace.edit("stacks/secure-edge/routes.ts", (text) =>
      text.replace('path: "/lambda1",', 'path: "/lambda1",\n    apiKeyRequired: true,'),
    );
    await workspace.synthesize();

    const planned = await plannedChanges(workspace, "secure-edge");
    await workspace.deploy();

    expect(planned).toEqual({
      "aws_api_gateway_api_key.partner": "create",
      "aws_api_gateway_usage_plan.partner": "create",
      "aws_api_gateway_usage_plan_key.partner": "create",
      "aws_api_gateway_method.POST-lambda1": "update",
      "aws_api_gateway_deployment.stage": "create+delete",
      "aws_api_gateway_stage.stage": "update",
    });
  });

  it("are the same to a plain cdktf, which never mixes up two environments", async () => {
    const { workspace } = target;
    const foreign = workspace.another("cdktf.out.moto", { ENVIRONMENT: "staging" });

    const refused = await foreign.cdktf("deploy", "*", "--auto-approve", "--skip-provider-lock");
    const deployed = await workspace.cdktf("deploy", "*", "--auto-approve", "--skip-provider-lock");

    expect(refused.code).not.toBe(0);
    expect(refused.lines.join("\n")).toContain(
      "belongs to the deployment moto/development, not to moto/staging",
    );
    expectSuccess("cdktf deploy", deployed);
    expect(deployed.lines.filter((line) => line.includes("No changes."))).toHaveLength(stackNames.length);
  });

  it("leave nothing behind when they are destroyed", async () => {
    const before = await aws.everything();
    expect(before).not.toEqual(untouched);
    expect(before.apiGatewayRoles).toEqual([COMPANY_LOG_ROLE]);

    await target.workspace.destroy();

    expect(await aws.everything()).toEqual(untouched);
    expect(target.workspace.leftovers()).toEqual(OUTPUT);
  });
});

/**
 * Ctrl-C while the provider waits for the queue, and does nothing else. Requests under way are cancelled by an interruption
 * and may be carried out all the same: what they created is not in any state, and Terraform can only be told of it by import.
 */
async function interruptDeployment(workspace: Workspace): Promise<void> {
  let isInterrupted = false;
  const { code } = await workspace.command("deploy", (line, command) => {
    if (isInterrupted || !/created +aws_secretsmanager_secret_version/.test(line)) return;
    isInterrupted = true;
    command.kill("SIGINT");
  });
  if (code !== 130) throw new Error(`the interrupted deployment ended with ${code}`);
}

function describeMethod(path: string | undefined, method: Method, authorizers: readonly Authorizer[]) {
  const authorizer = authorizers.find(({ id }) => id === method.authorizerId);
  return {
    route: `${method.httpMethod} ${path}`,
    authorization: method.authorizationType,
    authorizer: authorizer?.name,
    userPools: authorizer?.providerARNs,
    clients: authorizer?.identityValidationExpression,
    models: method.requestModels,
    isValidated: method.requestValidatorId !== undefined,
    integration: method.methodIntegration?.type,
  };
}

function userPool(edge: Record<string, unknown>, name: string): { id: string; client_id: string } {
  const pools = edge.user_pools as Record<string, { id: string; client_id: string }>;
  const pool = pools[name];
  if (pool === undefined) throw new Error(`no user pool ${name} among the outputs`);
  return pool;
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

function statementsOf(policy: string): Statement[] {
  return JSON.parse(policy).Statement;
}
