import { randomBytes } from "node:crypto";
import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import type { QuotaLimit } from "./edge/quota";
import type { RateLimit } from "./edge/token-bucket";

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly enabled: boolean;
  readonly attributes: Attributes;
}

export interface UsagePlan {
  readonly id: string;
  readonly attributes: Attributes;
  readonly throttle: RateLimit | undefined;
  readonly quota: QuotaLimit | undefined;
  readonly stages: readonly PlanStage[];
  readonly keys: readonly ApiKey[];
}

export interface PlanStage {
  readonly apiId: string;
  readonly stage: string;
  /** `/lambda1/POST` → its limit for each client. */
  readonly methods: ReadonlyMap<string, RateLimit>;
}

export function readApiKeys(deployment: Deployment): ApiKey[] {
  return deployment.ofType("aws_api_gateway_api_key").map((key) => ({
    id: key.string("id"),
    name: key.string("name", { max: 1024 }),
    // AWS creates the value where the stack sets none.
    value: readKeyValue(key) ?? randomBytes(30).toString("base64url"),
    enabled: key.boolean("enabled", true),
    attributes: key,
  }));
}

/** A value is a secret: the error says its length only. */
function readKeyValue(key: Attributes): string | undefined {
  const value = key.optionalString("value");
  if (value === undefined || (value.length >= 20 && value.length <= 128)) return value;
  // As recorded in localstack's AWS-validated tests, `test_create_api_key_with_invalid_value`.
  const reason =
    value.length < 20
      ? "API Key value should be at least 20 characters"
      : "API Key value exceeds maximum size of 128 characters";
  throw new DeploymentError(`${key.address}: AWS refuses a value of ${value.length} characters: ${reason}`);
}

export function readUsagePlans(deployment: Deployment, keys: readonly ApiKey[]): UsagePlan[] {
  const members = deployment.ofType("aws_api_gateway_usage_plan_key");
  return deployment.ofType("aws_api_gateway_usage_plan").map((plan) => {
    const id = plan.string("id");
    const throttle = plan.block("throttle_settings");
    const quota = plan.block("quota_settings");
    return {
      id,
      attributes: plan,
      throttle: throttle && readLimit(throttle),
      quota: quota && readQuota(quota),
      stages: plan.blocks("api_stages").map((block) => readPlanStage(block, deployment)),
      keys: members
        .filter((member) => member.string("usage_plan_id") === id)
        .map(
          (member) =>
            keys.find((key) => key.id === member.string("key_id")) ??
            member.fail("key_id", "the id of an aws_api_gateway_api_key of the deployment"),
        ),
    };
  });
}

function readPlanStage(block: Attributes, deployment: Deployment): PlanStage {
  const apiId = block.string("api_id");
  const stage = block.string("stage");
  const isThere = deployment
    .ofType("aws_api_gateway_stage")
    .some((other) => other.string("rest_api_id") === apiId && other.string("stage_name") === stage);
  if (!isThere) {
    // As recorded in localstack's AWS-validated tests, `test_usage_plan_crud`.
    block.refuse("stage", `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan`);
  }
  const methods = block
    .blocks("throttle")
    .map((method) => [method.string("path"), readLimit(method)] as const);
  return { apiId, stage, methods: new Map(methods) };
}

/** A half that is not set is 0, as the AWS provider sends it, and lets nothing through. */
function readLimit(block: Attributes): RateLimit {
  const rate = block.number("rate_limit", 0);
  const burst = block.number("burst_limit", 0);
  return { rate, burst };
}

function readQuota(block: Attributes): QuotaLimit {
  const period = block.string("period");
  if (period !== "DAY" && period !== "WEEK" && period !== "MONTH") {
    return block.fail("period", "DAY, WEEK or MONTH");
  }
  const offset = block.number("offset", 0);
  // The AWS provider's `validUsagePlanQuotaSettings`, so that Terraform refuses before AWS does.
  if (offset < 0 || offset > MOST_OFFSET[period])
    block.refuse("offset", `a quota's offset is at most ${MOST_OFFSET[period]} in the period ${period}`);
  return { limit: block.number("limit", undefined, { min: 1 }), period, offset };
}

const MOST_OFFSET = { DAY: 0, WEEK: 6, MONTH: 27 };
