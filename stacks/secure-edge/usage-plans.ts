import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { ApiGatewayUsagePlanKey } from "@cdktf/provider-aws/lib/api-gateway-usage-plan-key";
import { Construct } from "constructs";
import type { Throttle } from "../common/config";

export interface UsagePlansProps {
  readonly restApiId: string;
  readonly stageName: string;
  readonly apiName: string;
  readonly clients: readonly string[];
  /** The limits of each client. */
  readonly throttle: Throttle;
  readonly dailyQuota: number;
}

/**
 * Gives each client a key and limits of its own, so that none can use up another's share. A key tells clients apart;
 * it does not replace the authorizer.
 *
 * Creates `aws_api_gateway_api_key`, `aws_api_gateway_usage_plan`, `aws_api_gateway_usage_plan_key`.
 */
export class UsagePlans extends Construct {
  /** By client: the value of its key. */
  readonly keys: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, props: UsagePlansProps) {
    super(scope, id);
    this.keys = new Map(props.clients.map((client) => [client, this.createPlan(client, props)]));
  }

  private createPlan(
    client: string,
    { restApiId, stageName, apiName, throttle, dailyQuota }: UsagePlansProps,
  ): string {
    const scope = new Construct(this, client);
    const key = new ApiGatewayApiKey(scope, "api-key", { name: `${apiName}-${client}` });
    const plan = new ApiGatewayUsagePlan(scope, "usage-plan", {
      name: `${apiName}-${client}`,
      apiStages: [{ apiId: restApiId, stage: stageName }],
      throttleSettings: { rateLimit: throttle.rateLimit, burstLimit: throttle.burstLimit },
      quotaSettings: { limit: dailyQuota, period: "DAY" },
    });
    new ApiGatewayUsagePlanKey(scope, "usage-plan-key", {
      keyId: key.id,
      keyType: "API_KEY",
      usagePlanId: plan.id,
    });
    return key.value;
  }
}
