import type { Operation, Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Members } from "../../../kernel/input";
import { attemptLimitExceeded, incorrectCredentials } from "../errors";
import { checkPassword, hashPassword, isPassword } from "../password";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, ownerOf } from "./access";
import { attributeList, mfaSettings } from "./shapes";

/** What signed-in users do with their own account: their access token is all the authorization there is. */
export const ownAccountOperations: Operations<Directory> = {
  GetUser: own((_pool, user) => ({
    Username: user.username,
    UserAttributes: attributeList(user),
    ...mfaSettings(user),
  })),
  ChangePassword: own(changePassword),
  DeleteUser: own((pool, user) => {
    removeUser(pool, user);
    return {};
  }),
  GlobalSignOut: own((pool, user) => {
    pool.sessions.revokeAll(user.sub);
    return {};
  }),
  RevokeToken: { handle: (input, directory) => revokeToken(directory, input) },
};

function own(handle: (pool: UserPool, user: User, input: Input) => Members): Operation<Directory> {
  return {
    handle: (input, directory) => {
      const { pool, user } = ownerOf(directory, input.text("AccessToken"));
      return handle(pool, user, input);
    },
  };
}

export function removeUser(pool: UserPool, user: User): void {
  pool.users.delete(user);
  pool.sessions.drop(user.sub);
  pool.challenges.closeAllOf(user);
}

function changePassword(pool: UserPool, user: User, input: Input): Members {
  const previous = input.text("PreviousPassword");
  const proposed = input.text("ProposedPassword");
  if (!pool.lockout.admits(user)) throw attemptLimitExceeded();
  if (!isPassword(previous, user.password)) {
    pool.lockout.failed(user);
    throw incorrectCredentials();
  }
  checkPassword(proposed, pool.settings.passwordPolicy, "policy");
  user.password = hashPassword(proposed);
  user.modifiedAt = pool.clock.now();
  return {};
}

/**
 * Ends a refresh token and the access tokens from it. A token that nobody has is no error (RFC 7009, section 2.2);
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
  const session = pool.sessions.ofRefreshToken(token);
  if (session !== undefined && session.clientId !== client.id) {
    throw new AwsError("UnauthorizedException", "The token was issued to another client");
  }
  if (session !== undefined) session.revoked = true;
  return {};
}
