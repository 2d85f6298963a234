import type { Operation, RestRoute } from "../../aws-api/service";
import { type Members, validation } from "../../kernel/input";
import type { ServiceDefinition } from "../service";
import { embedsMethods, findApi, findMethod, findResource, findStage, text } from "./control-plane-input";
import { type ApiGateway, createApiGateway } from "./edge";
import { methodView, resourceView, restApiView } from "./method-views";
import { apiGatewayArn, apiGatewayResourceTypes } from "./resources";
import type { RestApi } from "./rest-api";
import { apiKeyView, authorizerView, gatewayResponseViews, stageView, usagePlanView } from "./stage-views";
import { testInvokeMethod } from "./test-invoke";

const API = "/restapis/{restApiId}";
const METHOD = `${API}/resources/{resourceId}/methods/{httpMethod}`;

/**
 * API Gateway's REST APIs: the data plane, and its own API as far as it reads what is deployed and tests a method. Lists
 * are whole, without pages. Query parameters come as members of the input, under the names they have in the URL.
 */
export const apigateway: ServiceDefinition<ApiGateway> = {
  name: "apigateway",
  title: "Amazon API Gateway",
  wire: { protocol: "rest-json", messageKey: "message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 403 },
    internal: { code: "ServiceUnavailableException", message: "Service unavailable", status: 503 },
    throttled: { code: "TooManyRequestsException", message: "Too Many Requests", status: 429 },
    input: { error: validation("BadRequestException", { shows: true }) },
  },
  resourceTypes: apiGatewayResourceTypes,
  operations: {
    GetRestApis: read("/restapis", (_input, { edge, createdDate }) => ({
      item: edge.apis.map((api) => restApiView(api, createdDate)),
    })),
    GetRestApi: ofApi("", (api, _input, { createdDate }) => restApiView(api, createdDate)),
    GetResources: ofApi("/resources", (api, input) => ({
      item: api.resources.map((resource) => resourceView(resource, embedsMethods(input))),
    })),
    GetResource: ofApi("/resources/{resourceId}", (api, input) =>
      resourceView(findResource(api, input), embedsMethods(input)),
    ),
    GetMethod: ofApi("/resources/{resourceId}/methods/{httpMethod}", (api, input) =>
      methodView(findMethod(api, input).method),
    ),
    GetStages: ofApi("/stages", (api, _input, { createdDate }) => ({
      item: api.stages.map((stage) => stageView(stage, createdDate)),
    })),
    GetStage: ofApi("/stages/{stageName}", (api, input, { createdDate }) =>
      stageView(findStage(api, input), createdDate),
    ),
    GetAuthorizers: ofApi("/authorizers", (api) => ({ item: api.authorizers.map(authorizerView) })),
    GetModels: ofApi("/models", (api) => ({ item: api.models.all })),
    GetGatewayResponses: ofApi("/gatewayresponses", (api) => ({ item: gatewayResponseViews(api) })),
    GetUsagePlans: read("/usageplans", (input, { edge }) => ({
      item: edge.usagePlans
        .filter((plan) => input.keyId === undefined || plan.keys.some((key) => key.id === input.keyId))
        .map(usagePlanView),
    })),
    GetApiKeys: read("/apikeys", (input, { edge, createdDate }) => ({
      item: edge.apiKeys
        .filter((key) => key.attributes.string("name").startsWith(text(input, "name")))
        .map((key) => apiKeyView(key, text(input, "includeValues") === "true", createdDate)),
    })),
    TestInvokeMethod: {
      route: { method: "POST", path: METHOD },
      permission: {
        action: "apigateway:POST",
        resource: ({ members }, { place }) =>
          apiGatewayArn(
            place,
            `restapis/${text(members, "restApiId")}/resources/${text(members, "resourceId")}/methods/${text(members, "httpMethod")}`,
          ),
      },
      handle: ({ members }, { edge, services }, { principal }) => {
        const api = findApi(edge, members);
        return testInvokeMethod(api, findMethod(api, members), members, principal, services);
      },
    },
  },
  create: ({ deployment, clock, ports }) => createApiGateway(deployment, { clock, ports }),
  ports: ({ edge }) => ({ edge }),
};

type Handle = (input: Members, gateway: ApiGateway) => Members;

/** An operation that reads. The permission is for the path, ids of parts of an API as `*`. */
function read(path: string, handle: Handle): Operation<ApiGateway> {
  const route: RestRoute = { method: "GET", path };
  const resource = path.replace(/^\//, "").replace(/\{(?!restApiId)[^}]*\}/g, "*");
  return {
    route,
    permission: {
      action: "apigateway:GET",
      resource: ({ members }, { place }) =>
        apiGatewayArn(place, resource.replace("{restApiId}", text(members, "restApiId"))),
    },
    handle: ({ members }, gateway) => handle(members, gateway),
  };
}

function ofApi(
  suffix: string,
  view: (api: RestApi, input: Members, gateway: ApiGateway) => Members,
): Operation<ApiGateway> {
  return read(`${API}${suffix}`, (input, gateway) => view(findApi(gateway.edge, input), input, gateway));
}
