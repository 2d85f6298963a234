import type { Guardrail } from "./guardrail";
import { block, blocks, refersTo, type SynthesizedResource, type SynthesizedView } from "./synthesized-view";

const METHOD = "aws_api_gateway_method";
const ROUTE = "aws_apigatewayv2_route";
const HTTP_API = "aws_apigatewayv2_api";
const STAGE = "aws_api_gateway_stage";
const SETTINGS = "aws_api_gateway_method_settings";

export const apiGuardrails: readonly Guardrail[] = [
  {
    id: "open-method",
    why: "anybody on the internet may call it",
    fix: 'set authorization and an authorizer, or AWS_IAM; where it is meant to be open, allow(…, "open-method", "the reason")',
    controls: {
      checkov: ["CKV_AWS_59", "CKV_AWS_258", "CKV_AWS_309", "CKV2_AWS_70"],
      cdkNag: ["AwsSolutions-APIG4", "AwsSolutions-COG4"],
    },
    types: [METHOD, ROUTE, HTTP_API, "aws_lambda_function_url"],
    violations: (door, view) => {
      const { authorization, authorization_type: type = "NONE", target } = door.body;
      switch (door.type) {
        case METHOD:
          return !isPreflight(door, view) && (authorization ?? "NONE") === "NONE"
            ? ["authorization is NONE"]
            : [];
        case ROUTE:
          return type === "NONE" && !isAfterConnecting(door, view) ? ["authorization_type is NONE"] : [];
        case HTTP_API:
          return target === undefined
            ? []
            : ["target creates a route for every request, without authorization"];
        default:
          return type === "NONE" ? ["authorization_type is NONE"] : [];
      }
    },
  },
  {
    id: "unvalidated-method",
    why: "whatever a client sends reaches the function",
    fix: "set request_validator_id, and request_models for methods that take a body",
    controls: { checkov: ["CKV2_AWS_53"], cdkNag: ["AwsSolutions-APIG2"] },
    types: [METHOD],
    violations: (method, view) =>
      !isPreflight(method, view) && method.body.request_validator_id === undefined
        ? ["request_validator_id is not set"]
        : [],
  },
  {
    id: "stage-without-access-log",
    why: "nobody can say afterwards who called what",
    fix: "set access_log_settings with a log group of your own",
    controls: {
      checkov: ["CKV_AWS_76"],
      cdkNag: ["AwsSolutions-APIG1"],
    },
    types: [STAGE],
    violations: ({ body }) =>
      blocks(body.access_log_settings).length === 0 ? ["access_log_settings is not set"] : [],
  },
  {
    id: "stage-without-throttle",
    why: "one client can use up the account's requests, and the budget",
    fix: 'add aws_api_gateway_method_settings for method_path "*/*" with both throttling limits',
    controls: {},
    types: [STAGE],
    violations: (stage, view) => {
      const everyMethod = settingsOf(stage, view).filter(({ body }) => body.method_path === "*/*");
      const limits = everyMethod.flatMap(({ body }) => blocks(body.settings));
      return limits.some(
        ({ throttling_rate_limit: rate, throttling_burst_limit: burst }) => isLimit(rate) && isLimit(burst),
      )
        ? []
        : ["no throttle for every method"];
    },
  },
  {
    id: "stage-without-web-acl",
    why: "floods and known attacks reach the API",
    fix: "associate a web ACL with the stage (aws_wafv2_web_acl_association)",
    controls: {
      checkov: ["CKV2_AWS_29"],
      securityHub: ["APIGateway.4"],
      cdkNag: ["AwsSolutions-APIG3"],
    },
    types: [STAGE],
    violations: (stage, view) =>
      view.referring("aws_wafv2_web_acl_association", "resource_arn", stage).length === 0
        ? ["no web ACL is associated"]
        : [],
  },
  {
    id: "data-trace",
    why: "whole requests, tokens and bodies included, are written to the log",
    fix: "leave settings.data_trace_enabled out, or set it to false",
    controls: { checkov: ["CKV_AWS_276"] },
    types: [SETTINGS],
    violations: ({ body }) =>
      blocks(body.settings).some(({ data_trace_enabled }) => data_trace_enabled === true)
        ? ["data_trace_enabled is true"]
        : [],
  },
  {
    id: "rule-group-without-action",
    why: "a group that only counts stops nothing, and one without any action is refused by AWS",
    fix: "set override_action { none {} }; to try a group out, count single rules of it",
    controls: { checkov: ["CKV_AWS_342"] },
    types: ["aws_wafv2_web_acl"],
    violations: ({ body }) =>
      blocks(body.rule).flatMap((rule) => {
        const [statement = {}] = blocks(rule.statement);
        const isGroup =
          "managed_rule_group_statement" in statement || "rule_group_reference_statement" in statement;
        if (!isGroup || "none" in block(blocks(rule.override_action)[0])) return [];
        return [`the rule ${String(rule.name)} has no override_action none`];
      }),
  },
];

/** A browser asks with OPTIONS before it sends the request that counts, and carries no token then: API Gateway answers itself. */
function isPreflight(method: SynthesizedResource, view: SynthesizedView): boolean {
  if (method.body.http_method !== "OPTIONS") return false;
  const integrations = view.referring("aws_api_gateway_integration", "http_method", method, "OPTIONS");
  return integrations
    .filter(({ body }) => body.resource_id === method.body.resource_id)
    .every(({ body }) => body.type === "MOCK");
}

/**
 * A WebSocket API asks who calls when the connection is opened, and cannot ask on any other route (API Gateway Developer Guide,
 * "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers").
 */
function isAfterConnecting(route: SynthesizedResource, view: SynthesizedView): boolean {
  const isWebSocket = view
    .ofType(HTTP_API)
    .some((api) => api.body.protocol_type === "WEBSOCKET" && refersTo(route.body.api_id, api));
  return isWebSocket && route.body.route_key !== "$connect";
}

function settingsOf(stage: SynthesizedResource, view: SynthesizedView): SynthesizedResource[] {
  return view
    .ofType(SETTINGS)
    .filter(({ body }) => refersTo(body.stage_name, stage) || body.stage_name === stage.body.stage_name);
}

function isLimit(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}
