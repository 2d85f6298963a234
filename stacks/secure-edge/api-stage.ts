import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { type IResolveContext, Lazy, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Throttle } from "../common/config";
import type { LogProps } from "../common/handler-function";
import { type Route, routeId } from "./route";

export interface ApiStageProps {
  readonly api: ApiGatewayRestApi;
  readonly stageName: string;
  /** Whatever a deployment takes a snapshot of. */
  readonly parts: readonly TerraformResource[];
  /** The throttle of each method. */
  readonly throttle: Throttle;
  /** Those with a limit of their own. */
  readonly routes: readonly Route[];
  readonly logs: LogProps;
  /** Whether X-Ray records the requests. */
  readonly tracing: boolean;
}

/** What an access log line says: who called what, and which layer answered. No token, no body. */
const ACCESS_LOG_FORMAT = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  status: "$context.status",
  sub: "$context.authorizer.claims.sub",
  wafStatus: "$context.waf.status",
  authorizerStatus: "$context.authorizer.status",
  authorizerError: "$context.authorizer.error",
  integrationStatus: "$context.integration.status",
  integrationError: "$context.integration.error",
  errorType: "$context.error.responseType",
  validationError: "$context.error.validationErrorString",
  latencyMs: "$context.responseLatency",
};

/** Terraform's own, not API Gateway's. */
const META_ARGUMENTS = new Set(["//", "depends_on", "lifecycle", "provider", "rest_api_id"]);

/**
 * The API's one stage: deployed again when, and only when, its settings change; throttled; every request in a log that
 * this stack owns.
 *
 * Creates `aws_api_gateway_deployment`, `aws_api_gateway_stage`, `aws_api_gateway_method_settings`,
 * `aws_cloudwatch_log_group`.
 */
export class ApiStage extends Construct {
  readonly arn: string;
  readonly invokeUrl: string;
  readonly stageName: string;
  readonly accessLogGroupName: string;

  constructor(scope: Construct, id: string, props: ApiStageProps) {
    super(scope, id);
    const accessLog = this.createLogGroup("access-log", `/aws/apigateway/${props.api.name}/access`, props);
    const executionLog = this.createLogGroup(
      "execution-log",
      `API-Gateway-Execution-Logs_${props.api.id}/${props.stageName}`,
      props,
    );
    const deployment = this.createDeployment(props);
    const stage = this.createStage(props, deployment, accessLog, executionLog);
    this.createMethodSettings(props, stage);

    this.arn = stage.arn;
    this.invokeUrl = stage.invokeUrl;
    this.stageName = stage.stageName;
    this.accessLogGroupName = accessLog.name;
  }

  private createLogGroup(id: string, name: string, { logs }: ApiStageProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, id, { name, ...logs });
  }

  private createDeployment({ api, parts }: ApiStageProps): ApiGatewayDeployment {
    return new ApiGatewayDeployment(this, "deployment", {
      restApiId: api.id,
      triggers: redeploymentTriggers(parts),
      dependsOn: [...parts],
      // The stage needs a deployment at every moment.
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createStage(
    { api, stageName, tracing }: ApiStageProps,
    deployment: ApiGatewayDeployment,
    accessLog: CloudwatchLogGroup,
    executionLog: CloudwatchLogGroup,
  ): ApiGatewayStage {
    return new ApiGatewayStage(this, "stage", {
      restApiId: api.id,
      deploymentId: deployment.id,
      stageName,
      xrayTracingEnabled: tracing || undefined,
      accessLogSettings: { destinationArn: accessLog.arn, format: JSON.stringify(ACCESS_LOG_FORMAT) },
      // API Gateway creates the execution log group itself, without retention, unless it is there first.
      dependsOn: [executionLog],
    });
  }

  private createMethodSettings({ api, throttle, routes }: ApiStageProps, stage: ApiGatewayStage): void {
    const everywhere = {
      metricsEnabled: true,
      loggingLevel: "ERROR",
      // Would write whole requests, tokens and bodies included, to the log.
      dataTraceEnabled: false,
    };
    const limited = routes.flatMap((route) =>
      route.throttle ? [{ id: routeId(route), methodPath: methodPath(route), limit: route.throttle }] : [],
    );
    for (const { id, methodPath, limit } of [
      { id: "method-settings", methodPath: "*/*", limit: throttle },
      ...limited,
    ]) {
      new ApiGatewayMethodSettings(this, id, {
        restApiId: api.id,
        stageName: stage.stageName,
        methodPath,
        settings: {
          ...everywhere,
          throttlingRateLimit: limit.rateLimit,
          throttlingBurstLimit: limit.burstLimit,
        },
      });
    }
  }
}

/**
 * A method's key in the stage's settings, `~1orders~1{id}/POST`: each slash of the path is escaped, the first one too
 * (API Gateway's `PatchOperation`; hashicorp/terraform-provider-aws#9738: Terraform passes it on as it is).
 */
function methodPath({ path, method }: Route): string {
  return `${path.replaceAll("/", "~1")}/${method}`;
}

/**
 * The `triggers` of a deployment: one entry a part of the API, its settings as JSON. Terraform resolves the references
 * in it, so an entry changes exactly when the settings that API Gateway would deploy do, and the plan shows which part
 * it was. Nothing else, neither a time nor an id, leads to a deployment.
 */
function redeploymentTriggers(parts: readonly TerraformResource[]): Record<string, string> {
  return Object.fromEntries(
    parts.map((part) => [
      `${part.terraformResourceType.replace("aws_api_gateway_", "")} ${part.friendlyUniqueId}`,
      Lazy.stringValue({ produce: (context) => settingsOf(part, context) }),
    ]),
  );
}

function settingsOf(part: TerraformResource, context: IResolveContext): string {
  const body: unknown = part.toTerraform().resource[part.terraformResourceType][part.friendlyUniqueId];
  const settings = Object.entries(context.resolve(body))
    .filter(([name]) => !META_ARGUMENTS.has(name))
    .map(([name, value]) => [name, name.endsWith("_id") ? addressOf(value) : value] as const);
  return JSON.stringify(Object.fromEntries(settings.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** `${aws_api_gateway_authorizer.AGAuthorizer1.id}` → the address alone: which object counts, not its id of today. */
function addressOf(reference: unknown): string {
  return String(reference).replace(/^\$\{(.+)\.\w+\}$/, "$1");
}
