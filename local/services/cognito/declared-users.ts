import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { Kept } from "../../kernel/kept";
import { checkPassword, generatePassword } from "./password";
import { attributesOfNewUser } from "./user-attributes";
import type { UserPool, UserPools } from "./user-pool";

/**
 * Creates the groups and users that the deployment declares, as the provider does with CreateGroup, AdminCreateUser,
 * AdminSetUserPassword and AdminAddUserToGroup; once, however often the deployment is served again. What AWS refuses stops
 * the start, with the resource's address. No trigger runs for them: functions run once the runtime listens.
 */
export function createDeclaredUsers(deployment: Deployment, pools: UserPools, kept: Kept): void {
  const created = kept.of("users and groups that were declared", () => new Set<string>());
  const create = (type: string, read: (resource: Resource, pools: UserPools) => () => void) => {
    for (const resource of deployment.ofType(type)) {
      const act = read(resource, pools);
      if (!created.has(resource.location)) act();
      created.add(resource.location);
    }
  };
  create("aws_cognito_user_group", readGroup);
  create("aws_cognito_user", readUser);
  create("aws_cognito_user_in_group", readMembership);
}

/** @returns what creates it */
function readGroup(group: Resource, pools: UserPools): () => void {
  const pool = poolOf(group, pools);
  const settings = {
    description: group.optionalString("description"),
    roleArn: group.optionalString("role_arn"),
    precedence: group.has("precedence") ? group.number("precedence", 0) : undefined,
  };
  const name = group.string("name");
  return () => attempt(group, "name", () => pool.groups.create(name, settings, pool.clock.now()));
}

function readUser(resource: Resource, pools: UserPools): () => void {
  const pool = poolOf(resource, pools);
  const { passwordPolicy, temporaryPasswordValidityDays } = pool.settings;
  const username = resource.string("username");
  const permanent = resource.optionalString("password");
  const temporary = resource.optionalString("temporary_password");
  const { sub: _computed, ...attributes } = resource.stringMap("attributes");
  const sub = resource.string("sub");
  const enabled = resource.boolean("enabled", true);
  const isInvited = resource.optionalString("message_action") !== "SUPPRESS" && permanent === undefined;
  return () => {
    const given = permanent ?? temporary;
    const key = permanent === undefined ? "temporary_password" : "password";
    if (given !== undefined)
      attempt(resource, key, () => checkPassword(given, passwordPolicy, "password policy"));
    const password = given ?? generatePassword(passwordPolicy);
    const now = pool.clock.now();
    const user = attempt(resource, "username", () => {
      if (pool.users.find(username) !== undefined) throw new Error("the pool has a user of that name");
      return pool.users.create(
        {
          username,
          attributes: attributesOfNewUser(pool.settings, username, new Map(Object.entries(attributes))),
          status: permanent === undefined ? "FORCE_CHANGE_PASSWORD" : "CONFIRMED",
          password,
          ...(permanent === undefined
            ? { temporaryPasswordUntil: now + temporaryPasswordValidityDays * 86_400_000 }
            : {}),
          sub,
        },
        now,
      );
    });
    user.enabled = enabled;
    const email = user.attributes.get("email");
    if (isInvited && email !== undefined) pool.deliver(user, email, password, "invitation");
  };
}

function readMembership(membership: Resource, pools: UserPools): () => void {
  const pool = poolOf(membership, pools);
  const username = membership.string("username");
  const groupName = membership.string("group_name");
  return () => {
    const user = pool.users.find(username);
    if (user === undefined) membership.fail("username", "a user of the pool");
    else attempt(membership, "group_name", () => pool.groups.require(groupName).members.add(user));
  };
}

function poolOf(resource: Resource, pools: UserPools): UserPool {
  const id = resource.string("user_pool_id");
  return pools.all.find(({ settings }) => settings.id === id) ?? resource.fail("user_pool_id", "a user pool");
}

/** Names the attribute, and never its value: it may be a password. */
function attempt<T>(resource: Resource, key: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeploymentError(`${resource.address}: ${key} is refused by Cognito: ${reason.trim()}`);
  }
}
