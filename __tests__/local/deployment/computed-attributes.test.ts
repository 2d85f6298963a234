import { loadSynthesized } from "../../../local/load";
import { removeSynthesizedFolders, stackJson, synthesizedFolder } from "./synthesized-app";

afterEach(removeSynthesizedFolders);

const load = (resource: Record<string, unknown>, data: Record<string, unknown> = {}, stack = "only") =>
  loadSynthesized(synthesizedFolder({ [stack]: stackJson({ resource, data }) }));

/** The attributes of the only resource of that type. */
const valuesOf = (type: string, body: Record<string, unknown>) =>
  load({ [type]: { R: body } }).ofType(type)[0]?.values;

const API = "arn:aws:apigateway:eu-west-1::";
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}";

describe("the attributes that AWS would set", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      "aws_sns_topic",
      { name: "T" },
      {
        arn: "arn:aws:sns:eu-west-1:123456789012:T",
        id: "arn:aws:sns:eu-west-1:123456789012:T",
        owner: "123456789012",
      },
    ],
    [
      "aws_sns_topic",
      { name_prefix: "t-", fifo_topic: true },
      { name: /^t-\d{26}\.fifo$/, fifo_topic: true },
    ],
    ["aws_sns_topic_policy", { arn: "topic" }, { id: "topic", owner: "123456789012" }],
    [
      "aws_sns_topic_subscription",
      { topic_arn: "arn:aws:sns:eu-west-1:1:T" },
      { arn: new RegExp(`^arn:aws:sns:eu-west-1:1:T:${UUID}$`), pending_confirmation: false },
    ],
    [
      "aws_sqs_queue",
      { name: "Q", message_retention_seconds: 60 },
      {
        id: "https://sqs.eu-west-1.amazonaws.com/123456789012/Q",
        url: "https://sqs.eu-west-1.amazonaws.com/123456789012/Q",
        arn: "arn:aws:sqs:eu-west-1:123456789012:Q",
        visibility_timeout_seconds: 30,
        message_retention_seconds: 60,
      },
    ],
    ["aws_sqs_queue", {}, { name: /^terraform-\d{26}$/ }],
    ["aws_sqs_queue_policy", { queue_url: "https://q" }, { id: "https://q" }],
    [
      "aws_secretsmanager_secret",
      { name: "S" },
      { arn: /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:S-[A-Za-z0-9]{6}$/ },
    ],
    [
      "aws_secretsmanager_secret_version",
      { secret_id: "arn:s" },
      {
        arn: "arn:s",
        id: /^arn:s\|terraform-\d{26}$/,
        version_id: /^terraform-\d{26}$/,
        version_stages: ["AWSCURRENT"],
      },
    ],
    ["aws_secretsmanager_secret_policy", { secret_arn: "arn:s" }, { id: "arn:s" }],
    [
      "aws_iam_role",
      { name: "R", path: "/service/" },
      { arn: "arn:aws:iam::123456789012:role/service/R", id: "R", unique_id: /^AROA[A-Z2-7]{17}$/ },
    ],
    [
      "aws_iam_policy",
      { name: "P" },
      {
        arn: "arn:aws:iam::123456789012:policy/P",
        id: "arn:aws:iam::123456789012:policy/P",
        policy_id: /^ANPA.{17}$/,
      },
    ],
    ["aws_iam_role_policy", { role: "R", name: "P" }, { id: "R:P" }],
    ["aws_iam_role_policy_attachment", { role: "R", policy_arn: "arn" }, { id: /^R-\d{26}$/ }],
    [
      "aws_cloudwatch_log_group",
      { name: "/aws/lambda/F" },
      {
        id: "/aws/lambda/F",
        arn: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/F",
        retention_in_days: 0,
      },
    ],
    ["aws_cloudwatch_log_resource_policy", { policy_name: "P" }, { id: "P" }],
    [
      "aws_lambda_function",
      { function_name: "F", timeout: 10 },
      {
        arn: "arn:aws:lambda:eu-west-1:123456789012:function:F",
        id: "F",
        invoke_arn:
          "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:F/invocations",
        qualified_arn: "arn:aws:lambda:eu-west-1:123456789012:function:F:$LATEST",
        version: "$LATEST",
        memory_size: 128,
        timeout: 10,
      },
    ],
    ["aws_lambda_function", { function_name: "F", publish: true }, { version: "1", qualified_arn: /:F:1$/ }],
    [
      "aws_lambda_alias",
      { function_name: "arn:aws:lambda:eu-west-1:123456789012:function:F", name: "live" },
      {
        arn: "arn:aws:lambda:eu-west-1:123456789012:function:F:live",
        invoke_arn: /function:F:live\/invocations$/,
      },
    ],
    ["aws_lambda_permission", { statement_id: "Api" }, { id: "Api" }],
    [
      "aws_lambda_permission",
      { statement_id_prefix: "api-" },
      { id: /^api-\d{26}$/, statement_id: /^api-\d{26}$/ },
    ],
    [
      "aws_lambda_function_event_invoke_config",
      { function_name: "F" },
      { id: "F", maximum_retry_attempts: 2 },
    ],
    ["aws_lambda_function_event_invoke_config", { function_name: "F", qualifier: "live" }, { id: "F:live" }],
    [
      "aws_api_gateway_rest_api",
      { name: "A" },
      {
        id: /^[a-z0-9]{10}$/,
        root_resource_id: /^[a-z0-9]{10}$/,
        arn: /^arn:aws:apigateway:eu-west-1::\/restapis\/[a-z0-9]{10}$/,
        execution_arn: /^arn:aws:execute-api:eu-west-1:123456789012:[a-z0-9]{10}$/,
      },
    ],
    ["aws_api_gateway_method", ofMethod(), { id: "agm-api-res-GET", api_key_required: false }],
    ["aws_api_gateway_method_response", ofMethod("200"), { id: "agmr-api-res-GET-200" }],
    [
      "aws_api_gateway_integration",
      ofMethod(),
      { id: "agi-api-res-GET", passthrough_behavior: "WHEN_NO_MATCH" },
    ],
    ["aws_api_gateway_integration_response", ofMethod("200"), { id: "agir-api-res-GET-200" }],
    [
      "aws_api_gateway_gateway_response",
      { rest_api_id: "api", response_type: "THROTTLED" },
      { id: "aggr-api-THROTTLED" },
    ],
    [
      "aws_api_gateway_authorizer",
      { rest_api_id: "api", type: "COGNITO_USER_POOLS" },
      {
        id: /^[a-z0-9]{6}$/,
        arn: new RegExp(`^${API}/restapis/api/authorizers/[a-z0-9]{6}$`),
        type: "COGNITO_USER_POOLS",
        identity_source: "method.request.header.Authorization",
      },
    ],
    ["aws_api_gateway_model", { name: "M" }, { id: /^[a-z0-9]{6}$/ }],
    ["aws_api_gateway_request_validator", { name: "V" }, { id: /^[a-z0-9]{6}$/ }],
    [
      "aws_api_gateway_deployment",
      { rest_api_id: "api" },
      {
        invoke_url: "https://api.execute-api.eu-west-1.amazonaws.com/",
        execution_arn: "arn:aws:execute-api:eu-west-1:123456789012:api/",
      },
    ],
    [
      "aws_api_gateway_stage",
      { rest_api_id: "api", stage_name: "test" },
      {
        id: "ags-api-test",
        arn: `${API}/restapis/api/stages/test`,
        invoke_url: "https://api.execute-api.eu-west-1.amazonaws.com/test",
        execution_arn: "arn:aws:execute-api:eu-west-1:123456789012:api/test",
      },
    ],
    [
      "aws_api_gateway_method_settings",
      { rest_api_id: "api", stage_name: "test", method_path: "*/*" },
      { id: "api-test-*/*" },
    ],
    ["aws_api_gateway_account", {}, { id: "api-gateway-account" }],
    ["aws_api_gateway_usage_plan", { name: "U" }, { arn: new RegExp(`^${API}/usageplans/[a-z0-9]{6}$`) }],
    ["aws_api_gateway_usage_plan_key", { key_id: "elsewhere" }, { id: "elsewhere" }],
    [
      "aws_api_gateway_api_key",
      { name: "K" },
      { id: /^[a-z0-9]{10}$/, value: /^[A-Za-z0-9]{40}$/, enabled: true },
    ],
    [
      "aws_api_gateway_api_key",
      { name: "K", value: "given", enabled: false },
      { value: "given", enabled: false },
    ],
    [
      "aws_cognito_user_pool",
      { name: "P" },
      {
        id: /^eu-west-1_[A-Za-z0-9]{9}$/,
        arn: /^arn:aws:cognito-idp:eu-west-1:123456789012:userpool\/eu-west-1_[A-Za-z0-9]{9}$/,
        endpoint: /^cognito-idp\.eu-west-1\.amazonaws\.com\/eu-west-1_[A-Za-z0-9]{9}$/,
        name: "P",
      },
    ],
    ["aws_cognito_user_pool_client", { name: "C" }, { id: /^[a-z0-9]{26}$/, client_secret: "" }],
    ["aws_cognito_user_pool_client", { generate_secret: true }, { client_secret: /^[a-z0-9]{51}$/ }],
    ["aws_cognito_user_pool_domain", { domain: "d" }, { id: "d", aws_account_id: "123456789012" }],
    [
      "aws_cognito_user",
      { user_pool_id: "p", username: "u" },
      { id: "p/u", status: "FORCE_CHANGE_PASSWORD" },
    ],
    ["aws_cognito_user", { user_pool_id: "p", username: "u", password: "x" }, { status: "CONFIRMED" }],
    ["aws_cognito_user_group", { user_pool_id: "p", name: "g" }, { id: "p/g" }],
    ...["ipset", "regexpatternset", "webacl", "rulegroup"].map(
      (kind): [string, Record<string, unknown>, Record<string, RegExp>] => [
        `aws_wafv2_${{ ipset: "ip_set", regexpatternset: "regex_pattern_set", webacl: "web_acl" }[kind] ?? "rule_group"}`,
        { name: "W", scope: "REGIONAL" },
        {
          id: new RegExp(`^${UUID}$`),
          arn: new RegExp(`^arn:aws:wafv2:eu-west-1:123456789012:regional/${kind}/W/${UUID}$`),
        },
      ],
    ),
    [
      "aws_wafv2_ip_set",
      { name: "W", scope: "CLOUDFRONT" },
      { arn: /^arn:aws:wafv2:us-east-1:123456789012:global\/ip/ },
    ],
    ["aws_wafv2_web_acl_association", { web_acl_arn: "acl", resource_arn: "stage" }, { id: "acl,stage" }],
    ["aws_wafv2_web_acl_logging_configuration", { resource_arn: "acl" }, { id: "acl" }],
    [
      "aws_cloudwatch_metric_alarm",
      { alarm_name: "A" },
      { id: "A", arn: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:A" },
    ],
    [
      "aws_cloudwatch_dashboard",
      { dashboard_name: "D" },
      { dashboard_arn: "arn:aws:cloudwatch::123456789012:dashboard/D" },
    ],
    ["aws_kms_key", {}, { arn: new RegExp(`^arn:aws:kms:eu-west-1:123456789012:key/${UUID}$`) }],
    [
      "aws_kms_alias",
      { name: "alias/k" },
      { id: "alias/k", arn: "arn:aws:kms:eu-west-1:123456789012:alias/k" },
    ],
  ])("%s %j", (type, body, expected) => {
    const values = valuesOf(type, body);

    expect(values).toMatchObject({
      ...body,
      ...Object.fromEntries(
        Object.entries(expected).map(([key, value]) => [
          key,
          value instanceof RegExp ? expect.stringMatching(value) : value,
        ]),
      ),
    });
  });

  it("makes nothing up for a type that is not known", () => {
    expect(valuesOf("aws_vpc", { cidr_block: "10.0.0.0/16" })).toEqual({ cidr_block: "10.0.0.0/16" });
  });

  it("draws other ids for other addresses and stacks", () => {
    const pools = { aws_cognito_user_pool: { A: { name: "same" }, B: { name: "same" } } };

    const ids = [load(pools), load(pools, {}, "other")].flatMap(({ resources }) =>
      resources.map((pool) => pool.string("id")),
    );

    expect(new Set(ids).size).toBe(4);
  });

  it("puts a resource's path together through its parents", () => {
    const rest_api_id = "${aws_api_gateway_rest_api.A.id}";
    const deployment = load({
      aws_api_gateway_resource: {
        c: { rest_api_id, parent_id: "${aws_api_gateway_resource.b.id}", path_part: "{proxy+}" },
        b: { rest_api_id, parent_id: "${aws_api_gateway_resource.a.id}", path_part: "b" },
        a: { rest_api_id, parent_id: "${aws_api_gateway_rest_api.A.root_resource_id}", path_part: "a" },
      },
      aws_api_gateway_rest_api: { A: { name: "A" } },
    });

    const paths = deployment.ofType("aws_api_gateway_resource").map((resource) => resource.string("path"));

    expect(paths).toEqual(["/a", "/a/b", "/a/b/{proxy+}"]);
  });

  it("gives a usage plan's key the name and the value of the API key", () => {
    const deployment = load({
      aws_api_gateway_api_key: { K: { name: "client" } },
      aws_api_gateway_usage_plan_key: {
        K: { key_id: "${aws_api_gateway_api_key.K.id}", key_type: "API_KEY" },
      },
    });

    const [apiKey] = deployment.ofType("aws_api_gateway_api_key");
    const [planKey] = deployment.ofType("aws_api_gateway_usage_plan_key");
    expect([planKey?.string("name"), planKey?.string("value")]).toEqual(["client", apiKey?.string("value")]);
  });

  it("knows the account, the region and the partition", () => {
    const { resources } = load(
      {},
      { aws_caller_identity: { c: {} }, aws_region: { r: {} }, aws_partition: { p: {} } },
    );

    expect(resources.map(({ values }) => values)).toEqual([
      expect.objectContaining({ account_id: "123456789012", arn: "arn:aws:iam::123456789012:root" }),
      expect.objectContaining({ id: "eu-west-1", name: "eu-west-1" }),
      { id: "aws", partition: "aws", dns_suffix: "amazonaws.com", reverse_dns_prefix: "com.amazonaws" },
    ]);
  });
});

