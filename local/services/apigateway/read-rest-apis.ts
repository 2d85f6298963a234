import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { BodyModels } from "./body-models";
import { readGatewayResponses } from "./gateway-responses";
import { readAuthorizers } from "./read-authorizers";
import { readMethods } from "./read-methods";
import { readStages, refuseTwinStages } from "./read-stages";
import { readResources } from "./resource-tree";
import type { RestApi } from "./rest-api";
import { refuseUnsupported } from "./unsupported";

/**
 * Reads the deployment's REST APIs.
 *
 * @throws DeploymentError for what AWS would honour and the edge would not: it never serves an API more openly than AWS
 */
export function readRestApis(deployment: Deployment): RestApi[] {
  for (const policy of deployment.ofType("aws_api_gateway_rest_api_policy")) {
    throw new DeploymentError(
      `${policy.address}: resource policies of an API are not supported locally; remove it`,
    );
  }
  for (const snapshot of deployment.ofType("aws_api_gateway_deployment")) {
    refuseUnsupported(snapshot, ["stage_name"]);
  }
  const apis = deployment.ofType("aws_api_gateway_rest_api").map((api) => readRestApi(deployment, api));
  refuseTwinStages(apis.flatMap((api) => api.stages));
  return apis;
}

function readRestApi(deployment: Deployment, api: Resource): RestApi {
  refuseUnsupported(api, ["body", "policy", "disable_execute_api_endpoint", "parameters"]);
  if ((api.optionalString("api_key_source") ?? "HEADER") !== "HEADER") api.fail("api_key_source", "HEADER");
  if (api.number("minimum_compression_size", -1) >= 0) {
    api.fail("minimum_compression_size", "unset: answers are not compressed locally");
  }
  const id = api.string("id");
  const authorizers = readAuthorizers(deployment, id);
  const models = new BodyModels(
    id,
    deployment.ofType("aws_api_gateway_model").filter((model) => model.string("rest_api_id") === id),
  );
  const methodsOf = readMethods(deployment, id, {
    authorizers: new Map(authorizers.map((authorizer) => [authorizer.id, authorizer])),
    modelNames: models.names,
  });
  return {
    id,
    accountId: deployment.accountId,
    region: deployment.region,
    attributes: api,
    binaryMediaTypes: api.strings("binary_media_types"),
    resources: readResources(deployment, { id, rootResourceId: api.string("root_resource_id") }, methodsOf),
    authorizers,
    models,
    gatewayResponses: readGatewayResponses(
      deployment
        .ofType("aws_api_gateway_gateway_response")
        .filter((response) => response.string("rest_api_id") === id),
    ),
    stages: readStages(deployment, id),
  };
}
