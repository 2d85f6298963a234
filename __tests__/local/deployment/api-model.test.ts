import type { Value } from "../../../local/deployment/attributes";
import { Resource } from "../../../local/deployment/deployment";
import { ledger } from "../../../local/load";
import { deploymentOf, type Values } from "../../support/deployment";

/** What the service models (botocore) say of the inputs that create a resource holds at start, for every served type. */

const written = (type: string, values: Values) =>
  new Resource("secure-edge", `${type}.R`, type, { arn: "computed", ...values }, values);
const start = (type: string, values: Values) => () =>
  ledger.requireAcceptable(deploymentOf(written(type, values)));

const long = (length: number) => "a".repeat(length);
const statement = (one: Values): Values => ({ rule: [{ name: "r", priority: 0, statement: [one] }] });
const byteMatch = (values: Values) => statement({ byte_match_statement: [values] });

const atLeast = (least: number) => `Member must have length greater than or equal to ${least}`;
const atMost = (most: number) => `Member must have length less than or equal to ${most}`;
const notBelow = (least: number) => `Member must have value greater than or equal to ${least}`;
const notAbove = (most: number) => `Member must have value less than or equal to ${most}`;
const oneOf = "Member must satisfy enum value set: [";
const pattern = "Member must satisfy regular expression pattern: ";

