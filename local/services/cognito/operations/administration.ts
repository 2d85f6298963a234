import { randomUUID } from "node:crypto";
import type { Operation, Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Members } from "../../../kernel/input";
import { invalidParameter, notAuthorized } from "../errors";
import { sendCode } from "../messages";
import { checkPassword, generatePassword } from "../password";
import { postConfirmation, preSignUp, requireUnconfirmed, usernameExists } from "../registration";
import { attributesOfNewUser, changeAttributes } from "../user-attributes";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, poolOperation, userOperation } from "./access";
import { deleteAttributes, removeUser, sendEmailCode } from "./own-account";
import {
  attributeList,
  attributesIn,
  limitIn,
  metadataIn,
  mfaSettings,
  page,
  userSummary,
  validationIn,
} from "./shapes";

/** What administrators do with the users of a pool; each needs the permission of its name on the pool. */
export const administrationOperations: Operations<Directory> = {
  AdminCreateUser: poolOperation("AdminCreateUser", createUser),
  AdminSetUserPassword: change("AdminSetUserPassword", (pool, user, input) =>
    setPassword(pool, user, input.text("Password"), input.boolean("Permanent")),
  ),
  AdminResetUserPassword: change("AdminResetUserPassword", resetPassword),
  AdminConfirmSignUp: change("AdminConfirmSignUp", async (pool, user, input) => {
    requireUnconfirmed(user);
    user.status = "CONFIRMED";
    user.modifiedAt = pool.clock.now();
    await postConfirmation({ pool, metadata: metadataIn(input) }, user, "PostConfirmation_ConfirmSignUp");
  }),
  AdminDeleteUser: change("AdminDeleteUser", removeUser),
  AdminGetUser: userOperation("AdminGetUser", (_pool, user) => ({
    ...userSummary(user),
    UserAttributes: attributeList(user),
    ...mfaSettings(user),
  })),
  AdminUpdateUserAttributes: change("AdminUpdateUserAttributes", async (pool, user, input) => {
    const toVerify = changeAttributes(pool, user, attributesIn(input, "UserAttributes"));
    // A code goes out only where the old address counts until it is entered (API reference, AdminUpdateUserAttributes).
    if (toVerify === undefined || user.pendingEmail === undefined) return;
    const source = "CustomMessage_UpdateUserAttribute";
    await sendEmailCode(pool, user, toVerify, { source, metadata: metadataIn(input) });
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
  return userOperation(name, async (pool, user, input) => {
    await apply(pool, user, input);
    return {};
  });
}

/** Creates a user who has to change the password at the first sign-in, and sends it unless that is suppressed. */
async function createUser(pool: UserPool, input: Input): Promise<Members> {
  const { settings } = pool;
  const username = input.text("Username");
  const action = input.optionalText("MessageAction");
  const given = input.optionalText("TemporaryPassword");
  const attributes = attributesOfNewUser(settings, username, attributesIn(input, "UserAttributes"));
  if (given !== undefined) checkPassword(given, settings.passwordPolicy, "password policy");
  const password = given ?? generatePassword(settings.passwordPolicy);

  if (action === "RESEND") return resendInvitation(pool, username, password, input);
  const sub = randomUUID();
  // It may refuse. What else it answers is ignored for AdminCreateUser (Developer Guide, Pre sign-up Lambda trigger, note).
  await preSignUp({ pool, metadata: metadataIn(input) }, "PreSignUp_AdminCreateUser", sub, {
    username,
    attributes,
    validation: validationIn(input),
  });
  if (pool.users.find(username) !== undefined) throw usernameExists(pool, "User account already exists");
  const user = pool.users.create(
    {
      username,
      attributes,
      status: "FORCE_CHANGE_PASSWORD",
      password,
      temporaryPasswordUntil: temporaryPasswordUntil(pool),
      sub,
    },
    pool.clock.now(),
  );
  if (action !== "SUPPRESS") await invite(pool, user, password, input);
  return { User: { ...userSummary(user), Attributes: attributeList(user) } };
}

async function resendInvitation(
  pool: UserPool,
  username: string,
  password: string,
  input: Input,
): Promise<Members> {
  const user = pool.users.find(username);
  if (user === undefined) throw new AwsError("UserNotFoundException", "User does not exist.");
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw new AwsError(
      "UnsupportedUserStateException",
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    );
  }
  pool.users.setPassword(user, password, pool.clock.now(), temporaryPasswordUntil(pool));
  await invite(pool, user, password, input);
  return { User: { ...userSummary(user), Attributes: attributeList(user) } };
}

async function invite(pool: UserPool, user: User, password: string, input: Input): Promise<void> {
  const email = user.attributes.get("email");
  if (email === undefined) return;
  const source = "CustomMessage_AdminCreateUser";
  await sendCode(pool, user, email, password, { source, metadata: metadataIn(input) });
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
async function resetPassword(pool: UserPool, user: User, input: Input): Promise<void> {
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
  const code = user.passwordResetCode.issue(now);
  user.status = "RESET_REQUIRED";
  user.modifiedAt = now;
  const source = "CustomMessage_ForgotPassword";
  await sendCode(pool, user, email, code, { source, metadata: metadataIn(input) });
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
