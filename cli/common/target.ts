import * as v from "valibot";
import type { CommandContext } from "../../local/command/command";
import type { Credentials } from "../../local/command/credentials";
import { DEFAULT_ENDPOINTS_FILE, type Endpoints, readEndpoints } from "../../local/command/endpoints";
import { UsageError, UserError } from "../../local/kernel/user-error";
import { physicalName } from "../../stacks/common/names";
import { isSignedIn, userPoolsOf } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import { chooseDeployment } from "./deployment-choice";
import { readOutputs } from "./terraform-outputs";

/** A deployment that answers requests: the local runtime's, or one on AWS. */
export interface Target {
  readonly kind: "local" | "aws";
  readonly invokeUrl: string;
  readonly region: string;
  /** Set for the local runtime: where its AWS APIs are. */
  readonly awsEndpointUrl?: string;
  /** What every physical name has around the name in the stacks. */
  readonly affixes: Affixes;
  readonly userPools: readonly TargetUserPool[];
  /** The functions that are there, as the routes name them. @default unknown */
  readonly functions?: readonly string[] | undefined;
  /** The API clients' keys, for routes that require one. @default none */
  readonly apiKeys?: readonly string[] | undefined;
}

/** Hyphens included: `acme-` before `ExternalLambda1`, `-staging` after it. */
export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

/** What AWS knows it by at the target. */
export function nameAt({ affixes }: Pick<Target, "affixes">, name: string): string {
  return `${affixes.prefix}${name}${affixes.suffix}`;
}

export interface TargetUserPool {
  /** As the routes name it. */
  readonly name: string;
  readonly id: string;
  readonly clientId: string;
  /** `https://…/login?client_id=…`; `undefined` for a pool that has none. */
  readonly loginPageUrl?: string;
  /** Where the login page may send a user back to, as the outputs say; locally the pool's client knows. */
  readonly callbackUrls?: readonly string[];
  /** A user to sign in with; where there is none, a temporary one is created and removed. */
  readonly user?: Credentials;
}

/** The options with which a call names a target. */
export interface TargetWords {
  readonly endpoints?: string | undefined;
  readonly environment?: string | undefined;
}

/** The target that a call names: the local runtime's, unless it names an environment. */
export async function readTarget(
  { endpoints, environment }: TargetWords,
  context: Pick<CommandContext, "project" | "signal">,
  users: ReadonlyMap<string, Credentials> = new Map(),
): Promise<Target> {
  if (environment === undefined) return localTarget(readEndpoints(endpoints ?? DEFAULT_ENDPOINTS_FILE));
  if (endpoints !== undefined) {
    throw new UsageError("--endpoints and --environment name two different targets: give one of them");
  }
  return awsTarget(environment, users, context);
}

/** The target that a running local runtime is. */
export function localTarget(endpoints: Endpoints): Target {
  const affixes = affixesOf(endpoints.userPools.map(({ name }) => name));
  const bare = (name: string) => name.slice(affixes.prefix.length, name.length - affixes.suffix.length);
  return {
    ...endpoints,
    kind: "local",
    affixes,
    userPools: endpoints.userPools.map((pool) => ({ ...pool, name: bare(pool.name) })),
    functions: endpoints.functions?.map(bare),
  };
}

/** The local runtime knows physical names only: what they add to the names in the table of routes. */
function affixesOf(poolNames: readonly string[]): Affixes {
  for (const userPool of routes.filter(isSignedIn).flatMap(userPoolsOf)) {
    for (const poolName of poolNames) {
      const affixes = affixesIn(poolName, userPool);
      if (affixes !== undefined) return affixes;
    }
  }
  return { prefix: "", suffix: "" };
}

function affixesIn(physical: string, name: string): Affixes | undefined {
  const [, prefix, suffix] = new RegExp(`^(|.+-)${name}(|-.+)$`).exec(physical) ?? [];
  return prefix === undefined || suffix === undefined ? undefined : { prefix, suffix };
}

const outputsSchema = v.object({
  environment: v.string(),
  invoke_url: v.string(),
  region: v.string(),
  user_pools: v.record(
    v.string(),
    v.object({
      id: v.string(),
      client_id: v.string(),
      login_page_url: v.optional(v.string()),
      callback_urls: v.optional(v.array(v.string())),
    }),
  ),
  function_log_groups: v.optional(v.record(v.string(), v.string()), {}),
  api_keys: v.optional(v.record(v.string(), v.string()), {}),
});

/**
 * What Terraform's outputs say of a deployed environment.
 *
 * @param users by user pool, whom to sign in as
 * @param project the checkout from which it was deployed
 * @throws UserError when the environment is not deployed from this folder
 */
async function awsTarget(
  environment: string,
  users: ReadonlyMap<string, Credentials>,
  context: Pick<CommandContext, "project" | "signal">,
): Promise<Target> {
  const choice = chooseDeployment({ environment, target: "aws" }, process.env);
  const outputs = v.safeParse(outputsSchema, await readOutputs(choice, "secure-edge", context));
  if (!outputs.success || outputs.output.environment !== environment) {
    throw new UserError(
      `the environment ${environment} is not deployed from this folder: ENVIRONMENT=${environment} npm run deploy`,
    );
  }
  const { invoke_url, region, user_pools, function_log_groups, api_keys } = outputs.output;
  for (const pool of users.keys()) {
    if (user_pools[pool] === undefined)
      throw new UserError(`there is no user pool ${pool}; there are ${Object.keys(user_pools).join(", ")}`);
  }
  return {
    kind: "aws",
    invokeUrl: invoke_url,
    region,
    affixes: affixesOf(Object.keys(user_pools).map((name) => physicalName(choice, name))),
    userPools: Object.entries(user_pools).map(([name, pool]) => {
      const user = users.get(name);
      return {
        name,
        id: pool.id,
        clientId: pool.client_id,
        ...(pool.login_page_url === undefined ? {} : { loginPageUrl: pool.login_page_url }),
        ...(pool.callback_urls === undefined ? {} : { callbackUrls: pool.callback_urls }),
        ...(user ? { user } : {}),
      };
    }),
    functions: Object.keys(function_log_groups),
    apiKeys: Object.values(api_keys),
  };
}

/**
 * Finds a user pool by its name in the routes, or by the one that it has in the environment.
 *
 * @throws UsageError naming the pools that there are
 */
export function findUserPool(target: Target, name: string | undefined): TargetUserPool {
  const pool = target.userPools.find(
    (candidate) => name === candidate.name || name === nameAt(target, candidate.name),
  );
  if (pool) return pool;
  const names = target.userPools.map((candidate) => candidate.name).join(", ");
  throw new UsageError(
    name === undefined
      ? `--pool is missing; there are ${names}`
      : `there is no user pool ${name}; there are ${names}`,
  );
}

/** The credentials given, else those of the user that `npm start` created. */
export function requireCredentials(
  pool: TargetUserPool,
  values: { readonly email?: string | undefined; readonly password?: string | undefined },
): Credentials {
  const email = values.email ?? pool.user?.email;
  const password = values.password ?? (values.email === undefined ? pool.user?.password : undefined);
  if (email === undefined) throw new UsageError("--email and --password are missing");
  if (password === undefined) throw new UsageError("--password is missing");
  return { email, password };
}
