import type { Config } from "./config";
import { NameError } from "./errors";

/** What tells the deployments of one account apart. */
export type Naming = Pick<Config, "namePrefix" | "environment" | "region">;

/** The environment and the region whose names and state carry no addition. */
const STANDARD = { environment: "development", region: "us-east-1" };

/** IAM's limit. Source: "IAM and AWS STS quotas", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_ROLE_NAME = 64;

/**
 * The name that AWS knows a thing by: the author's own in `development`, with the environment after it in every other
 * one and the prefix, where there is one, before it, so that several deployments fit into one account.
 */
export function physicalName({ namePrefix, environment }: Naming, name: string): string {
  const suffix = environment === STANDARD.environment ? "" : environment;
  return [namePrefix, name, suffix].filter(Boolean).join("-");
}

/**
 * The name of a role. Roles belong to the whole account, so outside `us-east-1` the region is in it as well.
 *
 * @throws NameError where it is longer than IAM takes
 */
export function roleName(naming: Naming, name: string): string {
  const region = naming.region === STANDARD.region ? "" : naming.region;
  const role = [physicalName(naming, name), region, "role"].filter(Boolean).join("-");
  if (role.length > LONGEST_ROLE_NAME) {
    throw new NameError(
      `the role ${JSON.stringify(role)} has ${role.length} characters, IAM takes ${LONGEST_ROLE_NAME}: shorten NAME_PREFIX, ENVIRONMENT or the function's name`,
    );
  }
  return role;
}

/**
 * Where the deployment's states and its output folder are, as segments of a path: the environment alone, and what
 * differs from the standard after it.
 */
export function deploymentPath({ namePrefix, environment, region }: Naming): readonly string[] {
  if (namePrefix !== "") return [environment, region, namePrefix];
  return region === STANDARD.region ? [environment] : [environment, region];
}

/**
 * A secret's name, and how long it can be restored. A name stays taken until that time is over: where there is any, the name
 * gets a suffix of its own, so that a new deployment does not run into it.
 */
export function secretNaming(name: string, recoveryDays: number) {
  const named = recoveryDays === 0 ? { name } : { namePrefix: `${name}-` };
  return { ...named, recoveryWindowInDays: recoveryDays };
}
