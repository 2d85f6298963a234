import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { isSignedIn, type Route } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import { ANSWER_TIMEOUT_MS, clientConfig } from "../common/aws-clients";
import type { Credentials } from "../common/credentials";
import { ChallengeError, signIn, signInOnce } from "../common/sign-in";
import { nameAt, type Target, type TargetUserPool } from "../common/target";
import { type Check, check } from "./check";
import { Observers } from "./observers";
import { TemporaryUsers } from "./temporary-users";

const UNAUTHORIZED = '401 {"message":"Unauthorized"}';

export interface RunOptions {
  /** Called as soon as a row is known. */
  readonly onCheck?: (check: Check) => void;
  /** When it fires, no further request is sent; what was created is removed. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the end-to-end check: every route refuses whoever it must refuse, serves whoever it must serve, and what it
 * forwarded arrives. A user that it had to make is removed at the end, whatever happens.
 *
 * @throws the signal's reason when it is aborted
 */
export async function runChecks(target: Target, options: RunOptions = {}): Promise<Check[]> {
  const { signal, onCheck } = options;
  const cognito = new CognitoIdentityProviderClient(clientConfig(target));
  const observers = new Observers(target, signal);
  const temporaryUsers = new TemporaryUsers(cognito);
  const checks: Check[] = [];
  const signInAsTemporaryUser = async (pool: TargetUserPool) =>
    signInOnce(cognito, pool, await temporaryUsers.create(pool, signal), signal);
  try {
    const tokens = new Map<string, string>();
    for (const pool of target.userPools) {
      signal?.throwIfAborted();
      const known = pool.user && (await signInIfItMay(cognito, pool, pool.user, target, signal));
      tokens.set(pool.name, known ?? (await signInAsTemporaryUser(pool)));
    }
    for (const step of steps(target, tokens, observers, signal)) {
      const result = await step();
      signal?.throwIfAborted();
      checks.push(result);
      onCheck?.(result);
    }
    return checks;
  } finally {
    await temporaryUsers.removeAll();
    cognito.destroy();
    observers.close();
  }
}

/** The token of a user that is there; `undefined` where the local runtime's own has no second factor, and needs one. */
async function signInIfItMay(
  cognito: CognitoIdentityProviderClient,
  pool: TargetUserPool,
  user: Credentials,
  { kind }: Target,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return await signIn(cognito, pool, user, signal);
  } catch (error) {
    if (kind === "local" && error instanceof ChallengeError && error.challenge === "MFA_SETUP")
      return undefined;
    throw error;
  }
}

function* steps(
  target: Target,
  tokens: ReadonlyMap<string, string>,
  observers: Observers,
  signal: AbortSignal | undefined,
): Generator<() => Promise<Check>> {
  const send: Send = (route, name, token) => request(target, route, name, token, signal);
  for (const route of routes) {
    if (isSignedIn(route)) {
      yield () => refusal(send, route, "no token");
      yield () => refusal(send, route, "a bad token", "not-a-token");
      for (const [pool, token] of tokens) {
        if (pool !== route.userPool) yield () => refusal(send, route, `a token of ${pool}`, token);
      }
    }
    const name = `Ada-${Date.now().toString(36)}-${route.functionName}`;
    const token = isSignedIn(route) ? tokens.get(route.userPool) : undefined;
    yield () => greeting(target, send, route, name, token);
    yield () => forwarded(target, route, name, observers);
    yield () => methodTest(target, route, observers);
  }
  yield () => counted(target, observers);
}

/** Sends a name to a route; resolves with status and body: `401 {"message":"Unauthorized"}`. */
type Send = (route: Route, name: string, token?: string) => Promise<string>;

function refusal(send: Send, route: Route, who: string, token?: string): Promise<Check> {
  return check(`${route.path} refuses ${who}`, `${route.method} ${route.path}, ${who}`, UNAUTHORIZED, () =>
    send(route, "Mallory", token),
  );
}

function greeting(target: Target, send: Send, route: Route, name: string, token?: string): Promise<Check> {
  const who = isSignedIn(route) ? `a token of ${route.userPool}` : "no token";
  return check(
    `${route.path} serves ${who}`,
    `${route.method} ${route.path}, ${who}`,
    `200 ${greetingOf(target, route, name)}`,
    async () => messageOnly(await send(route, name, token)),
  );
}

function forwarded(target: Target, route: Route, name: string, observers: Observers): Promise<Check> {
  const internal = nameAt(target, "InternalLambda");
  const text = `Hello ${name}. Greetings from ${internal}!`;
  return check(`${route.path} reaches ${internal}`, `the log of ${internal}`, text, async () => {
    return (await observers.logLine(internal, text)) === undefined ? "no such line" : text;
  });
}

function methodTest(target: Target, route: Route, observers: Observers): Promise<Check> {
  const request = `TestInvokeMethod ${route.method} ${route.path}`;
  return check(
    `${route.path} passes API Gateway's own test`,
    request,
    `200 ${greetingOf(target, route, "Grace")}`,
    async () => {
      const apiName = nameAt(target, "SecureLambdaAPI");
      const answer = await observers.testMethod(
        apiName,
        route.method,
        route.path,
        JSON.stringify({ name: "Grace" }),
      );
      return messageOnly(`${answer.status} ${answer.body}`);
    },
  );
}

async function counted(target: Target, observers: Observers): Promise<Check> {
  const name = "the web ACL sees the IP set";
  const webAclName = nameAt(target, "SecureLambdaWebACL");
  const request = `sampled requests of ${webAclName}-SourceIp`;
  const result = await check(name, request, "at least 1", async () => {
    const count = await observers.sampledRequests(webAclName, "SourceIp");
    return count > 0 ? "at least 1" : "0";
  });
  if (target.kind === "local" || result.got !== "0") return result;
  return {
    ...result,
    outcome: "skipped",
    note: "is your address in IP_SET_CIDRS? Samples can take minutes to appear.",
  };
}

function greetingOf(target: Target, route: Route, name: string): string {
  return `Hello ${name}. Greetings from ${nameAt(target, route.functionName)}! Message forwarded to InternalLambda.`;
}

async function request(
  target: Target,
  route: Route,
  name: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const answer = await fetch(`${target.invokeUrl}${route.path.replace(/\{[^}]+\}/g, "1")}`, {
    method: route.method,
    headers: { "Content-Type": "application/json", ...(token === undefined ? {} : { Authorization: token }) },
    body: JSON.stringify({ name }),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  return `${answer.status} ${await answer.text()}`;
}

/** The answer with the message in place of its JSON body, because the message's id differs each time. */
function messageOnly(answer: string): string {
  const found = /^(\d+) (\{.*\})$/s.exec(answer);
  if (!found?.[2]) return answer;
  const body: unknown = JSON.parse(found[2]);
  const message =
    typeof body === "object" && body !== null && "message" in body ? String(body.message) : found[2];
  return `${found[1]} ${message}`;
}
