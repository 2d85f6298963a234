import type { Attributes } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { formatArn } from "../../kernel/arn";
import { type Authorizer, readAuthorizers } from "./authorizers";
import { BodyModels } from "./body-models";
import { type GatewayResponses, readGatewayResponses } from "./gateway-responses";
import { type ImportedApi, importedApi } from "./import/imported-api";
import { type ApiMethod, readMethods } from "./methods";
import { type ApiResource, readResources } from "./resource-tree";
import { readStages, refuseTwinStages, type Stage } from "./stages";

/** A REST API as it is deployed. */
export interface RestApi {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  /** `arn:aws:execute-api:<region>:<account>:<api>` */
  readonly executionArn: string;
  readonly attributes: Attributes;
  /** Where a client's API key comes from: its header, or the answer of a Lambda authorizer. */
  readonly apiKeySource: "HEADER" | "AUTHORIZER";
  readonly binaryMediaTypes: readonly string[];
  readonly resources: readonly ApiResource[];
  readonly authorizers: readonly Authorizer[];
  readonly models: BodyModels;
  readonly gatewayResponses: GatewayResponses;
  readonly stages: readonly Stage[];
  /** Security schemes of the API's document that keep nobody out. */
  readonly ignoredSchemes: readonly string[];
}

/**
 * Reads the deployment's REST APIs.
 *
 * @throws DeploymentError for what AWS would honour and the edge would not: it never serves an API more openly than AWS
 */
export function readRestApis(deployment: Deployment): RestApi[] {
  const apis = deployment.ofType("aws_api_gateway_rest_api").map((api) => readRestApi(deployment, api));
  refuseTwinStages(apis.flatMap((api) => api.stages));
  return apis;
}

export const methodsOf = ({ resources }: Pick<RestApi, "resources">): readonly ApiMethod[] =>
  resources.flatMap(({ methods }) => [...methods.values()]);

/** Parses every mapping template. @throws DeploymentError for one that is not VTL */
export async function prepareTemplates(apis: readonly RestApi[]): Promise<void> {
  const templates = apis
    .flatMap(methodsOf)
    .flatMap(({ integration }) =>
      integration.type === "AWS_PROXY"
        ? []
        : [
            ...integration.requestTemplates.values(),
            ...integration.answers.flatMap((own) => [...own.templates.values()]),
          ],
    );
  for (const template of templates) await template.prepare();
}

function readRestApi(deployment: Deployment, api: Resource): RestApi {
  if (api.number("minimum_compression_size", -1) >= 0) {
    api.fail("minimum_compression_size", "unset: answers are not compressed locally");
  }
  requireReachable(api);
  const imported = importedApi(api, deployment);
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
    executionArn: formatArn(deployment, "execute-api", id),
    attributes: api,
    apiKeySource: apiKeySourceOf(api, imported),
    binaryMediaTypes: binaryMediaTypesOf(api, imported),
    resources: readResources(deployment, { id, rootResourceId: api.string("root_resource_id") }, methodsOf),
    authorizers,
    models,
    gatewayResponses: readGatewayResponses(
      deployment
        .ofType("aws_api_gateway_gateway_response")
        .filter((response) => response.string("rest_api_id") === id),
    ),
    stages: readStages(deployment, id),
    ignoredSchemes: imported?.ignoredSchemes ?? [],
  };
}

/**
 * What the stack says counts, else what the document says: "If the argument value is provided and is different than the OpenAPI
 * value, the argument value will override the OpenAPI value" (the AWS provider's documentation of the resource).
 */
function apiKeySourceOf(api: Resource, imported: ImportedApi | undefined): RestApi["apiKeySource"] {
  const own = api.optionalString("api_key_source", { oneOf: ["HEADER", "AUTHORIZER"] });
  const isGiven = typeof api.given?.api_key_source === "string";
  const source = isGiven ? own : (imported?.apiKeySource ?? own);
  if (source === "AUTHORIZER") return source;
  return source === undefined || source === "HEADER"
    ? "HEADER"
    : api.fail("api_key_source", "HEADER or AUTHORIZER");
}

/** As for the source of keys. */
function binaryMediaTypesOf(api: Resource, imported: ImportedApi | undefined): readonly string[] {
  const own = api.strings("binary_media_types");
  return own.length > 0 ? own : (imported?.binaryMediaTypes ?? []);
}

/** AWS's reasons as recorded in localstack's AWS-validated tests, `test_create_rest_api_with_endpoint_configuration`. */
function requireReachable(api: Resource): void {
  const endpoint = api.block("endpoint_configuration");
  const types = endpoint?.strings("types") ?? [];
  if (types.length > 1) endpoint?.refuse("types", "Cannot create an api with multiple Endpoint Types.");
  if (types.includes("PRIVATE")) {
    endpoint?.fail(
      "types",
      "REGIONAL or EDGE: a private API is reached from inside its VPC only; change that in what is served",
    );
  }
}
