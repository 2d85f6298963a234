import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Members } from "../../../kernel/input";
import { attemptLimitExceeded, incorrectCredentials, invalidParameter } from "../errors";
import { type Occasion, sendCode } from "../messages";
import { checkPassword, isPassword } from "../password";
import { changeAttributes, checkAddressIsFree, checkWritable } from "../user-attributes";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, type Owner, ownOperation } from "./access";
import { attributeList, attributesIn, codeDelivery, metadataIn, mfaSettings } from "./shapes";

/** What signed-in users do with their own account. */
export const ownAccountOperations: Operations<Directory> = {
  GetUser: ownOperation(({ user, client }) => ({
    Username: user.username,
    UserAttributes: attributeList(user, client),
    ...mfaSettings(user),
  })),
  GetUserAuthFactors: ownOperation(({ user }) => ({
    Username: user.username,
    ConfiguredUserAuthFactors: ["PASSWORD"],
    ...mfaSettings(user),
  })),
  UpdateUserAttributes: ownOperation(updateAttributes),
  DeleteUserAttributes: ownOperation(({ pool, user, client }, input) => {
    const names = input.texts("UserAttributeNames");
    checkWritable(pool.settings, client, names);
    return deleteAttributes(pool, user, names);
  }),
  GetUserAttributeVerificationCode: ownOperation(async ({ pool, user, client }, input) => {
    requireEmail(input);
    const email = user.pendingEmail ?? user.attributes.get("email");
    if (email === undefined) throw invalidParameter("User does not have an email to verify.");
    const source = "CustomMessage_VerifyUserAttribute";
    const occasion = { source, clientId: client.id, metadata: metadataIn(input) } as const;
    return { CodeDeliveryDetails: await sendEmailCode(pool, user, email, occasion) };
  }),
  VerifyUserAttribute: ownOperation(verifyAttribute),
  ChangePassword: ownOperation(changePassword),
  DeleteUser: ownOperation(({ pool, user }) => {
    removeUser(pool, user);
    return {};
  }),
  GlobalSignOut: ownOperation(({ pool, user }) => {
    pool.sessions.revokeAll(user.sub);
    return {};
  }),
  RevokeToken: { handle: (input, directory) => revokeToken(directory, input) },
};

async function updateAttributes({ pool, user, client }: Owner, input: Input): Promise<Members> {
  const attributes = attributesIn(input, "UserAttributes");
  checkWritable(pool.settings, client, attributes.keys());
  const toVerify = changeAttributes(pool, user, attributes);
  if (toVerify === undefined) return { CodeDeliveryDetailsList: [] };
  const source = "CustomMessage_UpdateUserAttribute";
  const occasion = { source, clientId: client.id, metadata: metadataIn(input) } as const;
  return { CodeDeliveryDetailsList: [await sendEmailCode(pool, user, toVerify, occasion)] };
}

/** Sends a code to the address and says so, in the shape `CodeDeliveryDetailsType`. */
export async function sendEmailCode(
  pool: UserPool,
  user: User,
  email: string,
  occasion: Occasion,
): Promise<Members> {
  await sendCode(pool, user, email, user.emailCode.issue(pool.clock.now()), occasion);
  return codeDelivery(email);
}

function verifyAttribute({ pool, user }: Owner, input: Input): Members {
  requireEmail(input);
  const { pendingEmail } = user;
  if (pendingEmail !== undefined) checkAddressIsFree(pool, user, pendingEmail);
  const now = pool.clock.now();
  user.emailCode.redeem(now, input.text("Code"));
  const address: [string, string][] = pendingEmail === undefined ? [] : [["email", pendingEmail]];
  pool.users.update(user, new Map([...address, ["email_verified", "true"]]), now);
  user.pendingEmail = undefined;
  return {};
}

/** Text messages are not sent here, so that a phone number cannot be verified. */
function requireEmail(input: Input): void {
  const name = input.text("AttributeName");
  if (name === "email") return;
  throw invalidParameter(
    name === "phone_number"
      ? "phone_number cannot be verified by the local runtime, which sends no text messages"
      : `Invalid attribute: ${name} cannot be verified`,
  );
}

/** Required attributes stay, and an address goes with the flag that it was verified. */
export function deleteAttributes(pool: UserPool, user: User, names: readonly string[]): Members {
  const { schema, emailIsUsername } = pool.settings;
  for (const name of names) {
    const attribute = schema.get(name);
    if (attribute === undefined) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.\n`,
      );
    }
    if (attribute.required || (name === "email" && emailIsUsername)) {
      throw invalidParameter(`user.${name}: Attribute is required and cannot be deleted.\n`);
    }
    if (!attribute.mutable) throw invalidParameter(`user.${name}: Attribute cannot be updated.\n`);
  }
  const flags = names.map((name) => `${name}_verified`);
  pool.users.removeAttributes(user, [...names, ...flags], pool.clock.now());
  return {};
}

export function removeUser(pool: UserPool, user: User): void {
  pool.users.delete(user);
  pool.groups.drop(user);
  pool.sessions.drop(user.sub);
  pool.devices.drop(user.sub);
  pool.challenges.closeAllOf(user);
}

function changePassword({ pool, user }: Owner, input: Input): Members {
  const previous = input.text("PreviousPassword");
  const proposed = input.text("ProposedPassword");
  if (!pool.lockout.admits(user)) throw attemptLimitExceeded();
  if (!isPassword(previous, user.credentials.hash)) {
    pool.lockout.failed(user);
    throw incorrectCredentials();
  }
  checkPassword(proposed, pool.settings.passwordPolicy, "policy");
  pool.users.setPassword(user, proposed, pool.clock.now());
  return {};
}

/**
 * Ends a refresh token and the access tokens from it. A token that nobody has is not an error (RFC 7009, section 2.2);
 * another client's is not touched.
 */
function revokeToken(directory: Directory, input: Input): Members {
  const token = input.text("Token");
  const clientId = input.text("ClientId");
  const secret = input.optionalText("ClientSecret");
  const pool = directory.pools.all.find(({ clients }) => clients.some(({ id }) => id === clientId));
  const client = pool?.client(clientId);
  if (pool === undefined || client === undefined || client.secret !== secret) {
    throw new AwsError("UnauthorizedException", "Invalid client");
  }
  if (!client.revokesTokens) {
    throw new AwsError("UnsupportedOperationException", "Token revocation is not enabled for this client");
  }
  if (token.includes("."))
    throw new AwsError("UnsupportedTokenTypeException", "Only refresh tokens can be revoked");
  const session = pool.sessions.ofRefreshToken(token)?.session;
  if (session !== undefined && session.clientId !== client.id) {
    throw new AwsError("UnauthorizedException", "The token was issued to another client");
  }
  if (session !== undefined) session.revoked = true;
  return {};
}
