import * as v from "valibot";
import { isSignedIn } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import { UserError } from "../common/command";
import type { Endpoints } from "../common/endpoints";
import { readOutputs } from "../common/terraform-outputs";

/** A deployment that answers requests: the local runtime's, or one on AWS. */
export interface Target {
  readonly kind: "local" | "aws";
  readonly invokeUrl: string;
  readonly region: string;
  /** Set for the local runtime: where its AWS APIs are. */
  readonly awsEndpointUrl?: string;
  /** Behind every physical name: empty in `development`. */
  readonly nameSuffix: string;
  readonly userPools: readonly TargetUserPool[];
}

export interface TargetUserPool {
  /** As the routes name it. */
  readonly name: string;
  readonly id: string;
  readonly clientId: string;
  /** A user to sign in with; where there is none, a temporary one is made and removed. */
  readonly user?: { readonly email: string; readonly password: string };
}

export function localTarget(endpoints: Endpoints): Target {
  const nameSuffix = suffixOf(endpoints.userPools.map(({ name }) => name));
  return {
    ...endpoints,
    kind: "local",
    nameSuffix,
    userPools: endpoints.userPools.map((pool) => ({
      ...pool,
      name: pool.name.slice(0, pool.name.length - nameSuffix.length),
    })),
  };
}

/** The local runtime knows physical names only: what they have behind the names in the table of routes. */
function suffixOf(poolNames: readonly string[]): string {
  for (const { userPool } of routes.filter(isSignedIn)) {
    const name = poolNames.find(
      (candidate) => candidate === userPool || candidate.startsWith(`${userPool}-`),
    );
    if (name !== undefined) return name.slice(userPool.length);
  }
  return "";
}

const outputsSchema = v.object({
  environment: v.string(),
  invoke_url: v.string(),
  region: v.string(),
  user_pools: v.record(v.string(), v.object({ id: v.string(), client_id: v.string() })),
});

/**
 * What Terraform's outputs say of a deployed environment.
 *
 * @param users by user pool, whom to sign in as
 * @param project the checkout from which it was deployed
 * @throws UserError when the environment is not deployed from this folder
 */
export async function awsTarget(
  environment: string,
  users: ReadonlyMap<string, { email: string; password: string }>,
  project?: string,
): Promise<Target> {
  const outputs = v.safeParse(outputsSchema, await readOutputs(environment, "secure-edge", project));
  if (!outputs.success || outputs.output.environment !== environment) {
    throw new UserError(
      `the environment ${environment} is not deployed from this folder: ENVIRONMENT=${environment} npm run deploy`,
    );
  }
  const { invoke_url, region, user_pools } = outputs.output;
  for (const pool of users.keys()) {
    if (user_pools[pool] === undefined)
      throw new UserError(`there is no user pool ${pool}; there are ${Object.keys(user_pools).join(", ")}`);
  }
  return {
    kind: "aws",
    invokeUrl: invoke_url,
    region,
    nameSuffix: environment === "development" ? "" : `-${environment}`,
    userPools: Object.entries(user_pools).map(([name, pool]) => {
      const user = users.get(name);
      return { name, id: pool.id, clientId: pool.client_id, ...(user ? { user } : {}) };
    }),
  };
}
