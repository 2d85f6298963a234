import type { Operation, Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Members } from "../../../kernel/input";
import { attributesIn } from "../parameters";
import { checkPassword, generatePassword, hashPassword } from "../password";
import { attributesOfNewUser, checkUpdate } from "../user-attributes";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, poolOperation, userOperation } from "./access";
import { removeUser } from "./own-account";
import { attributeList, mfaSettings, userSummary } from "./shapes";
import { confirm } from "./sign-up";

/** What administrators do with the users of a pool; each needs the permission of its name on the pool. */
export const administrationOperations: Operations<Directory> = {
  AdminCreateUser: poolOperation("AdminCreateUser", createUser),
  AdminSetUserPassword: change("AdminSetUserPassword", setPassword),
  AdminConfirmSignUp: change("AdminConfirmSignUp", (pool, user) => {
    confirm(user);
    user.status = "CONFIRMED";
    user.modifiedAt = pool.clock.now();
  }),
  AdminDeleteUser: change("AdminDeleteUser", removeUser),
  AdminGetUser: userOperation("AdminGetUser", (_pool, user) => ({
    ...userSummary(user),
    UserAttributes: attributeList(user),
    ...mfaSettings(user),
  })),
  AdminUpdateUserAttributes: change("AdminUpdateUserAttributes", updateAttributes),
  AdminDisableUser: change("AdminDisableUser", (pool, user) => {
    user.enabled = false;
    user.modifiedAt = pool.clock.now();
    // "Deactivates a user profile and revokes all access tokens for the user" (API reference).
    pool.sessions.revokeAll(user.sub);
  }),
  AdminEnableUser: change("AdminEnableUser", (pool, user) => {
    user.enabled = true;
    user.modifiedAt = pool.clock.now();
  }),
  AdminUserGlobalSignOut: change("AdminUserGlobalSignOut", (pool, user) => pool.sessions.revokeAll(user.sub)),
};

function change(
  name: string,
  apply: (pool: UserPool, user: User, input: Input) => void,
): Operation<Directory> {
  return userOperation(name, (pool, user, input) => {
    apply(pool, user, input);
    return {};
  });
}

/** Creates a user who has to change the password at the first sign-in, and sends it unless that is suppressed. */
export function createUser(pool: UserPool, input: Input): Members {
  const { settings } = pool;
  const username = input.text("Username");
  const action = input.optionalText("MessageAction");
  const given = input.optionalText("TemporaryPassword");
  const existing = pool.users.find(username);
  const attributes = attributesOfNewUser(settings, username, attributesIn(input, "UserAttributes"));
  if (given !== undefined) checkPassword(given, settings.passwordPolicy, "password policy");
  const password = given ?? generatePassword(settings.passwordPolicy);
  const now = pool.clock.now();
  const temporaryPasswordUntil = now + settings.temporaryPasswordValidityDays * 86_400_000;

  if (action === "RESEND") return resendInvitation(pool, existing, password, temporaryPasswordUntil);
  if (existing !== undefined) throw new AwsError("UsernameExistsException", "User account already exists");
  const user = pool.users.create(
    {
      username,
      attributes,
      status: "FORCE_CHANGE_PASSWORD",
      password: hashPassword(password),
      temporaryPasswordUntil,
    },
    now,
  );
  if (action !== "SUPPRESS") invite(pool, user, password);
  return { User: { ...userSummary(user), Attributes: attributeList(user) } };
}

function resendInvitation(pool: UserPool, user: User | undefined, password: string, until: number): Members {
  if (user === undefined) throw new AwsError("UserNotFoundException", "User does not exist.");
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw new AwsError(
      "UnsupportedUserStateException",
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    );
  }
  user.password = hashPassword(password);
  user.temporaryPasswordUntil = until;
  user.modifiedAt = pool.clock.now();
  invite(pool, user, password);
  return { User: { ...userSummary(user), Attributes: attributeList(user) } };
}

function invite(pool: UserPool, user: User, password: string): void {
  const email = user.attributes.get("email");
  if (email !== undefined)
    pool.send({ username: user.username, email, code: password, purpose: "invitation" });
}

export function setPassword(pool: UserPool, user: User, input: Input): void {
  const password = input.text("Password");
  const permanent = input.boolean("Permanent");
  checkPassword(password, pool.settings.passwordPolicy, "password policy");
  const now = pool.clock.now();
  user.password = hashPassword(password);
  user.status = permanent ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
  user.temporaryPasswordUntil = permanent
    ? undefined
    : now + pool.settings.temporaryPasswordValidityDays * 86_400_000;
  user.modifiedAt = now;
}

/** A new e-mail address is unverified unless the administrator says so in the same call. */
function updateAttributes(pool: UserPool, user: User, input: Input): void {
  const attributes = attributesIn(input, "UserAttributes");
  checkUpdate(pool.settings, attributes);
  const email = attributes.get("email");
  if (email !== undefined) {
    const holder = pool.settings.emailIsUsername ? pool.users.find(email) : undefined;
    if (holder !== undefined && holder !== user) {
      throw new AwsError("AliasExistsException", "An account with the given email already exists.");
    }
    const isNew = email !== user.attributes.get("email");
    if (isNew && !attributes.has("email_verified")) attributes.set("email_verified", "false");
  }
  pool.users.update(user, attributes, pool.clock.now());
}
