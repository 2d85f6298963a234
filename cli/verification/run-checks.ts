import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Credentials } from "../../local/command/credentials";
import { groupsOf, isSignedIn, type Route, scopesOf, userPoolsOf } from "../../stacks/secure-edge/route";
import { routes as allRoutes } from "../../stacks/secure-edge/routes";
import { clientConfig } from "../common/aws-clients";
import { ChallengeError, signIn, signInOnce, type Tokens } from "../common/sign-in";
import { nameAt, type Target, type TargetUserPool } from "../common/target";
import { type Check, check } from "./check";
import { accessTokenOfLoginPage } from "./login-form";
import { Observers } from "./observers";
import { type CheckTokens, type RouteCheckContext, routeChecks, SIGN_IN_SCOPE } from "./route-checks";
import { TemporaryUsers } from "./temporary-users";

export interface RunOptions {
  /** Called as soon as a row is known. */
  readonly onCheck?: (check: Check) => void;
  /** When it fires, no further request is made; what was created is removed. */
  readonly signal?: AbortSignal;
  /** @default the table of routes, as far as it is deployed */
  readonly routes?: readonly Route[];
}

/**
 * Runs the end-to-end check: every route refuses whoever it must refuse, serves whoever it must serve, and what it
 * forwarded arrives. A user that it had to create is removed at the end, whatever happens.
 *
 * @throws the signal's reason when it is aborted
 */
export async function runChecks(target: Target, options: RunOptions = {}): Promise<Check[]> {
  const { signal, onCheck } = options;
  const routes = options.routes ?? deployedRoutes(target);
  const cognito = new CognitoIdentityProviderClient(clientConfig(target));
  const observers = new Observers(target, signal);
  const temporaryUsers = new TemporaryUsers(cognito);
  const checks: Check[] = [];
  const withScopes = async (
    pool: TargetUserPool,
    user: Credentials,
    tokens: Tokens,
  ): Promise<CheckTokens> => {
    const { loginPageUrl, clientId } = pool;
    const scopes = scopesAsked(routes, pool.name);
    if (target.kind !== "local" || loginPageUrl === undefined || scopes.length === 0) return tokens;
    const place = { loginPageUrl, clientId };
    return { ...tokens, scopedToken: await accessTokenOfLoginPage(place, user, scopes, signal) };
  };
  const signInAsTemporaryUser = async (pool: TargetUserPool, group?: string) => {
    const user = await temporaryUsers.create(pool, group, signal);
    return withScopes(pool, user, await signInOnce(cognito, pool, user, signal));
  };
  try {
    const tokens = new Map<string, CheckTokens>();
    for (const pool of target.userPools) {
      signal?.throwIfAborted();
      const known = pool.user && (await signInIfItMay(cognito, pool, pool.user, target, signal));
      tokens.set(
        pool.name,
        pool.user && known ? await withScopes(pool, pool.user, known) : await signInAsTemporaryUser(pool),
      );
      for (const group of groupsAsked(routes, pool.name))
        tokens.set(`${pool.name} ${group}`, await signInAsTemporaryUser(pool, group));
    }
    const tokensOf: RouteCheckContext["tokensOf"] = (pool, group) => {
      const found = tokens.get(group === undefined ? pool : `${pool} ${group}`);
      if (found === undefined) throw new Error(`${target.invokeUrl} has no user pool ${pool}: deploy again`);
      return found;
    };
    for (const step of steps(routes, { target, observers, tokensOf, signal })) {
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

/** Every row, without those that a setting leaves out at the target. */
function deployedRoutes({ functions = [] }: Target): readonly Route[] {
  return allRoutes.filter(({ when, functionName }) => when === undefined || functions.includes(functionName));
}

/** One group of each route that asks for any: a user in it may call. */
function groupsAsked(routes: readonly Route[], pool: string): ReadonlySet<string> {
  const own = routes.filter((route) => isSignedIn(route) && userPoolsOf(route).includes(pool));
  return new Set(own.flatMap((route) => groupsOf(route).slice(0, 1)));
}

/** The scopes of routes for which a sign-in by password gives no token. */
function scopesAsked(routes: readonly Route[], pool: string): readonly string[] {
  const own = routes.filter((route) => isSignedIn(route) && userPoolsOf(route).includes(pool));
  return [
    ...new Set(
      own
        .map(scopesOf)
        .filter((scopes) => !scopes.includes(SIGN_IN_SCOPE))
        .flat(),
    ),
  ];
}

/** The tokens of a user that is there; `undefined` where the local runtime's own has no second factor, and needs one. */
async function signInIfItMay(
  cognito: CognitoIdentityProviderClient,
  pool: TargetUserPool,
  user: Credentials,
  { kind }: Target,
  signal: AbortSignal | undefined,
): Promise<Tokens | undefined> {
  try {
    return await signIn(cognito, pool, user, signal);
  } catch (error) {
    if (kind === "local" && error instanceof ChallengeError && error.challenge === "MFA_SETUP")
      return undefined;
    throw error;
  }
}

function* steps(routes: readonly Route[], context: RouteCheckContext): Generator<() => Promise<Check>> {
  for (const route of routes) yield* routeChecks(route, context);
  yield () => counted(context.target, context.observers);
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
