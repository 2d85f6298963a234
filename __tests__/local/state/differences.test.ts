import type { Value } from "../../../local/deployment/attributes";
import { readStates } from "../../../local/load";
import type { Json } from "../../support/runtime-description/aws-calls";
import { describeRuntime } from "../../support/runtime-description/describe-runtime";
import { recordedFolder, recordedStates, resourcesIn } from "./recorded";

// Each runtime takes a second to start, more on a busy machine.
jest.setTimeout(60_000);

type Values = { readonly [key: string]: Value };
type Change = readonly [what: string, address: string, values: Values, shows: string];

const json = (value: Value): string => JSON.stringify(value);
const statement = (Action: string) => ({ Effect: "Allow", Action, Resource: "*" });

/** What could be deployed otherwise than it was synthesized, and a line in which the description must then differ. */
const changes: readonly Change[] = [
  [
    "an authorizer that is gone",
    "aws_api_gateway_method.POST-lambda1",
    { authorization: "NONE", authorizer_id: "" },
    "authorizationType: NONE",
  ],
  [
    "an API key that is not asked for",
    "aws_api_gateway_method.PUT-orders-id",
    { api_key_required: false },
    "apiKeyRequired: true",
  ],
  [
    "an authorizer that takes every client",
    "aws_api_gateway_authorizer.AGAuthorizer2",
    { identity_validation_expression: ".*" },
    "identityValidationExpression: .*",
  ],
  [
    "a body that is not validated",
    "aws_api_gateway_request_validator.api",
    { validate_request_body: false },
    "validates.body: true",
  ],
  ["a model that takes everything", "aws_api_gateway_model.Name", { schema: "{}" }, "schema.json: {}"],
  [
    "a higher throttle of the stage",
    "aws_api_gateway_method_settings.stage",
    { settings: [{ throttling_rate_limit: 51, throttling_burst_limit: 50 }] },
    "throttlingRateLimit: 51",
  ],
  [
    "an API that writes no access log",
    "aws_api_gateway_stage.stage",
    { access_log_settings: [] },
    "accessLog.group: /aws/apigateway/SecureLambdaAPI/access",
  ],
  [
    "a higher quota",
    "aws_api_gateway_usage_plan.acme",
    { quota_settings: [{ limit: 10_001, offset: 0, period: "DAY" }] },
    "quota.limit: 10001",
  ],
  ["a disabled key", "aws_api_gateway_api_key.acme", { enabled: false }, "enabled: false"],
  [
    "a gateway response for every origin",
    "aws_api_gateway_gateway_response.DEFAULT_4XX",
    { response_parameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" } },
    "gatewayresponse.header.Access-Control-Allow-Origin: '*'",
  ],
  [
    "a preflight answer for everybody",
    "aws_api_gateway_integration_response.OPTIONS-lambda1",
    { response_parameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" } },
    "Access-Control-Allow-Origin: '*'",
  ],
  [
    "a web ACL that guards another stage",
    "aws_wafv2_web_acl_association.stage",
    { resource_arn: "arn:aws:apigateway:us-east-1::/restapis/other/stages/development" },
    "ofStages.WebACL.Name: SecureLambdaWebACL",
  ],
  ["another IP set", "aws_wafv2_ip_set.edge", { addresses: ["198.51.100.0/24"] }, "198.51.100.0/24"],
  [
    "a web ACL that blocks by default",
    "aws_wafv2_web_acl.edge",
    { default_action: [{ allow: [], block: [{ custom_response: [] }] }] },
    "DefaultAction.Block: {}",
  ],
  [
    "a shorter password",
    "aws_cognito_user_pool.MyUserPool1",
    { password_policy: [{ minimum_length: 6 }] },
    "PasswordPolicy.MinimumLength: 6",
  ],
  [
    "a sign-in flow more",
    "aws_cognito_user_pool_client.MyUserPool1",
    { explicit_auth_flows: ["ALLOW_CUSTOM_AUTH"] },
    "ExplicitAuthFlows: ALLOW_CUSTOM_AUTH",
  ],
  [
    "a function with another environment",
    "aws_lambda_function.ExternalLambda1",
    { environment: [{ variables: { LOG_LEVEL: "DEBUG" } }] },
    "Variables.LOG_LEVEL: DEBUG",
  ],
  [
    "a function whose failures go nowhere",
    "aws_lambda_function_event_invoke_config.InternalLambda-topic",
    { destination_config: [] },
    "asynchronous.onFailureArn: arn:aws:sqs:us-east-1:123456789012:InternalLambdaDLQ",
  ],
  [
    "a role that may do more",
    "aws_iam_role_policy.ExternalLambda2",
    { policy: json({ Version: "2012-10-17", Statement: [statement("sqs:ReceiveMessage")] }) },
    "ExternalLambda2-role: sqs:ReceiveMessage on arn:aws:sqs:us-east-1:123456789012:InternalLambdaDLQ",
  ],
  [
    "a permission for every method",
    "aws_lambda_permission.POST-lambda2",
    { source_arn: "" },
    "apigateway.amazonaws.com for arn:aws:execute-api:us-east-1:123456789012:‹aws_api_gateway_rest_api.api.id›/stage/GET/lambda1: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:ExternalLambda2",
  ],
  [
    "a subscription without a dead-letter queue",
    "aws_sns_topic_subscription.InternalLambda-topic",
    { redrive_policy: "" },
    "deadLetterArn: arn:aws:sqs:us-east-1:123456789012:InternalLambdaDLQ",
  ],
  [
    "a topic that takes messages in the clear",
    "aws_sns_topic_policy.LambdaSNSTopic",
    { policy: json({ Version: "2012-10-17", Statement: [] }) },
    "aws:SecureTransport: false",
  ],
  [
    "a queue that forgets sooner",
    "aws_sqs_queue.InternalLambdaDLQ",
    { message_retention_seconds: 60 },
    "MessageRetentionPeriod: 60",
  ],
  [
    "a secret with another value",
    "aws_secretsmanager_secret_version.LambdaSNSTopicARN",
    { secret_string: json({ TOPIC_ARN: "x" }) },
    "TOPIC_ARN: x",
  ],
  [
    "a log that is kept longer",
    "aws_cloudwatch_log_group.access-log",
    { retention_in_days: 3653 },
    "retentionInDays: 3653",
  ],
];

let recorded: ReturnType<typeof recordedFolder>;
/** The lines in which the runtime with all changes differs from the one that was deployed. */
let differing: readonly string[];

beforeAll(async () => {
  recorded = recordedFolder();
  const describeState = (states = recordedStates()) =>
    describeRuntime(readStates(states, recorded.stackFolders));
  const states = recordedStates();
  for (const [, address, values] of changes) {
    const resource = resourcesIn(states).find((candidate) => candidate.address === address);
    if (resource === undefined) throw new Error(`${address} is not in the recorded state`);
    Object.assign(resource.values, values);
  }
  const deployed = new Set(linesOf(await describeState()));
  const changed = new Set(linesOf(await describeState(states)));
  differing = [
    ...[...deployed].filter((line) => !changed.has(line)),
    ...[...changed].filter((line) => !deployed.has(line)),
  ];
});

afterAll(() => recorded.remove());

describe("a description of a runtime", () => {
  it.each(changes)("differs for %s", (_what, _address, _values, shows) => {
    expect(differing.filter((line) => line.includes(shows))).not.toEqual([]);
  });
});

/** Each value with the way to it, without the places in lists. */
function linesOf(value: Json, way = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${way}: ${value}`];
  if (Array.isArray(value)) return value.flatMap((item) => linesOf(item, way));
  const members = Object.entries(value);
  return members.length === 0
    ? [`${way}: {}`]
    : members.flatMap(([key, member]) => linesOf(member, `${way}.${key}`));
}
