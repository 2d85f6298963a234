import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Members } from "../../../kernel/input";
import { createAuthenticatorSecret, matchingStep, toBase32 } from "../authenticator-code";
import { invalidParameter, notAuthorized } from "../errors";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { type Directory, ownerOf, ownOperation, userOperation } from "./access";

/** Setting up an authenticator app as second factor, while signed in or as a step of signing in. */
export const authenticatorAppOperations: Operations<Directory> = {
  AssociateSoftwareToken: { handle: (input, directory) => associate(directory, input) },
  VerifySoftwareToken: { handle: (input, directory) => verify(directory, input) },
  SetUserMFAPreference: ownOperation(({ user }, input) => setPreference(user, input)),
  AdminSetUserMFAPreference: userOperation("AdminSetUserMFAPreference", (_pool, user, input) =>
    setPreference(user, input),
  ),
};

function associate(directory: Directory, input: Input): Members {
  const secret = createAuthenticatorSecret();
  const accessToken = input.optionalText("AccessToken");
  if (accessToken !== undefined) {
    const { pool, user } = ownerOf(directory, accessToken);
    if (!pool.settings.authenticatorApp) {
      throw new AwsError(
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA is not enabled for the user pool",
      );
    }
    user.pendingAuthenticatorSecret = secret;
    return { SecretCode: toBase32(secret) };
  }
  const { pool, session, challenge } = setupChallenge(directory, input);
  pool.challenges.close(session);
  const client = pool.client(challenge.clientId);
  const next = pool.challenges.open("MFA_SETUP", challenge.user, client, {
    setup: { secret, proved: false },
  });
  return { SecretCode: toBase32(secret), Session: next };
}

function verify(directory: Directory, input: Input): Members {
  const code = input.text("UserCode");
  const accessToken = input.optionalText("AccessToken");
  if (accessToken !== undefined) {
    const { pool, user } = ownerOf(directory, accessToken);
    useSecret(pool, user, user.pendingAuthenticatorSecret, code);
    return { Status: "SUCCESS" };
  }
  const { pool, session, challenge } = setupChallenge(directory, input);
  const { user, setup } = challenge;
  useSecret(pool, user, setup?.secret, code);
  pool.challenges.close(session);
  const client = pool.client(challenge.clientId);
  const next = pool.challenges.open("MFA_SETUP", user, client, { setup: { proved: true } });
  return { Status: "SUCCESS", Session: next };
}

/** Makes the secret the user's, once a code proves that the app has it. */
function useSecret(pool: UserPool, user: User, secret: Buffer | undefined, code: string): void {
  if (secret === undefined) {
    throw new AwsError("SoftwareTokenMFANotFoundException", "Software token was not associated before");
  }
  const step = matchingStep(secret, code, pool.clock.now());
  if (step === undefined) throw new AwsError("EnableSoftwareTokenMFAException", "Code mismatch");
  user.authenticator = { secret, usedStep: step };
  user.pendingAuthenticatorSecret = undefined;
}

function setupChallenge(directory: Directory, input: Input) {
  const session = input.optionalText("Session");
  if (session === undefined) throw invalidParameter("Either AccessToken or Session is required");
  for (const pool of directory.pools.all) {
    if (pool.challenges.has(session)) {
      const challenge = pool.challenges.find(session, "MFA_SETUP");
      const { user } = challenge;
      if (user !== undefined) return { pool, session, challenge: { ...challenge, user } };
    }
  }
  throw notAuthorized("Invalid session for the user.");
}

function setPreference(user: User, input: Input): Members {
  for (const kind of ["SMSMfaSettings", "EmailMfaSettings", "WebAuthnMfaSettings"]) {
    if (input.optionalStructure(kind)?.boolean("Enabled")) {
      throw invalidParameter(`${kind} is not supported by the local runtime; use SoftwareTokenMfaSettings`);
    }
  }
  const enabled = input.optionalStructure("SoftwareTokenMfaSettings")?.boolean("Enabled");
  if (enabled === true && user.authenticator === undefined) {
    throw invalidParameter("User has not verified software token mfa");
  }
  user.mfaEnabled = enabled ?? user.mfaEnabled;
  return {};
}
