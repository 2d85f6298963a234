import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { type Deployment, Resource } from "../../deployment/deployment";
import { type Place, parseArn } from "../../kernel/arn";
import { apiGatewayArn } from "./computed-attributes";
import type { RateLimit } from "./edge/token-bucket";

export interface Stage {
  readonly name: string;
  readonly attributes: Attributes;
  /** `undefined` in the test of a method. */
  readonly deploymentId: string | undefined;
  /** `arn:aws:apigateway:<region>::/restapis/<api>/stages/<name>` */
  readonly arn: string;
  readonly webAclArn: string | undefined;
  readonly variables: ReadonlyMap<string, string>;
  readonly accessLog: { readonly group: string; readonly format: string } | undefined;
  readonly settings: readonly MethodSettings[];
}

export interface MethodSettings {
  /** `*` + `/*`, or `lambda1/POST` */
  readonly methodPath: string;
  readonly attributes: Attributes;
  readonly rate: number | undefined;
  readonly burst: number | undefined;
  readonly loggingLevel: "OFF" | "ERROR" | "INFO";
}

/** The settings that hold for a method: its own where they are set, else the stage's. */
export interface EffectiveSettings {
  readonly limit: RateLimit | undefined;
  readonly loggingLevel: MethodSettings["loggingLevel"];
}

/** Reads an API's stages with their settings and their web ACL. */
export function readStages(deployment: Deployment, apiId: string): Stage[] {
  const settings = deployment
    .ofType("aws_api_gateway_method_settings")
    .filter((resource) => resource.string("rest_api_id") === apiId);
  return deployment
    .ofType("aws_api_gateway_stage")
    .filter((stage) => stage.string("rest_api_id") === apiId)
    .map((stage) => {
      const name = stage.string("stage_name", STAGE_NAME);
      const arn = apiGatewayArn(deployment, `restapis/${apiId}/stages/${name}`);
      return {
        name,
        attributes: stage,
        deploymentId: stage.string("deployment_id"),
        arn,
        webAclArn: deployment
          .find("aws_wafv2_web_acl_association", "resource_arn", arn)
          ?.string("web_acl_arn"),
        variables: readVariables(stage),
        accessLog: readAccessLog(stage),
        settings: settings.filter((candidate) => candidate.string("stage_name") === name).map(readSettings),
      };
    });
}

/**
 * The stage that a deployment brings along: "The name of the Stage resource for the Deployment resource to create" (API reference,
 * `CreateDeployment`).
 */
export function stageOfDeployment(own: Resource, place: Place): readonly Resource[] {
  const name = own.optionalString("stage_name");
  // Without a stage, these are of nothing.
  const [variables, description] = [own.stringMap("variables"), own.optionalString("stage_description")];
  if (name === undefined) return [];
  const apiId = own.string("rest_api_id");
  const given = {
    rest_api_id: apiId,
    stage_name: name,
    deployment_id: own.string("id"),
    variables,
    description: description ?? "",
  };
  const arn = apiGatewayArn(place, `restapis/${apiId}/stages/${name}`);
  const values = { ...given, id: `ags-${apiId}-${name}`, arn };
  return [new Resource(own.stack, own.address, "aws_api_gateway_stage", values, given)];
}

/** API reference, `CreateStage`: "alphanumeric characters, hyphens, and underscores. Maximum length is 128 characters." */
const STAGE_NAME = { min: 1, max: 128, pattern: "[a-zA-Z0-9_-]+" };

/** API reference, `CreateStage`: the names and values that it allows. */
function readVariables(stage: Attributes): ReadonlyMap<string, string> {
  const variables = Object.entries(stage.stringMap("variables"));
  for (const [name, value] of variables) {
    if (!/^\w+$/.test(name))
      stage.refuse("variables", `Variable names can have alphanumeric and underscore characters: ${name}`);
    if (!/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(value))
      stage.refuse("variables", `the value of ${name} must match [A-Za-z0-9-._~:/?#&=,]+`);
  }
  return new Map(variables);
}

function readAccessLog(stage: Attributes): Stage["accessLog"] {
  const block = stage.block("access_log_settings");
  if (block === undefined) return undefined;
  const { service, resource = "" } = parseArn(block.string("destination_arn")) ?? {};
  const group = service === "logs" ? /^log-group:([^:]+)(?::\*)?$/.exec(resource)?.[1] : undefined;
  if (group === undefined) return block.fail("destination_arn", "the ARN of a CloudWatch log group");
  const format = block.string("format");
  if (!/\$context\.(?:requestId|extendedRequestId)\b/.test(format)) {
    // API reference, `AccessLogSettings`.
    block.refuse("format", "The format must include at least $context.requestId.");
  }
  return { group, format };
}

function readSettings(resource: Attributes): MethodSettings {
  const settings = resource.block("settings");
  if (settings === undefined) return resource.fail("settings", "one block");
  const level = settings.optionalString("logging_level") ?? "OFF";
  if (level !== "OFF" && level !== "ERROR" && level !== "INFO") {
    return settings.fail("logging_level", "OFF, ERROR or INFO");
  }
  return {
    // Slashes in the path may be escaped, as in the keys of AWS's own map: `a~1b/POST`.
    methodPath: resource.string("method_path").replaceAll("~1", "/").replace(/^\/+/, ""),
    attributes: settings,
    rate: limitOf(settings, "throttling_rate_limit"),
    burst: limitOf(settings, "throttling_burst_limit"),
    loggingLevel: level,
  };
}

/** -1, the provider's default, sets no limit. */
function limitOf(settings: Attributes, key: string): number | undefined {
  const value = settings.number(key, -1);
  return value < 0 ? undefined : value;
}

/**
 * The settings of a method: the stage's for all methods, each value of it overridden by the method's own where it is set.
 * A rate without a burst is its own burst. `httpMethods`: what to look for, best first (`POST`, `ANY`).
 */
export function settingsOf(
  stage: Stage,
  resourcePath: string,
  httpMethods: readonly string[],
): EffectiveSettings {
  const [own] = httpMethods.flatMap((httpMethod) => {
    const wanted = `${resourcePath}/${httpMethod}`.replace(/^\/+/, "");
    return stage.settings.filter(({ methodPath }) => methodPath === wanted);
  });
  const all = stage.settings.find(({ methodPath }) => methodPath === "*/*");
  const rate = own?.rate ?? all?.rate;
  const burst = own?.burst ?? all?.burst;
  return {
    limit:
      rate === undefined && burst === undefined
        ? undefined
        : { rate: rate ?? ACCOUNT_LIMIT.rate, burst: burst ?? rate ?? ACCOUNT_LIMIT.burst },
    loggingLevel: own?.loggingLevel ?? all?.loggingLevel ?? "OFF",
  };
}

/** The account's default limits in a region (Developer Guide, "Throttle requests to your REST APIs"). */
export const ACCOUNT_LIMIT = { rate: 10_000, burst: 5_000 };

/** Refuses two stages of one name: the local URL tells APIs apart by the stage alone. */
export function refuseTwinStages(stages: readonly Stage[]): void {
  const seen = new Map<string, string>();
  for (const { name, attributes } of stages) {
    const other = seen.get(name);
    if (other !== undefined) {
      throw new DeploymentError(
        `${attributes.address}: stage_name ${JSON.stringify(name)} is taken by ${other}; locally the URL starts with the ` +
          "stage's name, so each stage of the deployment needs its own",
      );
    }
    seen.set(name, attributes.address);
  }
}
