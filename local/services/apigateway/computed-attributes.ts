import { DeploymentError } from "../../deployment/attributes";
import type { ComputedAttributes } from "../../deployment/resource-type";
import { formatArn, type Place } from "../../kernel/arn";
import { ALPHANUMERIC, LOWERCASE, seededId } from "../../kernel/ids";

/** What AWS and the provider set of API Gateway's resources, type by type. */

/** API Gateway's ARNs have no account. `path`: `restapis/abc123/stages/development`. */
export function apiGatewayArn(place: Place, path: string): string {
  return formatArn(place, "apigateway", `/${path}`, { accountId: "" });
}

export const restApi: ComputedAttributes = (own, place) => {
  const id = seededId(own.seed("id"), 10, LOWERCASE);
  return {
    id,
    root_resource_id: seededId(own.seed("root resource"), 10, LOWERCASE),
    arn: apiGatewayArn(place, `restapis/${id}`),
    execution_arn: formatArn(place, "execute-api", id),
    api_key_source: "HEADER",
    disable_execute_api_endpoint: false,
  };
};

export const resource: ComputedAttributes = (own, { find }) => {
  const parentId = own.string("parent_id");
  const parent = find("aws_api_gateway_resource", "id", parentId);
  const isRoot = find("aws_api_gateway_rest_api", "root_resource_id", parentId) !== undefined;
  if (parent === undefined && !isRoot)
    throw new DeploymentError(
      `${own.address} (stack ${own.stack}): parent_id is ${parentId}, which is neither a resource of the deployment nor an API's root; refer to one of them`,
    );
  return {
    id: seededId(own.seed("id"), 6, LOWERCASE),
    path: `${parent?.string("path") ?? ""}/${own.string("path_part")}`,
  };
};

/** `prefix-<api>-…`: the ids of what belongs to a method. */
export const idFrom =
  (prefix: string, ...keys: readonly string[]): ComputedAttributes =>
  (own) => ({ id: [prefix, ...keys.map((key) => own.string(key))].join("-") });

export const ofMethod = ["rest_api_id", "resource_id", "http_method"];

export const method: ComputedAttributes = (own, surroundings) => ({
  ...idFrom("agm", ...ofMethod)(own, surroundings),
  api_key_required: false,
});

export const integration: ComputedAttributes = (own, surroundings) => ({
  ...idFrom("agi", ...ofMethod)(own, surroundings),
  cache_namespace: own.string("resource_id"),
  connection_type: "INTERNET",
  passthrough_behavior: "WHEN_NO_MATCH",
  timeout_milliseconds: 29_000,
});

export const authorizer: ComputedAttributes = (own, place) => {
  const id = seededId(own.seed("id"), 6, LOWERCASE);
  return {
    id,
    arn: apiGatewayArn(place, `restapis/${own.string("rest_api_id")}/authorizers/${id}`),
    authorizer_result_ttl_in_seconds: 300,
    identity_source: "method.request.header.Authorization",
    type: "TOKEN",
  };
};

export const drawnId: ComputedAttributes = (own) => ({ id: seededId(own.seed("id"), 6, LOWERCASE) });

export const deployment: ComputedAttributes = (own, place) => {
  const api = own.string("rest_api_id");
  const stage = own.optionalString("stage_name") ?? "";
  return {
    id: seededId(own.seed("id"), 6, LOWERCASE),
    invoke_url: `https://${api}.execute-api.${place.region}.amazonaws.com/${stage}`,
    execution_arn: formatArn(place, "execute-api", `${api}/${stage}`),
  };
};

export const stage: ComputedAttributes = (own, place) => {
  const api = own.string("rest_api_id");
  const name = own.string("stage_name");
  return {
    id: `ags-${api}-${name}`,
    arn: apiGatewayArn(place, `restapis/${api}/stages/${name}`),
    invoke_url: `https://${api}.execute-api.${place.region}.amazonaws.com/${name}`,
    execution_arn: formatArn(place, "execute-api", `${api}/${name}`),
  };
};

export const methodSettings: ComputedAttributes = (own) => ({
  id: ["rest_api_id", "stage_name", "method_path"].map((key) => own.string(key)).join("-"),
});

export const usagePlan: ComputedAttributes = (own, place) => {
  const id = seededId(own.seed("id"), 6, LOWERCASE);
  return { id, arn: apiGatewayArn(place, `usageplans/${id}`) };
};

export const apiKey: ComputedAttributes = (own, place) => {
  const id = seededId(own.seed("id"), 10, LOWERCASE);
  return {
    id,
    arn: apiGatewayArn(place, `apikeys/${id}`),
    enabled: true,
    value: seededId(own.seed("value"), 40, ALPHANUMERIC),
  };
};

export const usagePlanKey: ComputedAttributes = (own, { find }) => {
  const id = own.string("key_id");
  const key = find("aws_api_gateway_api_key", "id", id);
  return { id, ...(key === undefined ? {} : { name: key.string("name"), value: key.string("value") }) };
};

export const domainName: ComputedAttributes = (own, place) => {
  const name = own.string("domain_name");
  const id = seededId(own.seed("id"), 10, LOWERCASE);
  return {
    id: name,
    arn: apiGatewayArn(place, `domainnames/${name}`),
    domain_name_id: id,
    regional_domain_name: `d-${id}.execute-api.${place.region}.amazonaws.com`,
    regional_zone_id: seededId(own.seed("regional zone"), 14, ALPHANUMERIC).toUpperCase(),
    cloudfront_domain_name: `d${id}.cloudfront.net`,
    // "The hosted zone ID for Amazon CloudFront" is this one for everybody (API Gateway API reference, GetDomainName).
    cloudfront_zone_id: "Z2FDTNDATAQYW2",
  };
};
