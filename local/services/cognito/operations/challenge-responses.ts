import type { Operations } from "../../../aws-api/service";
import { AwsError } from "../../../kernel/aws-error";
import type { Input } from "../../../kernel/input";
import { matchingStep } from "../authenticator-code";
import type { Challenge } from "../challenges";
import type { ClientSettings } from "../client-settings";
import { invalidParameter, notAuthorized, userDisabled } from "../errors";
import { type Parameters, parametersIn } from "../parameters";
import { checkPassword, hashPassword } from "../password";
import { checkUpdate, checkWritable } from "../user-attributes";
import type { UserPool } from "../user-pool";
import type { User } from "../users";
import { checkSecretHash, clientOperation, type Directory, poolOperation } from "./access";
import { completeSignIn, continueSignIn } from "./sign-in";

interface Answer {
  readonly pool: UserPool;
  readonly client: ClientSettings;
  readonly challenge: Challenge;
  readonly responses: Parameters;
}

/** The further steps of a sign-in: a new password, the code of an authenticator app. */
export const challengeOperations: Operations<Directory> = {
  RespondToAuthChallenge: clientOperation(({ pool, client, input }) => respond(pool, client, input)),
  AdminRespondToAuthChallenge: poolOperation("AdminRespondToAuthChallenge", (pool, input) =>
    respond(pool, pool.client(input.text("ClientId")), input),
  ),
};

const answers = {
  NEW_PASSWORD_REQUIRED: setNewPassword,
  SOFTWARE_TOKEN_MFA: checkAuthenticatorCode,
  MFA_SETUP: finishMfaSetup,
};

function respond(pool: UserPool, client: ClientSettings, input: Input) {
  const name = input.text("ChallengeName");
  const responses = parametersIn(input, "ChallengeResponses");
  if (name !== "NEW_PASSWORD_REQUIRED" && name !== "SOFTWARE_TOKEN_MFA" && name !== "MFA_SETUP") {
    throw invalidParameter(`The challenge ${name} is not supported by the local runtime`);
  }
  const username = responses.required("USERNAME");
  checkSecretHash(client, username, responses.get("SECRET_HASH"));
  const session = input.optionalText("Session") ?? "";
  const challenge = pool.challenges.find(session, name, client.id);
  if (pool.users.find(username) !== challenge.user) throw notAuthorized("Invalid session for the user.");
  if (!challenge.user.enabled) throw userDisabled();
  answers[name]({ pool, client, challenge, responses });
  pool.challenges.close(session);
  // A new password is one step, the code of the app may be the next; after a code there is none.
  return name === "NEW_PASSWORD_REQUIRED"
    ? continueSignIn(pool, client, challenge.user)
    : completeSignIn(pool, client, challenge.user);
}

function setNewPassword({ pool, client, challenge: { user }, responses }: Answer): void {
  const password = responses.required("NEW_PASSWORD");
  const attributes = responses.startingWith("userAttributes.");
  checkWritable(client, attributes);
  checkUpdate(pool.settings, attributes);
  // Its owner was not asked for a code: another address would be taken over unproved.
  if (attributes.has("email")) throw invalidParameter("Cannot modify an already provided email");
  checkPassword(password, pool.settings.passwordPolicy, "password policy");
  user.password = hashPassword(password);
  user.temporaryPasswordUntil = undefined;
  user.status = "CONFIRMED";
  pool.users.update(user, attributes, pool.clock.now());
}

function checkAuthenticatorCode({ pool, challenge: { user }, responses }: Answer): void {
  const code = responses.required("SOFTWARE_TOKEN_MFA_CODE");
  if (!pool.lockout.admits(user)) throw notAuthorized("Password attempts exceeded");
  useAuthenticatorCode(pool, user, code);
}

/** Wrong codes count as wrong passwords do: "Adding MFA to a user pool", Amazon Cognito Developer Guide. */
function useAuthenticatorCode(pool: UserPool, user: User, code: string): void {
  const { authenticator } = user;
  const step = authenticator && matchingStep(authenticator.secret, code, pool.clock.now());
  if (authenticator === undefined || step === undefined) {
    pool.lockout.failed(user);
    throw new AwsError("CodeMismatchException", "Invalid code received for user");
  }
  if (step <= authenticator.usedStep) {
    throw new AwsError("ExpiredCodeException", "Your software token has already been used once.");
  }
  authenticator.usedStep = step;
}

function finishMfaSetup({ challenge }: Answer): void {
  if (challenge.setup?.proved !== true) throw notAuthorized("Invalid session for the user.");
}
