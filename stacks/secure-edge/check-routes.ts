import { RouteError } from "../common/errors";
import type { BodyModel } from "./handler-definition";
import { handlers } from "./handlers";
import {
  groupsOf,
  HTTP_METHODS,
  isSignedIn,
  pathId,
  pathParametersOf,
  type Route,
  type SignedInRoute,
  scopesOf,
  takesBody,
  userPoolsOf,
} from "./route";

/** What text must look like, in a pattern and in words. */
interface Form {
  readonly pattern: RegExp;
  readonly accepted: string;
}

/** With an environment's suffix and `-role` after it, it still fits into IAM's 64 characters. */
const NAME: Form = {
  pattern: /^[A-Za-z0-9_-]{1,40}$/,
  accepted: "1 to 40 letters, digits, hyphens and underscores",
};
/** The login page's host name, of at most 63 characters, starts with it; environment and account id follow. */
const HOST_NAME_PART: Form = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/,
  accepted: "1 to 32 letters, digits and hyphens, no hyphen first",
};
/** Without a comma, which separates the groups of a claim. */
const GROUP: Form = {
  pattern: /^[\w.-]{1,64}$/,
  accepted: "1 to 64 letters, digits, dots, hyphens and underscores",
};
/** A resource server's, or one that Cognito has itself, `aws.cognito.signin.user.admin`. */
const SCOPE: Form = {
  pattern: /^[\w.-]{1,64}(\/[\w.-]{1,64})?$/,
  accepted: "a resource and what may be done with it, such as orders/read",
};
const PARAMETER: Form = {
  pattern: /^[A-Za-z0-9_.-]{1,64}$/,
  accepted: "1 to 64 letters, digits, dots, hyphens and underscores",
};
/** Source: API Gateway API Reference, CreateModel, `name`; terraform-linters/tflint-ruleset-aws#98 */
const MODEL: Form = { pattern: /^[A-Za-z0-9]{1,64}$/, accepted: "1 to 64 letters and digits" };

const nameOf = ({ method, path }: Pick<Route, "method" | "path">) => `${method} ${path}`;

/**
 * Checks the table as a whole: what a single row's type cannot say.
 *
 * @throws RouteError naming the route, the value received and the remedy
 */
export function checkRoutes(
  routes: readonly Route[],
  apiClients: readonly string[],
  corsOrigin?: string,
): void {
  if (routes.length === 0)
    throw new RouteError("the table of routes is empty: add a row to stacks/secure-edge/routes.ts");
  const agreed = new Agreement();
  const rows = new Set<string>();
  for (const route of routes) {
    const name = nameOf(route);
    checkTarget(route);
    if (rows.size === rows.add(name).size)
      throw new RouteError(`${name} is in the table twice: remove one row`);
    agreed.on(`${name}: the function ${route.functionName}`, route.functionName, route.handler);
    if (isSignedIn(route)) {
      checkSignIn(route);
      // With scopes the token is an access token, which has no audience to be checked.
      const kind = `${userPoolsOf(route).join(" and ")}${route.auth === "cognito-access-token" ? " with scopes" : ""}`;
      agreed.on(`${name}: the authorizer ${route.authorizer}`, `authorizer ${route.authorizer}`, kind);
    } else if (route.reason.trim() === "") {
      throw new RouteError(
        `${name} is open to anybody and gives no reason: say why, or give it an authorizer`,
      );
    }
    if (route.apiKeyRequired && apiClients.length === 0) {
      throw new RouteError(
        `${name} requires an API key, and nobody has one: name the clients in API_CLIENTS`,
      );
    }
    if (route.method === "OPTIONS" && corsOrigin !== undefined) {
      throw new RouteError(
        `${name}: with CORS_ORIGIN ${corsOrigin} API Gateway answers OPTIONS itself: remove the row, or unset CORS_ORIGIN`,
      );
    }
    for (const model of modelsOf(route))
      agreed.on(`${name}: the model ${model.name}`, `model ${model.name}`, JSON.stringify(model.schema));
  }
  checkPaths(routes);
}

/** What a body must be: the row's model, else the handler's; none where a request has no body. */
export function modelOf(route: Route): BodyModel | undefined {
  return takesBody(route) ? (route.body ?? handlers[route.handler].body) : undefined;
}

/** What a row's bodies and answers are described by. */
export function modelsOf(route: Route): readonly BodyModel[] {
  const answers = Object.values(handlers[route.handler].answers ?? {});
  return [modelOf(route), ...answers].filter((model) => model !== undefined && model !== "Error");
}