describe("the hash of an archive", () => {
  const hashOf = (
    files: Record<string, string>,
    archive: Record<string, unknown> = { source_dir: "code" },
  ) => {
    const data = { archive_file: { A: { type: "zip", output_path: "a.zip", ...archive } } };
    const folder = synthesizedFolder({ only: stackJson({ data }) }, files);
    return loadSynthesized(folder).ofType("data.archive_file")[0]?.string("output_base64sha256");
  };
  const files = { "stacks/only/code/index.mjs": "a", "stacks/only/code/lib/more.mjs": "b" };

  it("is the same for the same files, in whatever folder they are", () => {
    expect(hashOf(files)).toBe(hashOf(files));
    expect(hashOf(files)).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it.each([
    ["a file's content", { ...files, "stacks/only/code/lib/more.mjs": "c" }],
    ["a file's name", { "stacks/only/code/index.mjs": "a", "stacks/only/code/lib/other.mjs": "b" }],
    ["a file more", { ...files, "stacks/only/code/lib/yet-more.mjs": "" }],
  ])("changes with %s", (_what, changed) => {
    expect(hashOf(changed)).not.toBe(hashOf(files));
  });

  it("is there for an archive of one file and for one of a text", () => {
    const ofFile = (content: string) =>
      hashOf({ "stacks/only/one.mjs": content }, { source_file: "one.mjs" });
    const ofText = (text: string) => hashOf({}, { source_content: text, source_content_filename: "a" });

    expect(new Set([ofFile("a"), ofFile("b"), ofText("a"), ofText("b")]).size).toBe(4);
  });
});

function ofMethod(status_code?: string) {
  return { rest_api_id: "api", resource_id: "res", http_method: "GET", ...(status_code && { status_code }) };
}
