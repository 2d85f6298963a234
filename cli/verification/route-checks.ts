import { isDeepStrictEqual } from "node:util";
import { isObject, parseJson } from "../../local/kernel/json";
import type { Example } from "../../stacks/secure-edge/handler-definition";
import { handlers } from "../../stacks/secure-edge/handlers";
import {
  groupsOf,
  isSignedIn,
  type Route,
  type SignedInRoute,
  scopesOf,
  takesBody,
  userPoolsOf,
} from "../../stacks/secure-edge/route";
import { ANSWER_TIMEOUT_MS } from "../common/aws-clients";
import type { Tokens } from "../common/sign-in";
import { nameAt, type Target } from "../common/target";
import { type Check, check } from "./check";
import type { Observers } from "./observers";

const UNAUTHORIZED = '401 {"message":"Unauthorized"}';
const FORBIDDEN = '403 {"message":"Forbidden"}';

/** The scope of every access token that a sign-in by password gives; others come from the login page alone. */
export const SIGN_IN_SCOPE = "aws.cognito.signin.user.admin";

/** What a user has to call with. */
export interface CheckTokens extends Tokens {
  /** An access token with every scope that a route of the pool asks for. @default none could be had */
  readonly scopedToken?: string | undefined;
}

/** What the rows of a route need. */
export interface RouteCheckContext {
  readonly target: Target;
  readonly observers: Observers;
  /** The tokens of a user of the pool; with a group, of a user in that group. */
  readonly tokensOf: (pool: string, group?: string) => CheckTokens;
  readonly signal: AbortSignal | undefined;
}

/** What a request of the check carries besides its example. */
interface Credentials {
  readonly token?: string | undefined;
  readonly apiKey?: string | undefined;
}

/**
 * The rows of one route: it refuses whoever it must refuse, serves its own example, what that leads to is in the logs, and
 * API Gateway's own test of the method passes.
 */
export function* routeChecks(route: Route, context: RouteCheckContext): Generator<() => Promise<Check>> {
  const { target, tokensOf, observers } = context;
  const [apiKey] = route.apiKeyRequired ? (target.apiKeys ?? []) : [];
  const refusal = (who: string, expected: string, credentials: Credentials) =>
    check(
      `${route.path} refuses ${who}`,
      `${route.method} ${route.path}, ${who}`,
      heard(route, expected),
      () => send(route, exampleOf(route, target, "Mallory"), credentials, context),
    );
  if (isSignedIn(route)) {
    for (const { who, token } of strangers(route, context))
      yield () => refusal(who, UNAUTHORIZED, { token, apiKey });
    const [pool = ""] = userPoolsOf(route);
    if (groupsOf(route).length > 0) {
      const who = `a user of ${pool} in none of its groups`;
      yield () => refusal(who, FORBIDDEN, { token: usable(route, tokensOf(pool)), apiKey });
    }
    if (usable(route, tokensOf(pool)) === undefined) {
      const token = `an access token with ${scopesOf(route).join(" or ")}`;
      yield async () =>
        skipped(
          route,
          token,
          "the password alone gets none: sign in on the login page (output login_page_url), and call it by hand",
        );
      return;
    }
  }
  for (const { who, token } of callers(route, context)) {
    if (route.apiKeyRequired) {
      yield () => refusal(`${who}, no API key`, FORBIDDEN, { token });
      yield () => refusal(`${who}, a bad API key`, FORBIDDEN, { token, apiKey: "not-a-key" });
    }
    const example = exampleOf(route, target, `Ada-${Date.now().toString(36)}-${route.functionName}`);
    yield () => serves(route, who, example, () => send(route, example, { token, apiKey }, context));
    for (const { functionName, text } of example.logs ?? []) {
      yield () =>
        check(`${route.path} reaches ${functionName}`, `the log of ${functionName}`, text, async () =>
          (await observers.logLine(functionName, text)) === undefined ? "no such line" : text,
        );
    }
  }
  // API Gateway's test has no claims for a function that asks for groups, and no method that means several.
  if (route.method === "ANY" || groupsOf(route).length > 0) return;
  yield () => methodTest(route, context);
}

/** The answer to HEAD has no body. */
function heard({ method }: Route, answer: string): string {
  return method === "HEAD" ? answer.replace(/ .*/, "") : answer;
}

/** Callers without a token, or with one that the route does not take. */
function* strangers(
  route: SignedInRoute,
  { target, tokensOf }: RouteCheckContext,
): Generator<{ readonly who: string; readonly token?: string }> {
  yield { who: "no token" };
  yield { who: "a bad token", token: "not-a-token" };
  const own = userPoolsOf(route);
  for (const { name } of target.userPools) {
    const { idToken } = tokensOf(name);
    if (!own.includes(name)) yield { who: `a token of ${name}`, token: idToken };
    else if (route.auth === "cognito-access-token") yield { who: `an ID token of ${name}`, token: idToken };
  }
}

