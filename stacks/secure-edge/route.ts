import type { Config } from "../common/config";
import type { BodyModel, HandlerDefinition } from "./handler-definition";
import type { HandlerName } from "./handlers";

/** `ANY` means all the others that the path has no row for. */
export const HTTP_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY"] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** One API: a method of a path, the function that serves it, and who may call it. */
export type Route = RouteTarget & RouteAuth;

interface RouteTarget {
  /** `/lambda1`, `/orders/{id}`, `/files/{path+}` */
  readonly path: string;
  readonly method: HttpMethod;
  /** The function, by the name it has in `development`. Routes may share one. */
  readonly functionName: string;
  /** The handler that the function runs, by its name in `stacks/secure-edge/handlers`. */
  readonly handler: HandlerName;
  /** The team or the address that answers for it. `docs/inventory.md` says so. @default nobody is named */
  readonly owner?: string;
  /** Whether the route is there with these settings. @default always */
  readonly when?: (config: Config) => boolean;
  /** What the body must be. @default what the handler says */
  readonly body?: BodyModel;
  /** Parameters of the query string and headers: a request without a required one is refused before its function runs. */
  readonly query?: Parameters;
  readonly headers?: Parameters;
  /**
   * Whether a caller needs an API key as well; the setting `API_CLIENTS` says which clients get one.
   * @default false
   */
  readonly apiKeyRequired?: boolean;
  /**
   * The method's own limit, instead of the stage's: requests a second, and at once.
   * @default the stage's
   */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
  /** What the end-to-end check sends, and what must come of it. @default what the handler says */
  readonly example?: HandlerDefinition["example"];
}

/** By name. What a value must look like, the handler says: API Gateway checks that it is there. */
export type Parameters = Readonly<Record<string, "required" | "optional">>;

/** There is no default: a route that anybody may call has to say so, and why. */
export type RouteAuth = (SignIn & { readonly auth: "cognito-id-token" }) | ScopedAuth | OpenAuth;

interface SignIn {
  readonly authorizer: string;
  /** Whose users may call it; several pools where there are several. */
  readonly userPool: string | readonly string[];
  /**
   * The Cognito groups of which a caller must be in one. API Gateway does not know groups: the function checks them, before
   * anything else (`lambda-src/common/route-groups.ts`).
   * @default none
   */
  readonly groups?: readonly string[];
}

/** For access tokens, with one of the scopes: `orders/read`. Whoever got such a token may call, whichever client it is. */
type ScopedAuth = SignIn & { readonly auth: "cognito-access-token"; readonly scopes: readonly string[] };

interface OpenAuth {
  readonly auth: "none";
  readonly reason: string;
}

/** The routes that are there with these settings. */
export function deployedRoutes(routes: readonly Route[], config: Config): Route[] {
  return routes.filter(({ when = () => true }) => when(config));
}

export type SignedInRoute = Exclude<Route, OpenAuth>;

export function isSignedIn(route: Route): route is SignedInRoute {
  return route.auth !== "none";
}

export function userPoolsOf({ userPool }: SignedInRoute): readonly string[] {
  return [userPool].flat();
}

export function scopesOf(route: Route): readonly string[] {
  return route.auth === "cognito-access-token" ? route.scopes : [];
}

export function groupsOf(route: Route): readonly string[] {
  return isSignedIn(route) ? (route.groups ?? []) : [];
}

/** Whether a request of the route has a body that is held to a model. A GET has none, and a model would refuse that. */
export function takesBody({ method }: Pick<Route, "method">): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** `id` of `/orders/{id}` */
export function pathParametersOf({ path }: Pick<Route, "path">): string[] {
  return [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => String(name));
}

/** The route's name in state addresses: `POST-lambda1`. */
export function routeId({ method, path }: Pick<Route, "method" | "path">): string {
  return `${method}-${pathId(path)}`;
}

/** A path's name in state addresses: `orders-id` for `/orders/{id}`. */
export function pathId(path: string): string {
  return path
    .slice(1)
    .replace(/[^\w]+/g, "-")
    .replace(/-$/, "");
}
