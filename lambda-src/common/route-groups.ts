import * as v from "valibot";
import { readEnvironment, type Variable } from "./environment";
import type { ProxyRequest } from "./request";

/** By route, `GET /orders/{id}`: the groups of which a caller must be in one; none for a route that asks for none. */
export type RouteGroups = ReadonlyMap<string, readonly string[]>;

const schema = v.pipe(
  // A record takes a list as well.
  v.custom<object>((value) => typeof value === "object" && !Array.isArray(value)),
  v.record(v.string(), v.array(v.string())),
);

const routeGroups: Variable<RouteGroups> = {
  accepts: 'JSON such as {"GET /orders/{id}": ["admins"]}',
  read(text) {
    try {
      const result = v.safeParse(schema, JSON.parse(text));
      return result.success ? new Map(Object.entries(result.output)) : undefined;
    } catch {
      return undefined;
    }
  },
};

/**
 * What the stack says of the function's routes; `undefined` where none of them asks for a group.
 *
 * @throws Error when it cannot be read: a function that does not know whom to refuse must not start
 */
export function readRouteGroups(env: Readonly<Record<string, string | undefined>>): RouteGroups | undefined {
  if (env.ROUTE_GROUPS === undefined) return undefined;
  return readEnvironment({ ROUTE_GROUPS: routeGroups }, env).ROUTE_GROUPS;
}

/**
 * Whether the caller may have an answer. API Gateway checks no groups: it hands the claims over that its authorizer verified,
 * lists joined with commas. With groups set, a route that is not among the function's is refused too.
 */
export function isInGroup(groups: RouteGroups | undefined, request: ProxyRequest): boolean {
  if (groups === undefined) return true;
  const { httpMethod, resource } = request;
  const wanted = groups.get(`${httpMethod} ${resource}`) ?? groups.get(`ANY ${resource}`);
  if (wanted === undefined) return false;
  const claim = request.requestContext?.authorizer?.claims?.["cognito:groups"];
  const own = claim === undefined ? [] : claim.split(",");
  return wanted.length === 0 || wanted.some((group) => own.includes(group));
}
