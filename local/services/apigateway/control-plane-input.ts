import { AwsError } from "../../kernel/aws-error";
import type { Members } from "../../kernel/input";
import type { Edge } from "./edge";
import type { ApiMethod, ApiResource, RestApi, Stage } from "./rest-api";

/** The member as text, empty where it is not given. */
export function text(input: Members, name: string): string {
  const value = input[name];
  return value === undefined || value === null ? "" : String(value);
}

export function embedsMethods({ embed }: Members): boolean {
  return (Array.isArray(embed) ? embed : [embed]).includes("methods");
}

const notFound = (message: string) => new AwsError("NotFoundException", message, 404);

export function findApi(edge: Edge, input: Members): RestApi {
  const id = text(input, "restApiId");
  const api = edge.apis.find((candidate) => candidate.id === id);
  if (api === undefined) {
    const account = edge.apis[0]?.accountId;
    throw notFound(`Invalid API identifier specified${account === undefined ? "" : ` ${account}:${id}`}`);
  }
  return api;
}

export function findResource(api: RestApi, input: Members): ApiResource {
  const resource = api.resources.find(({ id }) => id === text(input, "resourceId"));
  if (resource === undefined) throw notFound("Invalid Resource identifier specified");
  return resource;
}

export function findMethod(
  api: RestApi,
  input: Members,
): { readonly resource: ApiResource; readonly method: ApiMethod } {
  const resource = findResource(api, input);
  const method = resource.methods.get(text(input, "httpMethod"));
  if (method === undefined) throw notFound("Invalid Method identifier specified");
  return { resource, method };
}

export function findStage(api: RestApi, input: Members): Stage {
  const stage = api.stages.find(({ name }) => name === text(input, "stageName"));
  if (stage === undefined) throw notFound("Invalid stage identifier specified");
  return stage;
}
