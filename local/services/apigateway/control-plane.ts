import type { AwsService, Members, Operation, RestRoute } from "../../aws-api/service";
import type { Deployment } from "../../deployment/deployment";
import { embedsMethods, findApi, findMethod, findResource, findStage, text } from "./control-plane-input";
import type { Edge } from "./edge";
import { methodView, resourceView, restApiView } from "./method-views";
import type { RestApi } from "./rest-api";
import type { EdgeServices } from "./services";
import { apiKeyView, authorizerView, gatewayResponseViews, stageView, usagePlanView } from "./stage-views";
import { testInvokeMethod } from "./test-invoke";

const API = "/restapis/{restApiId}";
const METHOD = `${API}/resources/{resourceId}/methods/{httpMethod}`;

const route = (operation: string, path: string, method: RestRoute["method"] = "GET"): RestRoute => ({
  method,
  path,
  operation,
});

const ROUTES: readonly RestRoute[] = [
  route("GetRestApis", "/restapis"),
  route("GetRestApi", API),
  route("GetResources", `${API}/resources`),
  route("GetResource", `${API}/resources/{resourceId}`),
  route("GetMethod", METHOD),
  route("TestInvokeMethod", METHOD, "POST"),
  route("GetStages", `${API}/stages`),
  route("GetStage", `${API}/stages/{stageName}`),
  route("GetAuthorizers", `${API}/authorizers`),
  route("GetModels", `${API}/models`),
  route("GetGatewayResponses", `${API}/gatewayresponses`),
  route("GetUsagePlans", "/usageplans"),
  route("GetApiKeys", "/apikeys"),
];

/**
 * API Gateway's API, as far as it reads what is deployed, and the test of a method. Lists are whole, without pages.
 *
 * Query parameters come as members of the input, under the names they have in the URL.
 */
export function createApiGatewayService(
  deployment: Deployment,
  edge: Edge,
  services: EdgeServices,
): AwsService {
  const createdDate = Math.floor(services.clock.now() / 1000);
  const read = (path: (input: Members) => string, handle: Operation["handle"]): Operation => ({
    permission: (input) => ({
      action: "apigateway:GET",
      resource: `arn:aws:apigateway:${deployment.region}::${path(input)}`,
    }),
    handle,
  });
  const ofApi = (suffix: string, view: (api: RestApi, input: Members) => Members) =>
    read(
      (input) => `/restapis/${text(input, "restApiId")}${suffix}`,
      (input) => view(findApi(edge, input), input),
    );
  const operations: Record<string, Operation> = {
    GetRestApis: read(
      () => "/restapis",
      () => ({ item: edge.apis.map((api) => restApiView(api, createdDate)) }),
    ),
    GetRestApi: ofApi("", (api) => restApiView(api, createdDate)),
    GetResources: ofApi("/resources", (api, input) => ({
      item: api.resources.map((resource) => resourceView(resource, embedsMethods(input))),
    })),
    GetResource: ofApi("/resources/*", (api, input) =>
      resourceView(findResource(api, input), embedsMethods(input)),
    ),
    GetMethod: ofApi("/resources/*/methods/*", (api, input) => methodView(findMethod(api, input).method)),
    GetStages: ofApi("/stages", (api) => ({
      item: api.stages.map((stage) => stageView(stage, createdDate)),
    })),
    GetStage: ofApi("/stages/*", (api, input) => stageView(findStage(api, input), createdDate)),
    GetAuthorizers: ofApi("/authorizers", (api) => ({ item: api.authorizers.map(authorizerView) })),
    GetModels: ofApi("/models", (api) => ({ item: api.models.all })),
    GetGatewayResponses: ofApi("/gatewayresponses", (api) => ({ item: gatewayResponseViews(api) })),
    GetUsagePlans: read(
      () => "/usageplans",
      (input) => ({
        item: edge.usagePlans
          .filter((plan) => input.keyId === undefined || plan.keys.some((key) => key.id === input.keyId))
          .map(usagePlanView),
      }),
    ),
    GetApiKeys: read(
      () => "/apikeys",
      (input) => ({
        item: edge.apiKeys
          .filter((key) => key.attributes.string("name").startsWith(text(input, "name")))
          .map((key) => apiKeyView(key, text(input, "includeValues") === "true", createdDate)),
      }),
    ),
    TestInvokeMethod: {
      permission: (input) => ({
        action: "apigateway:POST",
        resource: `arn:aws:apigateway:${deployment.region}::/restapis/${text(input, "restApiId")}/resources/${text(
          input,
          "resourceId",
        )}/methods/${text(input, "httpMethod")}`,
      }),
      handle: (input, { principal }) => {
        const api = findApi(edge, input);
        return testInvokeMethod(api, findMethod(api, input), input, principal, services);
      },
    },
  };
  return { name: "apigateway", wire: { protocol: "rest-json", routes: ROUTES }, operations };
}
