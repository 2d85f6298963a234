import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaFunctionUrl } from "@cdktf/provider-aws/lib/lambda-function-url";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { type App, Aspects, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { allow, exceptionsIn, Guardrails, guard, guardrails, violationsIn } from "../../../stacks/guardrails";

type Build = (stack: TerraformStack) => void;

/** An app that has nothing to do with this project: one stack, the AWS provider, and what a test puts in. */
function twoStacks(): { readonly app: App; readonly other: TerraformStack } {
  const app = appWith(method);
  const other = new TerraformStack(app, "other");
  new AwsProvider(other, "aws", { region: "us-east-1" });
  return { app, other };
}

function appWith(build: Build, tags: Record<string, string> = {}): App {
  const app = Testing.app();
  const stack = new TerraformStack(app, "foreign");
  new AwsProvider(stack, "aws", { region: "eu-west-1", defaultTags: [{ tags }] });
  build(stack);
  return app;
}

const found = (build: Build, requiredTags: readonly string[] = []) =>
  violationsIn(appWith(build), { requiredTags }).map(
    ({ guardrail, resource, problem }) => `${guardrail.id} ${resource.address}: ${problem}`,
  );

const method = (scope: Construct, more: object = {}) =>
  new ApiGatewayMethod(scope, "method", {
    ...{ restApiId: "api", resourceId: "r", httpMethod: "POST", authorization: "COGNITO_USER_POOLS" },
    ...{ authorizerId: "a", requestValidatorId: "v", ...more },
  });

function stage(scope: Construct, more: object = {}, settings: object = {}): ApiGatewayStage {
  const created = new ApiGatewayStage(scope, "stage", {
    ...{ restApiId: "api", deploymentId: "d", stageName: "live" },
    ...{
      accessLogSettings: { destinationArn: "arn:aws:logs:eu-west-1:1:log-group:g", format: "f" },
      ...more,
    },
  });
  new ApiGatewayMethodSettings(scope, "settings", {
    ...{ restApiId: "api", stageName: created.stageName, methodPath: "*/*" },
    settings: { throttlingRateLimit: 10, throttlingBurstLimit: 5, ...settings },
  });
  return created;
}

const guarded = (scope: Construct, of: ApiGatewayStage) =>
  new Wafv2WebAclAssociation(scope, "association", { resourceArn: of.arn, webAclArn: "arn" });

const fn = (scope: Construct, more: object = {}) =>
  new LambdaFunction(scope, "function", { functionName: "F", role: "r", timeout: 5, ...more });

const group = (scope: Construct, more: object = {}) =>
  new CloudwatchLogGroup(scope, "group", { name: "/aws/lambda/F", retentionInDays: 7, ...more });

const permission = (scope: Construct, principal: string, more: object = {}) =>
  new LambdaPermission(scope, "permission", {
    ...{
      action: "lambda:InvokeFunction",
      functionName: "F",
      principal,
      sourceArn: "arn:aws:sns:eu-west-1:1:T",
    },
    ...more,
  });

const pool = (scope: Construct, policy: object = {}) =>
  new CognitoUserPool(scope, "pool", {
    name: "P",
    passwordPolicy: {
      ...{ minimumLength: 12, requireLowercase: true, requireUppercase: true },
      ...{ requireNumbers: true, requireSymbols: true, ...policy },
    },
  });

const client = (scope: Construct, flows: string[]) =>
  new CognitoUserPoolClient(scope, "client", { name: "c", userPoolId: "p", allowedOauthFlows: flows });

const api = (scope: Construct, protocolType: string, more: object = {}) =>
  new Apigatewayv2Api(scope, "api", { name: "Api", protocolType, ...more });

const route = (scope: Construct, of: Apigatewayv2Api, routeKey: string, more: object = {}) =>
  new Apigatewayv2Route(scope, "route", { apiId: of.id, routeKey, ...more });

const url = (scope: Construct, authorizationType: string) =>
  new LambdaFunctionUrl(scope, "url", { functionName: "F", authorizationType });

const policy = (scope: Construct, statement: object) =>
  new IamRolePolicy(scope, "policy", {
    role: "r",
    policy: JSON.stringify({ Statement: { Sid: "S", Effect: "Allow", ...statement } }),
  });

const document = (scope: Construct, statement: DataAwsIamPolicyDocumentStatement) =>
  new DataAwsIamPolicyDocument(scope, "document", { statement: [statement] });

const role = (scope: Construct, more: object) =>
  new IamRole(scope, "role", { assumeRolePolicy: "{}", ...more });

const attachment = (scope: Construct, policyArn: string) =>
  new IamRolePolicyAttachment(scope, "attachment", { role: "r", policyArn });

const allowing = (action: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action: action, Resource: "arn:aws:sqs:eu-west-1:1:q" }] });

