import { RouteError } from "../common/errors";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One API: a method of a path, the function that serves it, and who may call it. */
export type Route = RouteTarget & RouteAuth;

interface RouteTarget {
  /** `/lambda1`, `/orders/{id}` */
  readonly path: string;
  readonly method: HttpMethod;
  /** The function, by the name it has in `development`. Routes may share one. */
  readonly functionName: string;
  /** The folder below `lambda-src`. */
  readonly handler: "external";
  /**
   * Whether a caller needs an API key as well; who gets one, the setting `API_CLIENTS` says.
   * @default false
   */
  readonly apiKeyRequired?: boolean;
  /**
   * The method's own limit, instead of the stage's: requests a second, and at once.
   * @default the stage's
   */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
}

/** There is no default: a route that anybody may call has to say so, and why. */
export type RouteAuth =
  | { readonly auth: "cognito-id-token"; readonly authorizer: string; readonly userPool: string }
  | { readonly auth: "none"; readonly reason: string };

export type SignedInRoute = Extract<Route, { auth: "cognito-id-token" }>;

export function isSignedIn(route: Route): route is SignedInRoute {
  return route.auth === "cognito-id-token";
}

/** The route's name in state addresses: `POST-lambda1`. */
export function routeId({ method, path }: Pick<Route, "method" | "path">): string {
  return `${method}-${path
    .slice(1)
    .replace(/[^\w]+/g, "-")
    .replace(/-$/, "")}`;
}

/** With an environment's suffix and `-role` behind it, it still fits into IAM's 64 characters. */
const NAME = {
  pattern: /^[A-Za-z0-9_-]{1,40}$/,
  accepted: "1 to 40 letters, digits, hyphens and underscores",
};
/** The login page's host name, of at most 63 characters, starts with it; environment and account id follow. */
const HOST_NAME_PART = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/,
  accepted: "1 to 32 letters, digits and hyphens, no hyphen first",
};

/**
 * Checks the table as a whole: what a single row's type cannot say.
 *
 * @throws RouteError naming the route, the value received and the remedy
 */
export function checkRoutes(routes: readonly Route[], apiClients: readonly string[]): void {
  if (routes.length === 0)
    throw new RouteError("the table of routes is empty: add a row to stacks/secure-edge/routes.ts");
  const methods = new Set<string>();
  const handlers = new Map<string, string>();
  const pools = new Map<string, string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    if (!/^(\/([\w.-]+|\{\w+\}))*\/([\w.-]+|\{\w+\+?\})$/.test(route.path)) {
      throw new RouteError(
        `${name}: the path must be segments of letters, digits, ., _ and -, or {parameters}, each after a slash; only the last may be {greedy+}`,
      );
    }
    checkName(`${name}: the function's name`, route.functionName, NAME);
    if (methods.size === methods.add(name).size)
      throw new RouteError(`${name} stands twice in the table: remove one row`);
    agree(handlers, route.functionName, route.handler, `${name}: the function ${route.functionName}`);
    if (isSignedIn(route)) {
      checkName(`${name}: the authorizer's name`, route.authorizer, NAME);
      checkName(`${name}: the user pool's name`, route.userPool, HOST_NAME_PART);
      agree(pools, route.authorizer, route.userPool, `${name}: the authorizer ${route.authorizer}`);
    }
    if (route.auth === "none" && route.reason.trim() === "") {
      throw new RouteError(
        `${name} is open to anybody and gives no reason: say why, or give it an authorizer`,
      );
    }
    if (route.apiKeyRequired && apiClients.length === 0) {
      throw new RouteError(
        `${name} requires an API key, and nobody has one: name the clients in API_CLIENTS`,
      );
    }
  }
}

function checkName(what: string, value: string, { pattern, accepted }: typeof NAME): void {
  if (!pattern.test(value)) throw new RouteError(`${what} ${JSON.stringify(value)} must be ${accepted}`);
}

/** One name must mean one thing in every row. */
function agree(seen: Map<string, string>, key: string, value: string, what: string): void {
  const earlier = seen.get(key);
  if (earlier !== undefined && earlier !== value) {
    throw new RouteError(
      `${what} has ${earlier} in another row and ${value} here: give one of them another name`,
    );
  }
  seen.set(key, value);
}
