import { UsageError } from "../common/command";
import { DEFAULT_ENDPOINTS_FILE, readEndpoints } from "../common/endpoints";
import type { Credentials } from "../common/sign-in";
import { awsTarget, localTarget, type Target, type TargetUserPool } from "./target";

/** The options with which `token` and `user` name a user pool. */
export const targetOptions = {
  pool: { type: "string" },
  endpoints: { type: "string" },
  environment: { type: "string" },
} as const;

export async function readTarget(values: { endpoints?: string; environment?: string }): Promise<Target> {
  if (values.environment === undefined)
    return localTarget(readEndpoints(values.endpoints ?? DEFAULT_ENDPOINTS_FILE));
  if (values.endpoints !== undefined) {
    throw new UsageError("--endpoints and --environment name two different targets: give one of them");
  }
  return awsTarget(values.environment, new Map());
}

/** @throws UsageError naming the pools that there are */
export function findUserPool(target: Target, name: string | undefined): TargetUserPool {
  const pool = target.userPools.find((candidate) => candidate.name === name);
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
  if (email === undefined || password === undefined)
    throw new UsageError("--email and --password are missing");
  return { email, password };
}
