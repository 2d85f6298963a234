import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { ClientSettings } from "../client-settings";
import { incorrectCredentials, invalidParameter, notAuthorized, userDisabled, userNotFound } from "../errors";
import { type Parameters, parametersIn } from "../parameters";
import { isPassword } from "../password";
import { issueTokens } from "../tokens";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { checkSecretHash, clientOperation, type Directory, poolOperation } from "./access";

/** Signing in with a password, and refreshing tokens. */
export const signInOperations: Operations<Directory> = {
  InitiateAuth: clientOperation(({ pool, client, input }) => {
    const flow = input.text("AuthFlow");
    const parameters = parametersIn(input, "AuthParameters");
    if (isRefresh(flow)) return refresh(pool, client, parameters);
    if (flow === "USER_PASSWORD_AUTH") {
      if (!client.authFlows.has("ALLOW_USER_PASSWORD_AUTH")) {
        throw invalidParameter("USER_PASSWORD_AUTH flow not enabled for this client");
      }
      return signInWithPassword(pool, client, parameters);
    }
    throw otherFlow(flow, flow.startsWith("ADMIN_"));
  }),
  AdminInitiateAuth: poolOperation("AdminInitiateAuth", (pool, input) => {
    const client = pool.client(input.text("ClientId"));
    const flow = input.text("AuthFlow");
    const parameters = parametersIn(input, "AuthParameters");
    if (isRefresh(flow)) return refresh(pool, client, parameters);
    // ADMIN_NO_SRP_AUTH is the older name of the same flow.
    if (flow === "ADMIN_USER_PASSWORD_AUTH" || flow === "ADMIN_NO_SRP_AUTH") {
      if (!client.authFlows.has("ALLOW_ADMIN_USER_PASSWORD_AUTH")) {
        throw invalidParameter("Auth flow not enabled for this client");
      }
      return signInWithPassword(pool, client, parameters);
    }
    throw otherFlow(flow, flow === "USER_PASSWORD_AUTH");
  }),
};

function isRefresh(flow: string): boolean {
  return flow === "REFRESH_TOKEN_AUTH" || flow === "REFRESH_TOKEN";
}

/** AWS refuses a flow of the other operation; the flows that are left exist on AWS only, and the answer says so. */
function otherFlow(flow: string, belongsElsewhere: boolean): AwsError {
  if (belongsElsewhere) return invalidParameter("Initiate Auth method not supported.");
  return invalidParameter(`${flow} is not supported by the local runtime; use USER_PASSWORD_AUTH`);
}

function signInWithPassword(pool: UserPool, client: ClientSettings, parameters: Parameters) {
  const username = parameters.required("USERNAME");
  const password = parameters.required("PASSWORD");
  checkSecretHash(client, username, parameters.get("SECRET_HASH"));
  const user = pool.users.find(username);
  const counted = user ?? pool.users.normalize(username);
  if (!pool.lockout.admits(counted)) throw notAuthorized("Password attempts exceeded");
  // Without a user the same work is done, so that the answer's time does not tell who exists.
  const isRight = isPassword(password, user?.password ?? pool.decoyPassword);
  if (user === undefined || !isRight) {
    pool.lockout.failed(counted);
    throw user === undefined && !client.hidesUsers ? userNotFound() : incorrectCredentials();
  }
  if (!user.enabled) throw userDisabled();
  if (user.status === "UNCONFIRMED")
    throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
  if (user.status === "FORCE_CHANGE_PASSWORD") return askForNewPassword(pool, client, user);
  return continueSignIn(pool, client, user);
}

function askForNewPassword(pool: UserPool, client: ClientSettings, user: User) {
  if (user.temporaryPasswordUntil !== undefined && user.temporaryPasswordUntil <= pool.clock.now()) {
    throw notAuthorized("Temporary password has expired and must be reset by an administrator.");
  }
  return {
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    Session: pool.challenges.open("NEW_PASSWORD_REQUIRED", user, client),
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: "[]",
      userAttributes: JSON.stringify(Object.fromEntries(user.attributes)),
    },
  };
}

/** What follows the right password: a code of the authenticator app where one is asked for, else tokens. */
export function continueSignIn(pool: UserPool, client: ClientSettings, user: User) {
  const required = pool.settings.mfa === "ON";
  if (required && user.authenticator === undefined) {
    return {
      ChallengeName: "MFA_SETUP",
      Session: pool.challenges.open("MFA_SETUP", user, client),
      ChallengeParameters: { USER_ID_FOR_SRP: user.username, MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
    };
  }
  if (required || (pool.settings.mfa === "OPTIONAL" && user.mfaEnabled)) {
    return {
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      Session: pool.challenges.open("SOFTWARE_TOKEN_MFA", user, client),
      ChallengeParameters: { USER_ID_FOR_SRP: user.username },
    };
  }
  return completeSignIn(pool, client, user);
}

/** Forgets failed attempts only here: the password alone would else buy new guesses at the code of the app. */
export function completeSignIn(pool: UserPool, client: ClientSettings, user: User) {
  pool.lockout.forget(user);
  const { session, refreshToken } = pool.sessions.open(user, client);
  const tokens = issueTokens(tokenSource(pool), client, user, session, pool.clock.now());
  return { ChallengeParameters: {}, AuthenticationResult: { ...tokens, RefreshToken: refreshToken } };
}

function refresh(pool: UserPool, client: ClientSettings, parameters: Parameters) {
  if (!client.authFlows.has("ALLOW_REFRESH_TOKEN_AUTH")) {
    throw invalidParameter("Auth flow not enabled for this client");
  }
  const session = pool.sessions.ofRefreshToken(parameters.required("REFRESH_TOKEN"));
  const user = session === undefined ? undefined : pool.users.find(session.sub);
  if (session?.clientId !== client.id || user === undefined) throw notAuthorized("Invalid Refresh Token");
  checkSecretHash(client, user.username, parameters.get("SECRET_HASH"));
  if (session.revoked) throw notAuthorized("Refresh Token has been revoked");
  if (session.expiresAt <= pool.clock.now()) throw notAuthorized("Refresh Token has expired");
  if (!user.enabled) throw userDisabled();
  const tokens = issueTokens(tokenSource(pool), client, user, session, pool.clock.now());
  return { ChallengeParameters: {}, AuthenticationResult: tokens };
}

function tokenSource({ settings, keyPair }: UserPool) {
  return { issuer: settings.issuer, keyPair };
}
