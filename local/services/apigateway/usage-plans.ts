import { randomBytes } from "node:crypto";
import type { Attributes } from "../../deployment/attributes";
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
    name: key.string("name"),
    // AWS creates the value where the stack sets none.
    value: key.optionalString("value") ?? randomBytes(30).toString("base64url"),
    enabled: key.boolean("enabled", true),
    attributes: key,
  }));
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
      stages: plan.blocks("api_stages").map((stage) => ({
        apiId: stage.string("api_id"),
        stage: stage.string("stage"),
        methods: new Map(
          stage.blocks("throttle").map((method) => [method.string("path"), readLimit(method)] as const),
        ),
      })),
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
  return { limit: block.number("limit"), period, offset: block.number("offset", 0) };
}
