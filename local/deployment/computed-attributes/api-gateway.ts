import { DeploymentError } from "../attributes";
import { ALPHANUMERIC, type ComputedAttributes, LOWERCASE, token } from "./context";

const restApi: ComputedAttributes = (own, { region, accountId }) => {
  const id = token(own, "id", 10, LOWERCASE);
  return {
    id,
    root_resource_id: token(own, "root resource", 10, LOWERCASE),
    arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
    execution_arn: `arn:aws:execute-api:${region}:${accountId}:${id}`,
    api_key_source: "HEADER",
    disable_execute_api_endpoint: false,
  };
};

const resource: ComputedAttributes = (own, { find }) => {
  const parentId = own.string("parent_id");
  const parent = find("aws_api_gateway_resource", "id", parentId);
  const isRoot = find("aws_api_gateway_rest_api", "root_resource_id", parentId) !== undefined;
  if (parent === undefined && !isRoot)
    throw new DeploymentError(
      `${own.address} (stack ${own.stack}): parent_id is ${parentId}, which is neither a resource of the deployment nor an API's root; refer to one of them`,
    );
  return {
    id: token(own, "id", 6, LOWERCASE),
    path: `${parent?.string("path") ?? ""}/${own.string("path_part")}`,
  };
};

/** `prefix-<api>-…`: the ids of what belongs to a method. */
const idFrom =
  (prefix: string, ...keys: readonly string[]): ComputedAttributes =>
  (own) => ({ id: [prefix, ...keys.map((key) => own.string(key))].join("-") });

const ofMethod = ["rest_api_id", "resource_id", "http_method"];

const method: ComputedAttributes = (own, surroundings) => ({
  ...idFrom("agm", ...ofMethod)(own, surroundings),
  api_key_required: false,
});

const integration: ComputedAttributes = (own, surroundings) => ({
  ...idFrom("agi", ...ofMethod)(own, surroundings),
  cache_namespace: own.string("resource_id"),
  connection_type: "INTERNET",
  passthrough_behavior: "WHEN_NO_MATCH",
  timeout_milliseconds: 29_000,
});

const authorizer: ComputedAttributes = (own, { region }) => {
  const id = token(own, "id", 6, LOWERCASE);
  return {
    id,
    arn: `arn:aws:apigateway:${region}::/restapis/${own.string("rest_api_id")}/authorizers/${id}`,
    authorizer_result_ttl_in_seconds: 300,
    identity_source: "method.request.header.Authorization",
    type: "TOKEN",
  };
};

const drawnId: ComputedAttributes = (own) => ({ id: token(own, "id", 6, LOWERCASE) });

const deployment: ComputedAttributes = (own, { region, accountId }) => {
  const api = own.string("rest_api_id");
  const stage = own.optionalString("stage_name") ?? "";
  return {
    id: token(own, "id", 6, LOWERCASE),
    invoke_url: `https://${api}.execute-api.${region}.amazonaws.com/${stage}`,
    execution_arn: `arn:aws:execute-api:${region}:${accountId}:${api}/${stage}`,
  };
};

const stage: ComputedAttributes = (own, { region, accountId }) => {
  const api = own.string("rest_api_id");
  const name = own.string("stage_name");
  return {
    id: `ags-${api}-${name}`,
    arn: `arn:aws:apigateway:${region}::/restapis/${api}/stages/${name}`,
    invoke_url: `https://${api}.execute-api.${region}.amazonaws.com/${name}`,
    execution_arn: `arn:aws:execute-api:${region}:${accountId}:${api}/${name}`,
  };
};

const methodSettings: ComputedAttributes = (own) => ({
  id: ["rest_api_id", "stage_name", "method_path"].map((key) => own.string(key)).join("-"),
});

const usagePlan: ComputedAttributes = (own, { region }) => {
  const id = token(own, "id", 6, LOWERCASE);
  return { id, arn: `arn:aws:apigateway:${region}::/usageplans/${id}` };
};

const apiKey: ComputedAttributes = (own, { region }) => {
  const id = token(own, "id", 10, LOWERCASE);
  return {
    id,
    arn: `arn:aws:apigateway:${region}::/apikeys/${id}`,
    enabled: true,
    value: token(own, "value", 40, ALPHANUMERIC),
  };
};

const usagePlanKey: ComputedAttributes = (own, { find }) => {
  const id = own.string("key_id");
  const key = find("aws_api_gateway_api_key", "id", id);
  return { id, ...(key === undefined ? {} : { name: key.string("name"), value: key.string("value") }) };
};

export const apiGatewayAttributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_api_gateway_rest_api: restApi,
  aws_api_gateway_rest_api_policy: (own) => ({ id: own.string("rest_api_id") }),
  aws_api_gateway_resource: resource,
  aws_api_gateway_method: method,
  aws_api_gateway_method_response: idFrom("agmr", ...ofMethod, "status_code"),
  aws_api_gateway_integration: integration,
  aws_api_gateway_integration_response: idFrom("agir", ...ofMethod, "status_code"),
  aws_api_gateway_gateway_response: idFrom("aggr", "rest_api_id", "response_type"),
  aws_api_gateway_authorizer: authorizer,
  aws_api_gateway_model: drawnId,
  aws_api_gateway_request_validator: drawnId,
  aws_api_gateway_deployment: deployment,
  aws_api_gateway_stage: stage,
  aws_api_gateway_method_settings: methodSettings,
  aws_api_gateway_account: () => ({ id: "api-gateway-account" }),
  aws_api_gateway_usage_plan: usagePlan,
  aws_api_gateway_usage_plan_key: usagePlanKey,
  aws_api_gateway_api_key: apiKey,
};
