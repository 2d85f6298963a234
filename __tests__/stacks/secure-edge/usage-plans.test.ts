import { UsagePlans } from "../../../stacks/secure-edge/usage-plans";
import { shippedRoutes as routes } from "../../support/synthesis";
import { body } from "../support/stack-json";
import { synthesizeApp } from "../support/synthesized-app";
import { synthesizeConstruct } from "../support/synthesized-construct";

const synthesize = (...clients: string[]) =>
  synthesizeConstruct((scope) => {
    new UsagePlans(scope, "usage-plans", {
      restApiId: "api-id",
      stageName: "development",
      apiName: "TheAPI",
      clients,
      throttle: { rateLimit: 11, burstLimit: 22 },
      dailyQuota: 33,
    });
  });

describe("usage plans", () => {
  it("are absent where there is no client", () => {
    expect(synthesize().counts).toEqual({});
  });

  it("are one for each client, with a key of its own", () => {
    const stack = synthesize("mobile", "partner");

    expect(stack.counts).toEqual({
      aws_api_gateway_api_key: 2,
      aws_api_gateway_usage_plan: 2,
      aws_api_gateway_usage_plan_key: 2,
    });
    expect(Object.values(stack.resources("aws_api_gateway_api_key"))).toEqual([
      { name: "TheAPI-mobile" },
      { name: "TheAPI-partner" },
    ]);
  });

  it("limit each client on its own, at the one stage", () => {
    const plans = Object.values(synthesize("mobile", "partner").resources("aws_api_gateway_usage_plan"));

    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).toMatchObject({
        api_stages: [{ api_id: "api-id", stage: "development" }],
        throttle_settings: { rate_limit: 11, burst_limit: 22 },
        quota_settings: { limit: 33, period: "DAY" },
      });
    }
  });

  it("join each client's key with that client's plan", () => {
    const stack = synthesize("mobile", "partner");

    const [mobileKey, partnerKey] = Object.keys(stack.resources("aws_api_gateway_api_key"));
    const [mobilePlan, partnerPlan] = Object.keys(stack.resources("aws_api_gateway_usage_plan"));
    const join = (key: string | undefined, plan: string | undefined) => ({
      key_id: `\${aws_api_gateway_api_key.${key}.id}`,
      key_type: "API_KEY",
      usage_plan_id: `\${aws_api_gateway_usage_plan.${plan}.id}`,
    });
    expect(Object.values(stack.resources("aws_api_gateway_usage_plan_key"))).toEqual([
      join(mobileKey, mobilePlan),
      join(partnerKey, partnerPlan),
    ]);
  });
});

describe("the app's API clients", () => {
  const { edge } = synthesizeApp(
    {
      API_CLIENTS: "mobile,7eleven",
      API_CLIENT_RATE: "5",
      API_CLIENT_BURST: "6",
      API_CLIENT_DAILY_QUOTA: "7",
    },
    routes.map((route, index) => (index === 0 ? { ...route, apiKeyRequired: true } : route)),
  );

  it("have addresses that Terraform takes", () => {
    expect(edge.addresses.filter((address) => /api_key|usage_plan/.test(address))).toEqual([
      "aws_api_gateway_api_key._7eleven",
      "aws_api_gateway_api_key.mobile",
      "aws_api_gateway_usage_plan._7eleven",
      "aws_api_gateway_usage_plan.mobile",
      "aws_api_gateway_usage_plan_key._7eleven",
      "aws_api_gateway_usage_plan_key.mobile",
    ]);
  });

  it("have the configured limits, at the deployed stage", () => {
    for (const plan of Object.values(edge.resources("aws_api_gateway_usage_plan"))) {
      expect(plan).toMatchObject({
        api_stages: [
          {
            api_id: "${aws_api_gateway_rest_api.api.id}",
            stage: "${aws_api_gateway_stage.stage.stage_name}",
          },
        ],
        throttle_settings: { rate_limit: 5, burst_limit: 6 },
        quota_settings: { limit: 7, period: "DAY" },
      });
    }
  });

  it("need their key for the routes that require one, besides the user's token", () => {
    const methods = edge.resources("aws_api_gateway_method");

    expect(body(methods["POST-lambda1"])).toMatchObject({
      api_key_required: true,
      authorization: "COGNITO_USER_POOLS",
    });
    expect(body(methods["POST-lambda2"])).toMatchObject({
      api_key_required: false,
      authorization: "COGNITO_USER_POOLS",
    });
  });
});