/** One of each pool that the route takes users of. */
function callers(
  route: Route,
  { tokensOf }: RouteCheckContext,
): { readonly who: string; readonly token?: string | undefined }[] {
  if (!isSignedIn(route)) return [{ who: "no token" }];
  const [group] = groupsOf(route);
  return userPoolsOf(route).map((pool) => ({
    who: `a token of ${pool}${group === undefined ? "" : ` in ${group}`}`,
    token: usable(route, tokensOf(pool, group)),
  }));
}

/** The token that the route takes; `undefined` where neither the password nor the login page gave one with its scopes. */
function usable(
  route: SignedInRoute,
  { idToken, accessToken, scopedToken }: CheckTokens,
): string | undefined {
  if (route.auth === "cognito-id-token") return idToken;
  return route.scopes.includes(SIGN_IN_SCOPE) ? accessToken : scopedToken;
}

function exampleOf(route: Route, target: Target, word: string): Example {
  const { example } = { ...handlers[route.handler], ...(route.example && { example: route.example }) };
  return example({
    functionName: nameAt(target, route.functionName),
    nameOf: (name) => nameAt(target, name),
    word,
  });
}

function serves(route: Route, who: string, { answer }: Example, ask: () => Promise<string>): Promise<Check> {
  const request = `${route.method} ${route.path}, ${who}`;
  return check(`${route.path} serves ${who}`, request, describe(answer), ask, (got) => fits(answer, got));
}

function methodTest(route: Route, { target, observers }: RouteCheckContext): Promise<Check> {
  const example = exampleOf(route, target, "Grace");
  const { answer } = example;
  return check(
    `${route.path} passes API Gateway's own test`,
    `TestInvokeMethod ${route.method} ${route.path}`,
    describe(answer),
    async () => {
      const { status, body } = await observers.testMethod(nameAt(target, "SecureLambdaAPI"), {
        method: route.method,
        resourcePath: route.path,
        pathWithQuery: pathOf(route, example),
        headers: { "Content-Type": "application/json", ...example.headers },
        body: takesBody(route) ? JSON.stringify(example.body) : undefined,
      });
      return `${status} ${body}`;
    },
    (got) => fits(answer, got),
  );
}

function skipped(route: Route, who: string, note: string): Check {
  const request = `${route.method} ${route.path}, ${who}`;
  return { name: `${route.path} serves ${who}`, request, expected: "", got: "", outcome: "skipped", note };
}

/** Sends the example to the route; resolves with status and body: `401 {"message":"Unauthorized"}`. */
async function send(
  route: Route,
  example: Example,
  { token, apiKey }: Credentials,
  { target, signal }: RouteCheckContext,
): Promise<string> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const method = route.method === "ANY" ? (example.method ?? "GET") : route.method;
  const hasBody = /^(POST|PUT|PATCH)$/.test(method) && example.body !== undefined;
  const answer = await fetch(`${target.invokeUrl}${pathOf(route, example)}`, {
    method,
    headers: {
      ...(hasBody ? { "Content-Type": "application/json" } : {}),
      ...example.headers,
      ...(token === undefined ? {} : { Authorization: token }),
      ...(apiKey === undefined ? {} : { "x-api-key": apiKey }),
    },
    body: hasBody ? JSON.stringify(example.body) : undefined,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  return `${answer.status} ${await answer.text()}`.trimEnd();
}

/** The path with the example's parameters, and its query string. */
function pathOf({ path }: Route, { path: parameters = {}, query = {} }: Example): string {
  const filled = path.replace(/\{(\w+)(\+?)\}/g, (_whole, name: string, greedy: string) => {
    const value = parameters[name] ?? "1";
    return greedy === "" ? encodeURIComponent(value) : value.split("/").map(encodeURIComponent).join("/");
  });
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

/** `200 {"currency":"EUR","rate":/^\d/}` */
function describe({ status, body = {} }: Example["answer"]): string {
  const members = Object.entries(body).map(
    ([name, value]) =>
      `${JSON.stringify(name)}:${value instanceof RegExp ? String(value) : JSON.stringify(value)}`,
  );
  return members.length === 0 ? String(status) : `${status} {${members.join(",")}}`;
}

/** Whether an answer has the status and every member that it must have; it may have others. */
function fits({ status, body = {} }: Example["answer"], got: string): boolean {
  const space = got.indexOf(" ");
  if ((space < 0 ? got : got.slice(0, space)) !== String(status)) return false;
  const wanted = Object.entries(body);
  if (wanted.length === 0) return true;
  const answer = parseJson(space < 0 ? "" : got.slice(space + 1));
  const parsed = isObject(answer) ? answer : {};
  return wanted.every(([name, value]) =>
    value instanceof RegExp ? value.test(String(parsed[name])) : isDeepStrictEqual(parsed[name], value),
  );
}
