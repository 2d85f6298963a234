import type { Operation, Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Members } from "../../../kernel/input";
import { invalidParameter, notAuthorized } from "../errors";
import { checkPassword, generatePassword } from "../password";
import { attributesOfNewUser, changeAttributes } from "../user-attributes";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, poolOperation, userOperation } from "./access";
import { deleteAttributes, removeUser, sendEmailCode } from "./own-account";
import { attributeList, attributesIn, limitIn, mfaSettings, page, userSummary } from "./shapes";
import { confirm, usernameExists } from "./sign-up";

/** What administrators do with the users of a pool; each needs the permission of its name on the pool. */
export const administrationOperations: Operations<Directory> = {
  AdminCreateUser: poolOperation("AdminCreateUser", createUser),
  AdminSetUserPassword: change("AdminSetUserPassword", (pool, user, input) =>
    setPassword(pool, user, input.text("Password"), input.boolean("Permanent")),
  ),
  AdminResetUserPassword: change("AdminResetUserPassword", resetPassword),
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
  AdminUpdateUserAttributes: change("AdminUpdateUserAttributes", (pool, user, input) => {
    const toVerify = changeAttributes(pool, user, attributesIn(input, "UserAttributes"));
    // A code goes out only where the old address counts until it is entered (API reference, AdminUpdateUserAttributes).
    if (toVerify !== undefined && user.pendingEmail !== undefined) sendEmailCode(pool, user, toVerify);
  }),
  AdminDeleteUserAttributes: change("AdminDeleteUserAttributes", (pool, user, input) =>
    deleteAttributes(pool, user, input.texts("UserAttributeNames")),
  ),
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
  ListUsers: poolOperation("ListUsers", listUsers),
};

function change(
  name: string,
  apply: (pool: UserPool, user: User, input: Input) => unknown,
): Operation<Directory> {
  return userOperation(name, (pool, user, input) => {
    apply(pool, user, input);
    return {};
  });
}

/** Creates a user who has to change the password at the first sign-in, and sends it unless that is suppressed. */
function createUser(pool: UserPool, input: Input): Members {
  const { settings } = pool;
  const username = input.text("Username");
  const action = input.optionalText("MessageAction");
  const given = input.optionalText("TemporaryPassword");
  const existing = pool.users.find(username);
  const attributes = attributesOfNewUser(settings, username, attributesIn(input, "UserAttributes"));
  if (given !== undefined) checkPassword(given, settings.passwordPolicy, "password policy");
  const password = given ?? generatePassword(settings.passwordPolicy);

  if (action === "RESEND") return resendInvitation(pool, existing, password);
  if (existing !== undefined) throw usernameExists(pool, "User account already exists");
  const user = pool.users.create(
    {
      username,
      attributes,
      status: "FORCE_CHANGE_PASSWORD",
      password,
      temporaryPasswordUntil: temporaryPasswordUntil(pool),
    },
    pool.clock.now(),
  );
  if (action !== "SUPPRESS") invite(pool, user, password);
  return { User: { ...userSummary(user), Attributes: attributeList(user) } };
}

function resendInvitation(pool: UserPool, user: User | undefined, password: string): Members {
  if (user === undefined) throw new AwsError("UserNotFoundException", "User does not exist.");
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw new AwsError(
      "UnsupportedUserStateException",
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    );
  }
  pool.users.setPassword(user, password, pool.clock.now(), temporaryPasswordUntil(pool));
  invite(pool, user, password);
  return { User: { ...userSummary(user), Attributes: attributeList(user) } };
}

function invite(pool: UserPool, user: User, password: string): void {
  const email = user.attributes.get("email");
  if (email !== undefined) pool.send(user, email, password, "invitation");
}

function temporaryPasswordUntil({ clock, settings }: UserPool): number {
  return clock.now() + settings.temporaryPasswordValidityDays * 86_400_000;
}

/** Sets a password; unless it is permanent the user has to change it at the next sign-in. */
export function setPassword(pool: UserPool, user: User, password: string, permanent: boolean): void {
  checkPassword(password, pool.settings.passwordPolicy, "password policy");
  pool.users.setPassword(
    user,
    password,
    pool.clock.now(),
    permanent ? undefined : temporaryPasswordUntil(pool),
  );
  user.status = permanent ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
}

/** The user cannot sign in until the code is entered with ConfirmForgotPassword. */
function resetPassword(pool: UserPool, user: User): void {
  const email = user.attributes.get("email");
  if (user.status === "FORCE_CHANGE_PASSWORD") {
    throw notAuthorized("User password cannot be reset in the current state.");
  }
  if (email === undefined || user.attributes.get("email_verified") !== "true") {
    throw invalidParameter(
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
  }
  const now = pool.clock.now();
  pool.send(user, email, user.passwordResetCode.issue(now), "password-reset");
  user.status = "RESET_REQUIRED";
  user.modifiedAt = now;
}

function listUsers(pool: UserPool, input: Input): Members {
  const matches = readFilter(input.optionalText("Filter") ?? "");
  const wanted = input.optionalTexts("AttributesToGet");
  const found = pool.users.list().filter(matches);
  const { items, next } = page(found, limitIn(input), input.optionalText("PaginationToken"));
  return {
    Users: items.map((user) => ({ ...userSummary(user), Attributes: chosenAttributes(user, wanted) })),
    PaginationToken: next,
  };
}

/** A list without members chooses none; a user that lacks one of them fails the call (aws/aws-sdk-js#3091, #2203). */
function chosenAttributes(user: User, wanted: readonly string[] | undefined) {
  const all = attributeList(user);
  if (wanted === undefined) return all;
  if (wanted.some((name) => !all.some(({ Name }) => Name === name))) {
    throw invalidParameter("One or more requested attributes do not exist.");
  }
  return all.filter(({ Name }) => wanted.includes(Name));
}

const searchable = [
  ...["email", "phone_number", "name", "given_name", "family_name", "preferred_username", "username", "sub"],
  ...["cognito:user_status", "status"],
];

/** `email = "ada@example.com"`, `email ^= "ada"`: `=` for an exact match, `^=` for a prefix (API reference, ListUsers). */
function readFilter(filter: string): (user: User) => boolean {
  if (filter.trim() === "") return () => true;
  const match = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
  if (match === null) throw invalidParameter("Error while parsing filter.");
  const [, name = "", operator, quoted = ""] = match;
  if (!searchable.includes(name)) throw invalidParameter(`Invalid search attribute: ${name}`);
  const ignoreCase = name === "cognito:user_status" || name === "status";
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const wanted = fold(quoted.replace(/\\(.)/g, "$1"));
  return (user) => {
    const value = fold(searchedValue(user, name));
    return operator === "=" ? value === wanted : value.startsWith(wanted);
  };
}

function searchedValue(user: User, name: string): string {
  if (name === "username") return user.username;
  if (name === "sub") return user.sub;
  if (name === "cognito:user_status") return user.status;
  if (name === "status") return user.enabled ? "Enabled" : "Disabled";
  return user.attributes.get(name) ?? "";
}
