import type { Vtl, VtlMap } from "../templates/values";
import { nested } from "../templates/variables";
import type { AtStage } from "./exchange";
import { formatRequestTime } from "./request-time";

/**
 * The values of `$context` variables by name, without `$context.` (Developer Guide, "Variables for data transformations"
 * and "Variables for access logging for API Gateway"). `undefined`: not set for this request.
 */
export function contextVariable(state: AtStage, name: string): string | undefined {
  const claim = /^authorizer\.claims\.(.+)$/.exec(name)?.[1];
  if (claim !== undefined) {
    return state.claims !== undefined && Object.hasOwn(state.claims, claim) ? state.claims[claim] : undefined;
  }
  const own = /^authorizer\.(.+)$/.exec(name)?.[1];
  if (own !== undefined && state.authorization !== undefined) {
    const { context } = state.authorization;
    if (Object.hasOwn(context, own)) return context[own];
  }
  const read = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
  const value = read?.(state);
  return value === undefined || value === null ? undefined : String(value);
}

/** All of them as `$context` of a template. Claims are there by name, `custom:role` included. */
export function contextMap(state: AtStage): VtlMap {
  const values = Object.entries(VARIABLES).flatMap(([name, read]) => {
    const value = read(state);
    return value === undefined || value === null ? [] : [[name, String(value)] as const];
  });
  const context = nested(values);
  const { claims, authorization } = state;
  const known = context.get("authorizer");
  const authorizer: VtlMap = known instanceof Map ? known : new Map();
  for (const [name, value] of Object.entries(authorization?.context ?? {})) authorizer.set(name, value);
  if (claims !== undefined) authorizer.set("claims", new Map<string, Vtl>(Object.entries(claims)));
  return context.set("authorizer", authorizer);
}

type Read = (state: AtStage) => string | number | null | undefined;

const VARIABLES: Readonly<Record<string, Read>> = {
  accountId: ({ api }) => api.accountId,
  apiId: ({ api }) => api.id,
  domainName: ({ connection }) => connection.domainName,
  domainPrefix: ({ connection }) => connection.domainPrefix,
  deploymentId: ({ stage }) => stage.deploymentId,
  "error.message": ({ failure }) => failure?.message,
  "error.messageString": ({ failure }) => failure && JSON.stringify(failure.message),
  "error.responseType": ({ failure }) => failure?.type,
  "error.validationErrorString": ({ failure }) => failure?.validationErrors,
  extendedRequestId: ({ ids }) => ids.extendedRequestId,
  httpMethod: ({ httpMethod }) => httpMethod,
  "identity.apiKey": ({ client }) => client?.key.value,
  "identity.apiKeyId": ({ client }) => client?.key.id,
  "identity.sourceIp": ({ connection }) => connection.sourceIp,
  "identity.userAgent": ({ connection }) => connection.userAgent,
  integrationLatency: ({ integration }) => integration?.latencyMs,
  "integration.latency": ({ integration }) => integration?.latencyMs,
  integrationStatus: ({ integration }) => integration?.status,
  "integration.status": ({ integration }) => integration?.status,
  path: ({ contextPath }) => contextPath,
  protocol: ({ protocol }) => protocol,
  requestId: ({ ids }) => ids.requestId,
  requestTime: ({ receivedAt }) => formatRequestTime(receivedAt),
  requestTimeEpoch: ({ receivedAt }) => receivedAt,
  resourceId: ({ route }) => route?.resource.id,
  resourcePath: ({ route }) => route?.resource.path,
  stage: ({ stage }) => stage.name,
  "authorizer.error": ({ failure }) =>
    failure?.decision.layer === "authorizer" ? failure.message : undefined,
  "authorizer.integrationLatency": ({ authorization }) => authorization?.latencyMs,
  "authorizer.latency": ({ authorization }) => authorization?.latencyMs,
  "authorizer.principalId": ({ authorization }) => authorization?.principalId,
  "authorizer.status": authorizerStatus,
  "integration.error": ({ failure, integration }) =>
    integration === undefined ? undefined : failure?.message,
  "waf.status": ({ waf }) => waf && 200,
  wafResponseCode: ({ waf }) => waf?.responseCode,
  webaclArn: ({ waf }) => waf?.webAclArn,
  xrayTraceId: ({ ids }) => ids.traceId.replace(/^Root=/, ""),
};

function authorizerStatus({ failure, claims, authorization }: AtStage): number | undefined {
  if (failure?.decision.layer === "authorizer") return failure.status;
  return (claims ?? authorization) && 200;
}
