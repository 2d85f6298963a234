import type { Members } from "../../kernel/input";
import { compact, mapOrNone } from "./api-views";
import type { Authorizer } from "./authorizers";
import { DEFAULT_STATUS, DEFAULT_TEMPLATE, type GatewayResponse } from "./gateway-responses";
import type { RestApi } from "./rest-api";
import { ACCOUNT_LIMIT, type MethodSettings, type Stage } from "./stages";
import type { ApiKey, UsagePlan } from "./usage-plans";

export function stageView(stage: Stage, createdDate: number): Members {
  const { attributes } = stage;
  const accessLog = attributes.block("access_log_settings");
  return compact({
    deploymentId: stage.deploymentId,
    stageName: stage.name,
    description: attributes.optionalString("description"),
    cacheClusterEnabled: false,
    cacheClusterStatus: "NOT_AVAILABLE",
    methodSettings: Object.fromEntries(
      stage.settings.map((settings) => [settingsKey(settings), settingsView(settings)]),
    ),
    variables: mapOrNone(attributes, "variables"),
    accessLogSettings: accessLog && {
      format: accessLog.string("format"),
      destinationArn: accessLog.string("destination_arn"),
    },
    tracingEnabled: attributes.boolean("xray_tracing_enabled", false),
    webAclArn: stage.webAclArn,
    tags: attributes.tags(),
    createdDate,
    lastUpdatedDate: createdDate,
  });
}

/** `lambda1/POST` is `~1lambda1/POST`: a slash in the path is escaped as in a JSON pointer. */
function settingsKey({ methodPath }: MethodSettings): string {
  if (methodPath === "*/*") return methodPath;
  const slash = methodPath.lastIndexOf("/");
  return `~1${methodPath.slice(0, Math.max(slash, 0)).replaceAll("/", "~1")}/${methodPath.slice(slash + 1)}`;
}

function settingsView({ attributes, rate, burst, loggingLevel }: MethodSettings): Members {
  return {
    metricsEnabled: attributes.boolean("metrics_enabled", false),
    loggingLevel,
    dataTraceEnabled: attributes.boolean("data_trace_enabled", false),
    throttlingBurstLimit: burst ?? ACCOUNT_LIMIT.burst,
    throttlingRateLimit: rate ?? ACCOUNT_LIMIT.rate,
    cachingEnabled: attributes.boolean("caching_enabled", false),
    cacheTtlInSeconds: attributes.number("cache_ttl_in_seconds", 300),
    cacheDataEncrypted: attributes.boolean("cache_data_encrypted", false),
    requireAuthorizationForCacheControl: attributes.boolean("require_authorization_for_cache_control", true),
    unauthorizedCacheControlHeaderStrategy:
      attributes.optionalString("unauthorized_cache_control_header_strategy") ??
      "SUCCEED_WITH_RESPONSE_HEADER",
  };
}

export function authorizerView(authorizer: Authorizer): Members {
  const { id, name, type, attributes } = authorizer;
  const isLambda = authorizer.type !== "COGNITO_USER_POOLS";
  return compact({
    id,
    name,
    type,
    providerARNs: isLambda ? undefined : authorizer.userPoolArns,
    authType: isLambda ? "custom" : "cognito_user_pools",
    authorizerUri: isLambda ? attributes.string("authorizer_uri") : undefined,
    authorizerCredentials: isLambda ? authorizer.roleArn : undefined,
    identitySource: isLambda
      ? authorizer.identitySources.join(",") || undefined
      : `method.request.header.${authorizer.header}`,
    identityValidationExpression: attributes.optionalString("identity_validation_expression"),
    authorizerResultTtlInSeconds: attributes.number("authorizer_result_ttl_in_seconds", 300),
  });
}

/** A type that is not set shows what `DEFAULT_4XX` or `DEFAULT_5XX` sets (recorded: localstack, `test_gateway_response_put`). */
export function gatewayResponseViews({ gatewayResponses }: RestApi): Members[] {
  const set = new Map<string, GatewayResponse>(gatewayResponses);
  return Object.entries(DEFAULT_STATUS).map(([responseType, status]) => {
    const family = responseType.endsWith("5XX") || (status ?? 0) >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX";
    const shape = set.get(responseType) ?? set.get(family);
    return compact({
      responseType,
      statusCode: (shape?.status ?? status)?.toString(),
      responseParameters: shape?.attributes.stringMap("response_parameters") ?? {},
      responseTemplates: shape?.templates.size
        ? Object.fromEntries(shape.templates)
        : { "application/json": DEFAULT_TEMPLATE },
      defaultResponse: !set.has(responseType),
    });
  });
}

export function usagePlanView({ id, attributes, throttle, quota, stages }: UsagePlan): Members {
  return compact({
    id,
    name: attributes.string("name"),
    description: attributes.optionalString("description"),
    apiStages: stages.map(({ apiId, stage, methods }) =>
      compact({
        apiId,
        stage,
        throttle:
          methods.size === 0
            ? undefined
            : Object.fromEntries([...methods].map(([path, limit]) => [path, limitView(limit)])),
      }),
    ),
    throttle: throttle && limitView(throttle),
    quota,
    tags: attributes.tags(),
  });
}

const limitView = ({ rate, burst }: { rate: number; burst: number }) => ({
  burstLimit: burst,
  rateLimit: rate,
});

export function apiKeyView(key: ApiKey, includeValue: boolean, createdDate: number): Members {
  return compact({
    id: key.id,
    value: includeValue ? key.value : undefined,
    name: key.name,
    // The AWS provider's default.
    description: key.attributes.optionalString("description") ?? "Managed by Terraform",
    enabled: key.enabled,
    createdDate,
    lastUpdatedDate: createdDate,
    stageKeys: [],
    tags: key.attributes.tags(),
  });
}
