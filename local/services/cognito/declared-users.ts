import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { checkPassword, generatePassword } from "./password";
import { attributesOfNewUser } from "./user-attributes";
import type { UserPool, UserPools } from "./user-pool";

/**
 * Creates the groups and users that the deployment declares, as the provider does with CreateGroup, AdminCreateUser,
 * AdminSetUserPassword and AdminAddUserToGroup. What AWS refuses stops the start, with the resource's address. No trigger
 * runs for them: functions run once the runtime listens.
 */
export function createDeclaredUsers(deployment: Deployment, pools: UserPools): void {
  for (const group of deployment.ofType("aws_cognito_user_group")) createGroup(group, pools);
  for (const user of deployment.ofType("aws_cognito_user")) createUser(user, pools);
  for (const membership of deployment.ofType("aws_cognito_user_in_group")) addToGroup(membership, pools);
}

function createGroup(group: Resource, pools: UserPools): void {
  const pool = poolOf(group, pools);
  const settings = {
    description: group.optionalString("description"),
    roleArn: group.optionalString("role_arn"),
    precedence: group.has("precedence") ? group.number("precedence", 0) : undefined,
  };
  const name = group.string("name");
  attempt(group, "name", () => pool.groups.create(name, settings, pool.clock.now()));
}

function createUser(resource: Resource, pools: UserPools): void {
  const pool = poolOf(resource, pools);
  const { passwordPolicy, temporaryPasswordValidityDays } = pool.settings;
  const username = resource.string("username");
  const permanent = resource.optionalString("password");
  const temporary = resource.optionalString("temporary_password");
  const given = permanent ?? temporary;
  const key = permanent === undefined ? "temporary_password" : "password";
  if (given !== undefined) {
    attempt(resource, key, () => checkPassword(given, passwordPolicy, "password policy"));
  }
  const password = given ?? generatePassword(passwordPolicy);
  const now = pool.clock.now();
  const user = attempt(resource, "username", () => {
    if (pool.users.find(username) !== undefined) throw new Error("the pool has a user of that name");
    const { sub: _computed, ...attributes } = resource.stringMap("attributes");
    return pool.users.create(
      {
        username,
        attributes: attributesOfNewUser(pool.settings, username, new Map(Object.entries(attributes))),
        status: permanent === undefined ? "FORCE_CHANGE_PASSWORD" : "CONFIRMED",
        password,
        ...(permanent === undefined
          ? { temporaryPasswordUntil: now + temporaryPasswordValidityDays * 86_400_000 }
          : {}),
        sub: resource.string("sub"),
      },
      now,
    );
  });
  user.enabled = resource.boolean("enabled", true);
  const email = user.attributes.get("email");
  const isSent = resource.optionalString("message_action") !== "SUPPRESS" && permanent === undefined;
  if (isSent && email !== undefined) pool.deliver(user, email, password, "invitation");
}

function addToGroup(membership: Resource, pools: UserPools): void {
  const pool = poolOf(membership, pools);
  const username = membership.string("username");
  const groupName = membership.string("group_name");
  const user = pool.users.find(username);
  if (user === undefined) membership.fail("username", "a user of the pool");
  else attempt(membership, "group_name", () => pool.groups.require(groupName).members.add(user));
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