test.each<[type: string, values: Values, reason: string]>([
  ["aws_lambda_function", { memory_size: 64 }, `memory_size 64: ${notBelow(128)}`],
  ["aws_lambda_function", { timeout: 0 }, `timeout 0: ${notBelow(1)}`],
  ["aws_lambda_function", { runtime: "nodejs99.x" }, `runtime "nodejs99.x": ${oneOf}nodejs, `],
  ["aws_lambda_function", { handler: "index handler" }, `handler "index handler": ${pattern}[^\\s]+`],
  ["aws_lambda_function", { handler: long(129) }, atMost(128)],
  ["aws_lambda_function", { role: "r1" }, `role "r1": ${pattern}arn:(aws[a-zA-Z-]*)?:iam::`],
  ["aws_lambda_function", { description: long(257) }, atMost(256)],
  ["aws_lambda_function", { architectures: ["x86_64", "arm64"] }, atMost(1)],
  ["aws_lambda_function", { architectures: ["X86_64"] }, `architectures "X86_64": ${oneOf}x86_64, arm64]`],
  [
    "aws_lambda_function",
    { ephemeral_storage: [{ size: 511 }] },
    `ephemeral_storage[0].size 511: ${notBelow(512)}`,
  ],
  ["aws_lambda_function", { ephemeral_storage: { size: 10_241 } }, notAbove(10_240)],
  ["aws_lambda_function", { tracing_config: [{ mode: "On" }] }, `${oneOf}Active, PassThrough]`],
  ["aws_lambda_function", { package_type: "Jar" }, `${oneOf}Zip, Image]`],
  ["aws_lambda_function", { logging_config: [{ log_group: "a b" }] }, `log_group "a b": ${pattern}`],
  ["aws_lambda_function", { logging_config: [{ application_log_level: "LOUD" }] }, oneOf],
  [
    "aws_lambda_function",
    { environment: [{ variables: { "A-B": "secret" } }] },
    `a name of environment[0].variables "A-B": ${pattern}`,
  ],
  ["aws_lambda_function", { dead_letter_config: [{ target_arn: "queue" }] }, pattern],
  ["aws_lambda_function", { kms_key_arn: "key" }, pattern],
  ["aws_lambda_function", { snap_start: [{ apply_on: "Always" }] }, `${oneOf}PublishedVersions, None]`],
  [
    "aws_lambda_function",
    { vpc_config: [{ security_group_ids: Array(6).fill("sg"), subnet_ids: [] }] },
    atMost(5),
  ],
  ["aws_lambda_alias", { name: "42" }, pattern],
  ["aws_lambda_alias", { function_version: "latest" }, pattern],
  ["aws_lambda_alias", { routing_config: [{ additional_version_weights: { "1": 1.5 } }] }, notAbove(1)],
  ["aws_lambda_permission", { action: "lambda" }, pattern],
  ["aws_lambda_permission", { statement_id: "a b" }, pattern],
  ["aws_lambda_permission", { source_account: "1" }, pattern],
  ["aws_lambda_function_event_invoke_config", { maximum_retry_attempts: 3 }, notAbove(2)],
  ["aws_lambda_function_event_invoke_config", { maximum_event_age_in_seconds: 59 }, notBelow(60)],
  ["aws_cloudwatch_log_group", { name: "a b" }, pattern],
  ["aws_cloudwatch_log_group", { log_group_class: "CHEAP" }, oneOf],
  ["aws_cloudwatch_log_group", { name: "g", tags: { "a*": "b" } }, `a name of tags "a*": ${pattern}`],
  ["aws_secretsmanager_secret", { name: long(513) }, atMost(512)],
  ["aws_secretsmanager_secret", { description: long(2_049) }, atMost(2_048)],
  ["aws_secretsmanager_secret_version", { version_stages: [long(257)] }, atMost(256)],
  [
    "aws_secretsmanager_secret_version",
    { secret_string: long(65_537) },
    `secret_string of 65537 characters: ${atMost(65_536)}`,
  ],
  ["aws_secretsmanager_secret_policy", { policy: long(20_481) }, atMost(20_480)],
  ["aws_cognito_user_pool", { name: "a*b" }, `name "a*b": ${pattern}`],
  ["aws_cognito_user_pool", { mfa_configuration: "MAYBE" }, `${oneOf}OFF, ON, OPTIONAL]`],
  ["aws_cognito_user_pool", { password_policy: [{ minimum_length: 5 }] }, `minimum_length 5: ${notBelow(6)}`],
  ["aws_cognito_user_pool", { password_policy: [{ temporary_password_validity_days: 366 }] }, notAbove(365)],
  ["aws_cognito_user_pool", { username_attributes: ["name"] }, `${oneOf}phone_number, email]`],
  [
    "aws_cognito_user_pool",
    { account_recovery_setting: [{ recovery_mechanism: [{ name: "pigeon", priority: 1 }] }] },
    oneOf,
  ],
  ["aws_cognito_user_pool", { schema: [{ name: long(21) }] }, atMost(20)],
  ["aws_cognito_user_pool", { email_verification_message: "no code" }, pattern],
  ["aws_cognito_user_pool_client", { name: "a*b" }, pattern],
  ["aws_cognito_user_pool_client", { explicit_auth_flows: ["ALLOW"] }, oneOf],
  ["aws_cognito_user_pool_client", { auth_session_validity: 16 }, notAbove(15)],
  ["aws_cognito_user_pool_client", { refresh_token_validity: 315_360_001 }, notAbove(315_360_000)],
  ["aws_cognito_user_pool_client", { token_validity_units: [{ id_token: "weeks" }] }, oneOf],
  [
    "aws_cognito_user_pool_client",
    { refresh_token_rotation: [{ feature: "ENABLED", retry_grace_period_seconds: 61 }] },
    notAbove(60),
  ],
  ["aws_cognito_user_pool_domain", { domain: "A.B" }, pattern],
  ["aws_cognito_user", { username: long(129) }, atMost(128)],
  ["aws_cognito_user", { password: "a b" }, `password of 3 characters: ${pattern}`],
  ["aws_cognito_user_group", { name: "a b" }, pattern],
  ["aws_cognito_user_group", { precedence: -1 }, notBelow(0)],
  ["aws_wafv2_web_acl", { name: "a b" }, `name "a b": ${pattern}`],
  ["aws_wafv2_web_acl", { scope: "GLOBAL" }, `${oneOf}CLOUDFRONT, REGIONAL]`],
  ["aws_wafv2_web_acl", { description: "a~" }, pattern],
  ["aws_wafv2_web_acl", { rule: [{ name: "a b", priority: 0 }] }, `rule[0].name "a b": ${pattern}`],
  ["aws_wafv2_web_acl", { rule: [{ name: "r", priority: -1 }] }, notBelow(0)],
  ["aws_wafv2_web_acl", { rule: [{ rule_label: [{ name: "a b" }] }] }, pattern],
  ["aws_wafv2_web_acl", { visibility_config: [{ metric_name: "a b" }] }, pattern],
  [
    "aws_wafv2_web_acl",
    { default_action: [{ block: [{ custom_response: [{ response_code: 199 }] }] }] },
    notBelow(200),
  ],
  [
    "aws_wafv2_web_acl",
    { custom_response_body: [{ key: "k", content: long(10_241), content_type: "TEXT_PLAIN" }] },
    atMost(10_240),
  ],
  [
    "aws_wafv2_web_acl",
    { captcha_config: [{ immunity_time_property: [{ immunity_time: 59 }] }] },
    notBelow(60),
  ],
  ["aws_wafv2_web_acl", statement({ rate_based_statement: [{ limit: 9 }] }), `limit 9: ${notBelow(10)}`],
  [
    "aws_wafv2_web_acl",
    statement({ rate_based_statement: [{ limit: 2_000_000_001 }] }),
    notAbove(2_000_000_000),
  ],
  [
    "aws_wafv2_web_acl",
    statement({ rate_based_statement: [{ limit: 10, aggregate_key_type: "NAME" }] }),
    oneOf,
  ],
  [
    "aws_wafv2_web_acl",
    statement({ rate_based_statement: [{ limit: 10, custom_key: [{ header: [{ name: long(65) }] }] }] }),
    atMost(64),
  ],
  ["aws_wafv2_web_acl", statement({ geo_match_statement: [{ country_codes: ["XX"] }] }), oneOf],
  [
    "aws_wafv2_web_acl",
    statement({ not_statement: [{ statement: [{ geo_match_statement: [{ country_codes: [] }] }] }] }),
    atLeast(1),
  ],
  ["aws_wafv2_web_acl", byteMatch({ positional_constraint: "NEAR" }), oneOf],
  ["aws_wafv2_web_acl", byteMatch({ text_transformation: [{ priority: 0, type: "ROT13" }] }), oneOf],
  ["aws_wafv2_web_acl", byteMatch({ field_to_match: [{ body: [{ oversize_handling: "PANIC" }] }] }), oneOf],
  ["aws_wafv2_web_acl", byteMatch({ field_to_match: [{ single_header: [{ name: long(65) }] }] }), atMost(64)],
  [
    "aws_wafv2_web_acl",
    statement({ size_constraint_statement: [{ size: 21_474_836_481 }] }),
    notAbove(21_474_836_480),
  ],
  ["aws_wafv2_web_acl", statement({ regex_match_statement: [{ regex_string: long(513) }] }), atMost(512)],
  [
    "aws_wafv2_web_acl",
    statement({ and_statement: [{ statement: [{ label_match_statement: [{ scope: "X", key: "a" }] }] }] }),
    oneOf,
  ],
  [
    "aws_wafv2_web_acl",
    statement({ managed_rule_group_statement: [{ name: "a b", vendor_name: "AWS" }] }),
    pattern,
  ],
  ["aws_wafv2_rule_group", { capacity: 0 }, notBelow(1)],
  ["aws_wafv2_rule_group", statement({ sqli_match_statement: [{ sensitivity_level: "MAX" }] }), oneOf],
  ["aws_wafv2_ip_set", { ip_address_version: "IPV5" }, `${oneOf}IPV4, IPV6]`],
  ["aws_wafv2_regex_pattern_set", { regular_expression: [{ regex_string: long(513) }] }, atMost(512)],
  ["aws_wafv2_web_acl_association", { resource_arn: "arn" }, atLeast(20)],
  ["aws_wafv2_web_acl_logging_configuration", { logging_filter: [{ default_behavior: "LOSE" }] }, oneOf],
  ["aws_wafv2_web_acl_logging_configuration", { log_destination_configs: [] }, atLeast(1)],
  ["aws_api_gateway_rest_api", { api_key_source: "COOKIE" }, `${oneOf}HEADER, AUTHORIZER]`],
  ["aws_api_gateway_rest_api", { endpoint_configuration: [{ types: ["GLOBAL"] }] }, oneOf],
  ["aws_api_gateway_authorizer", { type: "SAML" }, oneOf],
  ["aws_api_gateway_integration", { type: "FTP" }, oneOf],
  ["aws_api_gateway_integration", { type: "MOCK", content_handling: "ZIP" }, oneOf],
  ["aws_api_gateway_integration", { type: "MOCK", connection_type: "CARRIER" }, oneOf],
  ["aws_api_gateway_integration_response", { status_code: "600" }, pattern],
  ["aws_api_gateway_method_response", { status_code: "2xx" }, pattern],
  ["aws_api_gateway_gateway_response", { response_type: "TEAPOT" }, oneOf],
  ["aws_api_gateway_stage", { cache_cluster_size: "7" }, oneOf],
  [
    "aws_api_gateway_usage_plan",
    { quota_settings: [{ period: "YEAR", limit: 1 }] },
    `${oneOf}DAY, WEEK, MONTH]`,
  ],
  ["aws_iam_role", { name: long(65) }, atMost(64)],
  ["aws_iam_role", { max_session_duration: 3_599 }, notBelow(3_600)],
  ["aws_iam_role", { path: "team" }, pattern],
  ["aws_iam_role", { description: long(1_001) }, atMost(1_000)],
  ["aws_iam_policy", { name: "a b" }, pattern],
  ["aws_iam_role_policy_attachment", { role: "a b", policy_arn: long(20) }, pattern],
  ["aws_cognito_resource_server", { name: "a*b" }, pattern],
  [
    "aws_cognito_resource_server",
    { scope: [{ scope_name: "a b", scope_description: "a" }] },
    `scope[0].scope_name "a b": ${pattern}`,
  ],
  ["aws_cognito_user_in_group", { group_name: "a b" }, pattern],
  [
    "aws_wafv2_web_acl",
    { custom_response_body: [{ key: "a b" }] },
    `a name of custom_response_body "a b": ${pattern}`,
  ],
  ["aws_iam_role_policy", { name: long(129) }, atMost(128)],
])("AWS refuses the value (%#): %s", (type, values, reason) => {
  expect(start(type, values)).toThrow(`${type}.R (stack secure-edge): AWS refuses `);
  expect(start(type, values)).toThrow(reason);
});

