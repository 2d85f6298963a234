import { operationInputs } from "../../aws-api/operation-inputs";
import type { Operation } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { methodView, resourceView, restApiView } from "./api-views";
import { apiGatewayArn } from "./computed-attributes";
import { type ApiGateway, createApiGateway, type Edge } from "./edge/edge";
import type { ApiResource } from "./resource-tree";
import { apiGatewayResourceTypes } from "./resources";
import { prepareTemplates, type RestApi } from "./rest-api";
import { apiKeyView, authorizerView, gatewayResponseViews, stageView, usagePlanView } from "./stage-views";
import type { Stage } from "./stages";
import { type TestTarget, testInvokeMethod } from "./test-invoke";
import { edgeWarnings } from "./warnings";

const API = "/restapis/{restApiId}";
const METHOD = `${API}/resources/{resourceId}/methods/{httpMethod}`;

/**
 * API Gateway's REST APIs: the data plane (`edge/`), and its own API as far as it reads what is deployed and tests a
 * method. Lists are whole, without pages. Query parameters come as members of the input, under the names they have in the
 * URL.
 */
export const apigateway: ServiceDefinition<ApiGateway> = {
  name: "apigateway",
  title: "Amazon API Gateway",
  wire: { protocol: "rest-json", messageKey: "message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 403 },
    internal: { code: "ServiceUnavailableException", message: "Service unavailable", status: 503 },
    throttled: { code: "TooManyRequestsException", message: "Too Many Requests", status: 429 },
    input: validation("BadRequestException"),
  },
  inputs: operationInputs(__dirname),
  resourceTypes: apiGatewayResourceTypes,
  operations: {
    GetRestApis: read("/restapis", (_input, { edge, createdDate }) => ({
      item: edge.apis.map((api) => restApiView(api, createdDate)),
    })),
    GetRestApi: ofApi("", (api, _input, { createdDate }) => restApiView(api, createdDate)),
    GetResources: ofApi("/resources", (api, input) => ({
      item: api.resources.map((resource) => resourceView(resource, embedsMethods(input))),
    })),
    GetResource: read(`${API}/resources/{resourceId}`, (input, { edge }) =>
      resourceView(findResource(edge, input).resource, embedsMethods(input)),
    ),
    GetMethod: read(METHOD, (input, { edge }) => methodView(findMethod(edge, input).method)),
    GetStages: ofApi("/stages", (api, _input, { createdDate }) => ({
      item: api.stages.map((stage) => stageView(stage, createdDate)),
    })),
    GetStage: ofApi("/stages/{stageName}", (api, input, { createdDate }) =>
      stageView(findStage(api, input), createdDate),
    ),
    GetAuthorizers: ofApi("/authorizers", (api) => ({ item: api.authorizers.map(authorizerView) })),
    GetModels: ofApi("/models", (api) => ({ item: api.models.all })),
    GetGatewayResponses: ofApi("/gatewayresponses", (api) => ({ item: gatewayResponseViews(api) })),
    GetUsagePlans: read("/usageplans", (input, { edge }) => {
      const keyId = input.optionalText("keyId");
      return {
        item: edge.usagePlans
          .filter(({ keys }) => keyId === undefined || keys.some(({ id }) => id === keyId))
          .map(usagePlanView),
      };
    }),
    GetApiKeys: read("/apikeys", (input, { edge, createdDate }) => {
      const prefix = input.optionalText("nameQuery") ?? "";
      const includesValues = input.boolean("includeValues");
      return {
        item: edge.apiKeys
          .filter(({ name }) => name.startsWith(prefix))
          .map((key) => apiKeyView(key, includesValues, createdDate)),
      };
    }),
    TestInvokeMethod: {
      route: { method: "POST", path: METHOD },
      permission: {
        action: "apigateway:POST",
        resource: (input, { place }) => {
          const path = METHOD.replace(/\{(\w+)\}/g, (_whole, name) => input.optionalText(name) ?? "");
          return apiGatewayArn(place, path.slice(1));
        },
      },
      handle: (input, { edge }, { principal }) =>
        testInvokeMethod(findMethod(edge, input), input, principal, edge.context),
    },
  },
  create: async ({ deployment, clock, ports, access, credentials }, { endpointOf = () => undefined }) => {
    const gateway = createApiGateway(deployment, {
      clock,
      ports,
      access,
      endpointOf,
      assumeRole: async (roleArn, principal) => {
        await access.authorize({ principal, action: "sts:AssumeRole", resource: roleArn });
        // The name of the session, as the sender of messages that API Gateway puts into queues shows it.
        const session = credentials.issue(roleArn, "BackplaneAssumeRoleSession");
        return {
          principal: credentials.principalOf(session.accessKeyId, session.sessionToken),
          credentials: session,
        };
      },
    });
    await prepareTemplates(gateway.edge.apis);
    return gateway;
  },
  ports: ({ edge }) => ({ edge }),
  warnings: ({ edge }) => edgeWarnings(edge.apis),
};

/** An operation that reads. The permission is for the path, ids of parts of an API as `*`. */
function read(path: string, handle: (input: Input, gateway: ApiGateway) => Members): Operation<ApiGateway> {
  const resource = path.replace(/^\//, "").replace(/\{(?!restApiId)[^}]*\}/g, "*");
  return {
    route: { method: "GET", path },
    permission: {
      action: "apigateway:GET",
      resource: (input, { place }) =>
        apiGatewayArn(place, resource.replace("{restApiId}", input.optionalText("restApiId") ?? "")),
    },
    handle,
  };
}

function ofApi(
  suffix: string,
  view: (api: RestApi, input: Input, gateway: ApiGateway) => Members,
): Operation<ApiGateway> {
  return read(`${API}${suffix}`, (input, gateway) => view(findApi(gateway.edge, input), input, gateway));
}

const embedsMethods = (input: Input) => input.texts("embed").includes("methods");

const notFound = (message: string) => new AwsError("NotFoundException", message, 404);

function findApi(edge: Edge, input: Input): RestApi {
  const id = input.text("restApiId");
  const api = edge.apis.find((candidate) => candidate.id === id);
  if (api === undefined) {
    const account = edge.apis[0]?.accountId;
    throw notFound(`Invalid API identifier specified${account === undefined ? "" : ` ${account}:${id}`}`);
  }
  return api;
}

/** For an unknown API as for an unknown resource (recorded in localstack's AWS-validated tests, `test_invoke_test_method`). */
function findResource(edge: Edge, input: Input): { readonly api: RestApi; readonly resource: ApiResource } {
  const [apiId, wanted] = [input.text("restApiId"), input.text("resourceId")];
  const api = edge.apis.find(({ id }) => id === apiId);
  const resource = api?.resources.find(({ id }) => id === wanted);
  if (api === undefined || resource === undefined) throw notFound("Invalid Resource identifier specified");
  return { api, resource };
}

function findMethod(edge: Edge, input: Input): TestTarget {
  const { api, resource } = findResource(edge, input);
  const method = resource.methods.get(input.text("httpMethod"));
  if (method === undefined) throw notFound("Invalid Method identifier specified");
  return { api, resource, method };
}

function findStage(api: RestApi, input: Input): Stage {
  const wanted = input.text("stageName");
  const stage = api.stages.find(({ name }) => name === wanted);
  if (stage === undefined) throw notFound("Invalid stage identifier specified");
  return stage;
}