const webAcl = (scope: Construct, overrideAction: object) =>
  new Wafv2WebAcl(scope, "acl", {
    ...{ name: "A", scope: "REGIONAL", defaultAction: { allow: {} } },
    visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true },
    rule: [
      {
        ...{ name: "groups", priority: 1, ...overrideAction },
        statement: { managed_rule_group_statement: { vendor_name: "AWS", name: "G" } },
        visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true },
      },
    ],
  });

/** One row for each way to break a guardrail: what breaks it, what is said, and the same with the fix. */
const cases: readonly (readonly [id: string, broken: Build, problem: string, fixed: Build])[] = [
  [
    "open-method",
    (s) => method(s, { authorization: "NONE" }),
    "aws_api_gateway_method.method: authorization is NONE",
    method,
  ],
  [
    "open-method",
    (s) => url(s, "NONE"),
    "aws_lambda_function_url.url: authorization_type is NONE",
    (s) => url(s, "AWS_IAM"),
  ],
  [
    "open-method",
    (s) => route(s, api(s, "HTTP"), "$default"),
    "aws_apigatewayv2_route.route: authorization_type is NONE",
    (s) => route(s, api(s, "HTTP"), "$default", { authorizationType: "JWT", authorizerId: "a" }),
  ],
  [
    "open-method",
    (s) => route(s, api(s, "WEBSOCKET"), "$connect"),
    "aws_apigatewayv2_route.route: authorization_type is NONE",
    (s) => route(s, api(s, "WEBSOCKET"), "$default"),
  ],
  [
    "open-method",
    (s) => api(s, "HTTP", { target: "arn:aws:lambda:eu-west-1:1:function:F" }),
    "aws_apigatewayv2_api.api: target creates a route for every request, without authorization",
    (s) => api(s, "HTTP"),
  ],
  [
    "unvalidated-method",
    (s) => method(s, { requestValidatorId: undefined }),
    "aws_api_gateway_method.method: request_validator_id is not set",
    (s) => method(s, { httpMethod: "OPTIONS", authorization: "NONE", requestValidatorId: undefined }),
  ],
  [
    "stage-without-access-log",
    (s) => guarded(s, stage(s, { accessLogSettings: undefined })),
    "aws_api_gateway_stage.stage: access_log_settings is not set",
    (s) => guarded(s, stage(s)),
  ],
  [
    "stage-without-throttle",
    (s) => guarded(s, stage(s, {}, { throttlingBurstLimit: -1 })),
    "aws_api_gateway_stage.stage: no throttle for every method",
    (s) => guarded(s, stage(s)),
  ],
  [
    "stage-without-web-acl",
    (s) => stage(s),
    "aws_api_gateway_stage.stage: no web ACL is associated",
    (s) => guarded(s, stage(s)),
  ],
  [
    "data-trace",
    (s) => guarded(s, stage(s, {}, { dataTraceEnabled: true })),
    "aws_api_gateway_method_settings.settings: data_trace_enabled is true",
    (s) => guarded(s, stage(s, {}, { dataTraceEnabled: false })),
  ],
  [
    "rule-group-without-action",
    (s) => webAcl(s, { overrideAction: { count: {} } }),
    "aws_wafv2_web_acl.acl: the rule groups has no override_action none",
    (s) => webAcl(s, { overrideAction: { none: {} } }),
  ],
  [
    "function-without-log-group",
    (s) => fn(s),
    "aws_lambda_function.function: no log group of its own",
    (s) => [fn(s), group(s)],
  ],
  [
    "function-without-log-group",
    (s) => [group(s, { name: "/other" }), fn(s, { loggingConfig: { logFormat: "Text" } })],
    "aws_lambda_function.function: no log group of its own",
    (s) => fn(s, { loggingConfig: { logFormat: "Text", logGroup: group(s, { name: "/other" }).name } }),
  ],
  [
    "function-without-timeout",
    (s) => [fn(s, { timeout: undefined }), group(s)],
    "aws_lambda_function.function: timeout is not set (AWS takes 3 s)",
    (s) => [fn(s), group(s)],
  ],
  [
    "function-without-failure-destination",
    (s) => [fn(s), group(s), permission(s, "sns.amazonaws.com")],
    "aws_lambda_function.function: invoked asynchronously, and what fails goes nowhere",
    (s) => [
      ...[fn(s, { deadLetterConfig: { targetArn: "arn" } }), group(s), permission(s, "sns.amazonaws.com")],
    ],
  ],
  [
    "function-without-failure-destination",
    (s) => [fn(s), group(s), permission(s, "events.amazonaws.com")],
    "aws_lambda_function.function: invoked asynchronously, and what fails goes nowhere",
    (s) => [
      ...[fn(s), group(s), permission(s, "events.amazonaws.com")],
      new LambdaFunctionEventInvokeConfig(s, "config", {
        functionName: "F",
        destinationConfig: { onFailure: { destination: "arn" } },
      }),
    ],
  ],
  [
    "secret-in-variable",
    (s) => [fn(s, { environment: { variables: { DB_PASSWORD: "hunter2" } } }), group(s)],
    "aws_lambda_function.function: the variable DB_PASSWORD looks like a secret",
    (s) => [fn(s, { environment: { variables: { DB_PASSWORD_ARN: "arn:aws:secretsmanager:x" } } }), group(s)],
  ],
  [
    "secret-in-variable",
    (s) => [fn(s, { environment: { variables: { USER: "AKIAABCDEFGHIJKLMNOP" } } }), group(s)],
    "aws_lambda_function.function: the variable USER looks like a secret",
    (s) => [fn(s, { environment: { variables: { TOKEN: group(s).arn } } })],
  ],
  [
    "permission-without-source",
    (s) => permission(s, "apigateway.amazonaws.com", { sourceArn: undefined }),
    "aws_lambda_permission.permission: apigateway.amazonaws.com may invoke it from anywhere",
    (s) => permission(s, "apigateway.amazonaws.com", { sourceArn: undefined, sourceAccount: "123456789012" }),
  ],
  [
    "log-group-without-retention",
    (s) => group(s, { retentionInDays: undefined }),
    "aws_cloudwatch_log_group.group: retention_in_days is not set",
    group,
  ],
  [
    "wildcard-permission",
    (s) => policy(s, { Action: "s3:*", Resource: "arn:aws:s3:::b/*" }),
    "aws_iam_role_policy.policy: S allows s3:*",
    (s) => policy(s, { Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }),
  ],
  [
    "wildcard-permission",
    (s) => policy(s, { Action: "s3:GetObject", Resource: ["*"] }),
    "aws_iam_role_policy.policy: S allows it on every resource",
    (s) => policy(s, { Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" }),
  ],
  [
    "wildcard-permission",
    (s) => policy(s, { NotAction: "iam:*", Resource: "arn:aws:s3:::b" }),
    "aws_iam_role_policy.policy: S allows everything but NotAction",
    (s) => policy(s, { Effect: "Deny", NotAction: "iam:*", Resource: "*" }),
  ],
  [
    "wildcard-permission",
    (s) => policy(s, { Action: ["s3:Get*"], Resource: "arn:aws:s3:::b/*" }),
    "aws_iam_role_policy.policy: S allows s3:Get*",
    (s) => policy(s, { Effect: "Deny", Action: "s3:Get*", Resource: "*" }),
  ],
  [
    "wildcard-permission",
    (s) => document(s, { sid: "Read", actions: ["dynamodb:*"], resources: ["arn:aws:dynamodb:*:*:table/t"] }),
    "data.aws_iam_policy_document.document: Read allows dynamodb:*",
    (s) => document(s, { actions: ["dynamodb:GetItem"], resources: ["arn:aws:dynamodb:*:*:table/t"] }),
  ],
  [
    "wildcard-permission",
    (s) => document(s, { actions: ["dynamodb:GetItem"], resources: ["*"] }),
    "data.aws_iam_policy_document.document: a statement allows it on every resource",
    // A key's policy: its resource is the key.
    (s) =>
      document(s, {
        ...{ actions: ["kms:*"], resources: ["*"] },
        principals: [{ type: "AWS", identifiers: ["arn:aws:iam::123456789012:root"] }],
      }),
  ],
  [
    "wildcard-permission",
    (s) => document(s, { notActions: ["iam:*"], resources: ["arn:aws:s3:::b"] }),
    "data.aws_iam_policy_document.document: a statement allows everything but not_actions",
    (s) => document(s, { effect: "Deny", notActions: ["iam:*"], resources: ["*"] }),
  ],
  [
    "wildcard-permission",
    (s) => role(s, { inlinePolicy: [{ name: "p", policy: allowing("sqs:*") }] }),
    "aws_iam_role.role: a statement allows sqs:*",
    (s) => role(s, { inlinePolicy: [{ name: "p", policy: allowing("sqs:SendMessage") }] }),
  ],
  [
    "wildcard-permission",
    (s) => role(s, { managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"] }),
    "aws_iam_role.role: attaches arn:aws:iam::aws:policy/AmazonSQSFullAccess",
    (s) =>
      role(s, { managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"] }),
  ],
  [
    "wildcard-permission",
    (s) => attachment(s, "arn:aws-cn:iam::aws:policy/AdministratorAccess"),
    "aws_iam_role_policy_attachment.attachment: attaches arn:aws-cn:iam::aws:policy/AdministratorAccess",
    (s) => attachment(s, "arn:aws:iam::123456789012:policy/AdministratorAccess"),
  ],
  [
    "weak-password",
    (s) => pool(s, { minimumLength: 8, requireSymbols: false }),
    "aws_cognito_user_pool.pool: minimum_length is 8",
    pool,
  ],
  [
    "weak-password",
    (s) => new CognitoUserPool(s, "pool", { name: "P" }),
    "aws_cognito_user_pool.pool: password_policy is not set",
    pool,
  ],
  [
    "implicit-flow",
    (s) => client(s, ["code", "implicit"]),
    "aws_cognito_user_pool_client.client: allowed_oauth_flows has implicit",
    (s) => client(s, ["code"]),
  ],
];

describe("a guardrail", () => {
  it.each(cases)("finds %s, and finds nothing once it is mended", (id, broken, problem, fixed) => {
    expect(found(broken)).toContain(`${id} ${problem}`);
    expect(found(fixed).filter((line) => line.startsWith(`${id} `))).toEqual([]);
  });

  it("has a case for every row of the list", () => {
    expect([...new Set(cases.map(([id]) => id)), "missing-tags"].sort()).toEqual(
      guardrails([])
        .map(({ id }) => id)
        .sort(),
    );
  });

  it("finds a tag that is missing on anything that takes tags, and the provider's default mends it", () => {
    const build: Build = (stack) => [group(stack), method(stack)];

    expect(found(build, ["Owner"])).toEqual([
      "missing-tags aws_cloudwatch_log_group.group: the tag Owner is missing",
    ]);
    expect(violationsIn(appWith(build, { Owner: "team" }), { requiredTags: ["Owner"] })).toEqual([]);
  });

  it("sees through a reference from stack to stack", () => {
    const app = appWith((stack) => {
      const other = new TerraformStack(stack.node.root, "other");
      new AwsProvider(other, "aws", { region: "eu-west-1" });
      guarded(other, stage(stack));
    });
    guard(app);

    expect(() => app.synth()).not.toThrow();
  });
});

describe("guard", () => {
  it("stops the synthesis of any app, with path, id, why, the fix and the auditors' ids", () => {
    const app = appWith((stack) => method(stack, { authorization: "NONE" }));
    guard(app);

    expect(() => app.synth()).toThrow(
      "[foreign/method] open-method: aws_api_gateway_method.method: authorization is NONE: anybody on the internet may call it. set authorization and an authorizer",
    );
    expect(() => app.synth()).toThrow("CKV_AWS_59");
  });

  it("lets no stack escape that is created after it", () => {
    const app = appWith(method);
    guard(app);
    new TerraformStack(app, "late");

    expect(() => app.synth()).toThrow("late was created after guard(app), and nothing guards it");
  });

  it("reads each stack once for all of them", () => {
    const { app, other } = twoStacks();
    method(other);
    guard(app);
    const read = jest.spyOn(TerraformStack.prototype, "toTerraform");

    app.synth();

    // Once by the guardrails, once by cdktf.
    expect(read).toHaveBeenCalledTimes(4);
    read.mockRestore();
  });

  it("sees what another aspect changes in a later stack", () => {
    const { app, other } = twoStacks();
    const later = method(other);
    Aspects.of(other).add({
      visit: (node) => {
        if (node === other) later.authorization = "NONE";
      },
    });
    guard(app);

    expect(() => app.synth()).toThrow("[other/method] open-method");
  });

  it("sees what has changed since the synthesis before", () => {
    const { app, other } = twoStacks();
    const later = method(other);
    guard(app);
    app.synth();

    later.authorization = "NONE";

    expect(() => app.synth()).toThrow("[other/method] open-method");
  });

  it("lets an app through that breaks nothing", () => {
    const app = appWith((stack) => [method(stack), guarded(stack, stage(stack)), fn(stack), group(stack)]);
    guard(app);

    expect(() => app.synth()).not.toThrow();
  });
});

describe("the aspect", () => {
  const open: Build = (stack) => method(stack, { authorization: "NONE" });

  it("guards the stack that it is added to", () => {
    const app = appWith(open);
    const other = new TerraformStack(app, "other");
    Aspects.of(other).add(new Guardrails());

    expect(() => app.synth()).not.toThrow();
    Aspects.of(app.node.findChild("foreign")).add(new Guardrails());
    expect(() => app.synth()).toThrow("[foreign/method] open-method");
  });

  it("is passed over on an app, as every aspect is: that is why there is guard", () => {
    const app = appWith(open);
    const visit = jest.fn();
    Aspects.of(app).add(new Guardrails());
    Aspects.of(app).add({ visit });

    expect(() => app.synth()).not.toThrow();
    expect(visit).not.toHaveBeenCalled();
  });
});

describe("a method for OPTIONS", () => {
  const integration = (scope: TerraformStack, of: ApiGatewayMethod, type: string) =>
    new ApiGatewayIntegration(scope, `integration-${type}`, {
      restApiId: "api",
      resourceId: "r",
      httpMethod: of.httpMethod,
      type,
    });
  const open = { httpMethod: "OPTIONS", authorization: "NONE", requestValidatorId: undefined };

  it("is open to anybody where API Gateway answers itself, and a browser asks before it sends a token", () => {
    const app = appWith((stack) => integration(stack, method(stack, open), "MOCK"));

    expect(violationsIn(app)).toEqual([]);
  });

  it("is like every other one where a function answers", () => {
    const app = appWith((stack) => integration(stack, method(stack, open), "AWS_PROXY"));

    expect(violationsIn(app).map(({ guardrail }) => guardrail.id)).toEqual([
      "open-method",
      "unvalidated-method",
    ]);
  });
});

describe("an exception", () => {
  it("holds for its construct and what is below, and is listed with its reason", () => {
    const app = appWith((stack) => {
      const open = method(stack, { authorization: "NONE", requestValidatorId: undefined });
      allow(open, "open-method", "a health check");
    });

    expect(violationsIn(app).map(({ guardrail }) => guardrail.id)).toEqual(["unvalidated-method"]);
    expect(exceptionsIn(app)).toEqual([
      { path: "foreign/method", id: "open-method", reason: "a health check" },
    ]);
  });

  it("names a guardrail that is there, and gives a reason", () => {
    appWith((stack) => {
      expect(() => allow(stack, "open-door", "because")).toThrow(
        'there is no guardrail "open-door": open-method, unvalidated-method',
      );
      expect(() => allow(new SqsQueue(stack, "q", {}), "open-method", " ")).toThrow(
        "foreign/q: an exception from open-method needs a reason",
      );
    });
  });
});