test("a secret that AWS refuses is not repeated", () => {
  expect(start("aws_cognito_user", { password: "hunter 2" })).toThrow(
    /^(?!.*hunter).*password of 8 characters/s,
  );
});

test("every value that AWS refuses is named, those within blocks too", () => {
  expect(
    start("aws_lambda_function", { memory_size: 1, timeout: 0, tracing_config: [{ mode: "x" }] }),
  ).toThrow(/memory_size 1: .*\n.*timeout 0: .*\n.*tracing_config\[0\]\.mode "x"/);
});

test.each<[string, Values]>([
  ["aws_cognito_user_pool_domain", { domain: "auth.example.com" }],
  ["aws_lambda_function", { memory_size: 128, timeout: 900, runtime: "python3.13", handler: "a.b" }],
  ["aws_wafv2_web_acl", statement({ rate_based_statement: [{ limit: 10, evaluation_window_sec: 60 }] })],
  ["aws_cognito_user_pool", { password_policy: [{ minimum_length: 6 }], mfa_configuration: "ON" }],
  ["aws_cognito_user_pool", { name: "", email_verification_subject: null }],
])("what AWS takes is taken: %s %j", (type, values) => {
  expect(start(type, values)).not.toThrow();
});

test("zeros and empty values of a state are not settings", () => {
  const state = (values: Readonly<Record<string, Value>>) => () =>
    ledger.requireAcceptable(deploymentOf(["aws_lambda_function_event_invoke_config", { ...values }]));

  expect(state({ maximum_event_age_in_seconds: 0, destination_config: [] })).not.toThrow();
  expect(state({ maximum_event_age_in_seconds: 59 })).toThrow(notBelow(60));
});
