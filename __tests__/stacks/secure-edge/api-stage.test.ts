import { shippedRoutes as routes } from "../../support/synthesis";
import { type Body, body } from "../support/stack-json";
import { synthesizeApp } from "../support/synthesized-app";

const [first, second] = routes;
if (first === undefined || second === undefined)
  throw new Error("the table of routes has fewer than two rows");
const { edge } = synthesizeApp({ THROTTLE_RATE: "40", THROTTLE_BURST: "60", LOG_RETENTION_DAYS: "7" }, [
  first,
  { ...second, throttle: { rateLimit: 1, burstLimit: 2 } },
  { ...second, path: "/orders/{id}", method: "PUT", throttle: { rateLimit: 3, burstLimit: 4 } },
]);

describe("the API's stage", () => {
  it("is one stage of one deployment, with a log for requests and one for executions", () => {
    const own = Object.entries(edge.counts).filter(([type]) =>
      /deployment|stage$|method_settings/.test(type),
    );

    expect(Object.fromEntries(own)).toEqual({
      aws_api_gateway_deployment: 1,
      aws_api_gateway_method_settings: 3,
      aws_api_gateway_stage: 1,
    });
    expect(edge.resources("aws_cloudwatch_log_group")).toMatchObject({
      "access-log": {
        name: "/aws/apigateway/${aws_api_gateway_rest_api.api.name}/access",
        retention_in_days: 7,
      },
      "execution-log": {
        name: "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.api.id}/development",
        retention_in_days: 7,
      },
    });
  });

  it("is never without a deployment", () => {
    expect(edge.only("aws_api_gateway_deployment").lifecycle).toEqual({ create_before_destroy: true });
  });

  it("throttles every method alike, but for those with a limit of their own", () => {
    const settings = Object.values(edge.resources("aws_api_gateway_method_settings"));

    const limits = settings.map((setting) => [setting.method_path, limitOf(setting)]);
    expect(Object.fromEntries(limits)).toEqual({
      "*/*": [40, 60],
      "~1lambda2/POST": [1, 2],
      "~1orders~1{id}/PUT": [3, 4],
    });
  });

  it("names a method's own setting after its route", () => {
    expect(Object.keys(edge.resources("aws_api_gateway_method_settings")).sort()).toEqual([
      "POST-lambda2",
      "PUT-orders-id",
      "stage",
    ]);
  });

  it("logs errors but neither tokens nor bodies, for every method", () => {
    const settings = Object.values(edge.resources("aws_api_gateway_method_settings"));

    for (const setting of settings) {
      expect(body(setting.settings)).toMatchObject({
        metrics_enabled: true,
        logging_level: "ERROR",
        data_trace_enabled: false,
      });
    }
  });

  it("is there only after its execution log group, which API Gateway would create without retention", () => {
    expect(edge.only("aws_api_gateway_stage").depends_on).toEqual(["aws_cloudwatch_log_group.execution-log"]);
  });

  it("writes one line of JSON a request, which says which layer answered", () => {
    const { destination_arn, format } = body(edge.only("aws_api_gateway_stage").access_log_settings);

    expect(destination_arn).toBe("${aws_cloudwatch_log_group.access-log.arn}");
    expect(Object.keys(JSON.parse(String(format)))).toEqual(
      expect.arrayContaining([
        "requestId",
        "sourceIp",
        "status",
        "wafStatus",
        "authorizerStatus",
        "errorType",
      ]),
    );
    expect(String(format)).not.toContain("\n");
  });
});

function limitOf(setting: Body): unknown[] {
  const { throttling_rate_limit, throttling_burst_limit } = body(setting.settings);
  return [throttling_rate_limit, throttling_burst_limit];
}
