import { UsageError } from "../common/command";
import type { Credentials } from "../common/credentials";
import { DEFAULT_ENDPOINTS_FILE, readEndpoints } from "../common/endpoints";
import { awsTarget, localTarget, type Target, type TargetUserPool } from "./target";

/** The options with which `token` and `user` name a user pool. */
export const targetOptions = {
  pool: { type: "string" },
  endpoints: { type: "string" },
  environment: { type: "string" },
} as const;

/** The target that a call names: the local runtime's, unless it names an environment. */
export async function readTarget(
  values: { readonly endpoints?: string; readonly environment?: string },
  project: string,
  users: ReadonlyMap<string, Credentials> = new Map(),
): Promise<Target> {
  if (values.environment === undefined)
    return localTarget(readEndpoints(values.endpoints ?? DEFAULT_ENDPOINTS_FILE));
  if (values.endpoints !== undefined) {
    throw new UsageError("--endpoints and --environment name two different targets: give one of them");
  }
  return awsTarget(values.environment, users, project);
}

/**
 * Finds a user pool by its name in the routes, or by the one that it has in the environment.
 *
 * @throws UsageError naming the pools that there are
 */
export function findUserPool(target: Target, name: string | undefined): TargetUserPool {
  const pool = target.userPools.find(
    (candidate) => name === candidate.name || name === `${candidate.name}${target.nameSuffix}`,
  );
  if (pool) return pool;
  const names = target.userPools.map((candidate) => candidate.name).join(", ");
  throw new UsageError(
    name === undefined
      ? `--pool is missing; there are ${names}`
      : `there is no user pool ${name}; there are ${names}`,
  );
}

/** The credentials given, else those of the user that `npm start` made. */
export function requireCredentials(
  pool: TargetUserPool,
  values: { email?: string; password?: string },
): Credentials {
  const email = values.email ?? pool.user?.email;
  const password = values.password ?? (values.email === undefined ? pool.user?.password : undefined);
  if (email === undefined) throw new UsageError("--email and --password are missing");
  if (password === undefined) throw new UsageError("--password is missing");
  return { email, password };
}