function checkTarget(route: Route): void {
  const name = nameOf(route);
  if (!HTTP_METHODS.includes(route.method)) {
    throw new RouteError(
      `${name}: the method ${JSON.stringify(route.method)} must be one of ${HTTP_METHODS.join(", ")}`,
    );
  }
  if (!/^(\/([\w.-]+|\{\w+\}))*\/([\w.-]+|\{\w+\+?\})$/.test(route.path)) {
    throw new RouteError(
      `${name}: the path must be segments of letters, digits, ., _ and -, or {parameters}, each after a slash; only the last may be {greedy+}`,
    );
  }
  check(`${name}: the function's name`, route.functionName, NAME);
  if (!Object.hasOwn(handlers, route.handler)) {
    throw new RouteError(
      `${name}: the handler ${JSON.stringify(route.handler)} is not in stacks/secure-edge/handlers: add it there, or name one of ${Object.keys(handlers).join(", ")}`,
    );
  }
  checkModel(route);
  for (const model of modelsOf(route)) check(`${name}: the model's name`, model.name, MODEL);
  checkParameters(route);
  if (route.method === "ANY" && route.throttle !== undefined) {
    // hashicorp/terraform-provider-aws#15855: "Invalid method setting path: /{proxy+}/ANY"
    throw new RouteError(
      `${name}: API Gateway does not take a limit for ANY: write a row for each method, or leave throttle out`,
    );
  }
}

function checkModel(route: Route): void {
  const name = nameOf(route);
  if (!takesBody(route) && route.body !== undefined) {
    throw new RouteError(
      `${name}: the model ${route.body.name} would refuse a request without a body: leave it out, or write a row for POST, PUT or PATCH`,
    );
  }
  if (!takesBody(route)) return;
  const model = modelOf(route);
  if (model === undefined) {
    throw new RouteError(
      `${name}: nothing says what its body must be: set body in the row or in stacks/secure-edge/handlers/${route.handler}.ts`,
    );
  }
}

/** Source of the last rule: localstack's AWS-validated tests, `test_method_request_parameters`. */
function checkParameters(route: Route): void {
  const name = nameOf(route);
  const declared = [...Object.keys(route.query ?? {}), ...Object.keys(route.headers ?? {})];
  for (const parameter of declared) check(`${name}: the parameter's name`, parameter, PARAMETER);
  const all = [...pathParametersOf(route), ...declared];
  const twice = all.find((parameter, index) => all.indexOf(parameter) < index);
  if (twice !== undefined) {
    throw new RouteError(
      `${name}: ${twice} is there twice, and path, query string and headers share their names: rename one`,
    );
  }
}

function checkSignIn(route: SignedInRoute): void {
  const name = nameOf(route);
  check(`${name}: the authorizer's name`, route.authorizer, NAME);
  const pools = userPoolsOf(route);
  if (pools.length === 0) throw new RouteError(`${name} names no user pool: say whose users may call it`);
  for (const pool of pools) check(`${name}: the user pool's name`, pool, HOST_NAME_PART);
  for (const group of groupsOf(route)) check(`${name}: the group's name`, group, GROUP);
  for (const scope of scopesOf(route)) check(`${name}: the scope`, scope, SCOPE);
  if (route.auth === "cognito-access-token" && route.scopes.length === 0) {
    throw new RouteError(
      `${name} takes access tokens and names no scope, so every one would do: name the scopes, or take ID tokens`,
    );
  }
}

/** Paths whose names in Terraform's state would be the same, and those that API Gateway does not tell apart. */
function checkPaths(routes: readonly Route[]): void {
  const byId = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const path of new Set(routes.flatMap(({ path }) => beginningsOf(path)))) {
    const other = byId.get(pathId(path));
    if (other !== undefined) {
      throw new RouteError(
        `${path} and ${other} would both be called ${pathId(path)} in Terraform's state: rename one, for instance with _ in place of a hyphen`,
      );
    }
    byId.set(pathId(path), path);
    const [, parent = "", part] = /^(.*)\/(\{\w+\+?\})$/.exec(path) ?? [];
    if (part === undefined) continue;
    const sibling = parameters.get(parent);
    if (sibling !== undefined) {
      // "A sibling ({id}) of this resource already has a variable path part -- only one is allowed", serverless#3075
      throw new RouteError(
        `${path}: API Gateway takes one parameter at a place, and ${parent}/${sibling} is there already: give both the same name`,
      );
    }
    parameters.set(parent, part);
  }
}

/** `/orders` and `/orders/{id}` of `/orders/{id}`. */
function beginningsOf(path: string): string[] {
  const parts = path.slice(1).split("/");
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function check(what: string, value: string, { pattern, accepted }: Form): void {
  if (!pattern.test(value)) throw new RouteError(`${what} ${JSON.stringify(value)} must be ${accepted}`);
}

/** One name must mean one thing in every row. */
class Agreement {
  private readonly seen = new Map<string, string>();

  on(what: string, key: string, value: string): void {
    const earlier = this.seen.get(key);
    if (earlier !== undefined && earlier !== value) {
      throw new RouteError(
        `${what} has ${earlier} in another row and ${value} here: give one of them another name`,
      );
    }
    this.seen.set(key, value);
  }
}
