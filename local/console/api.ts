import type { Deployment } from "../deployment/deployment";
import { isObject, parseJson } from "../kernel/json";
import { onceFor } from "../kernel/once";
import type { ApiMethod } from "../services/apigateway/methods";
import { type RestApi, readRestApis } from "../services/apigateway/rest-api";
import type { TryRoute } from "./contract";
import { exampleOf } from "./example";

/** A method of an API, where it is and what it takes. */
export interface ApiRoute {
  readonly api: RestApi;
  readonly resourceId: string;
  readonly path: string;
  readonly method: ApiMethod;
}

/** The methods of a deployment's APIs, read once: models are compiled for them. */
export const routesOf = onceFor((deployment: Deployment): readonly ApiRoute[] =>
  readRestApis(deployment).flatMap((api) =>
    api.resources.flatMap(({ id, path, methods }) =>
      [...methods.values()].map((method) => ({ api, resourceId: id, path, method })),
    ),
  ),
);

export function tryRoute(route: ApiRoute): TryRoute {
  const { api, resourceId, path, method } = route;
  const authorizer = method.authorization?.authorizer;
  return {
    method: method.httpMethod,
    path,
    stages: api.stages.map(({ name }) => name),
    ...(authorizer === undefined ? {} : { authorizer: authorizer.name }),
    poolIds:
      authorizer === undefined
        ? []
        : authorizer.userPoolArns.map((arn) => arn.slice(arn.lastIndexOf("/") + 1)),
    needsApiKey: method.apiKeyRequired,
    bodies: bodiesOf(route),
    ...contentTypeOf(method),
    required: [...method.requestParameters].filter(([, isRequired]) => isRequired).map(([name]) => name),
    restApiId: api.id,
    resourceId,
  };
}

function contentTypeOf({ requestModels, httpMethod }: ApiMethod): { contentType?: string } {
  const [named] = [...requestModels.keys()].filter((type) => type !== "$default");
  if (named !== undefined) return { contentType: named };
  return ["GET", "HEAD", "DELETE", "OPTIONS"].includes(httpMethod) ? {} : { contentType: "application/json" };
}

/** The model that a body of the usual content type is held to. */
export function modelOf({
  api,
  method,
}: ApiRoute): { readonly name: string; readonly schema: unknown } | undefined {
  const name = method.requestModels.get("application/json") ?? method.requestModels.get("$default");
  const model = api.models.all.find((candidate) => candidate.name === name);
  return model === undefined ? undefined : { name: model.name, schema: parseJson(model.schema) };
}

/** A body that fits the method's model, and some that should not. The model itself says which do. */
const bodiesOf = onceFor((route: ApiRoute): TryRoute["bodies"] => {
  const model = modelOf(route);
  if (model === undefined) return [];
  const example = exampleOf(model.schema);
  const wrong = isObject(example) ? Object.fromEntries(Object.keys(example).map((key) => [key, 42])) : 42;
  const candidates: readonly (readonly [string, string])[] = [
    ["an example", JSON.stringify(example)],
    ["an empty object", "{}"],
    ["values of another type", JSON.stringify(wrong)],
    ["a member too many", JSON.stringify(isObject(example) ? { ...example, isAdmin: true } : [example])],
    ["not JSON", "{"],
  ];
  return candidates.map(([name, body]) => ({
    name,
    body,
    fits: route.api.models.check(model.name, Buffer.from(body)) === undefined,
  }));
});

/** The first body that the route takes; `undefined` where it has no model. */
export function fittingBody(route: ApiRoute): string | undefined {
  return bodiesOf(route).find(({ fits }) => fits)?.body;
}
