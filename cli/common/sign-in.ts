import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  AssociateSoftwareTokenCommand,
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Credentials } from "../../local/command/credentials";
import { UserError } from "../../local/kernel/user-error";
import { authenticatorCode, fromBase32 } from "../../local/services/cognito/authenticator-code";
import { answerTo, beginAttempt } from "../../local/services/cognito/srp";

/** The user pool asks for more than the password. */
export class ChallengeError extends UserError {
  override readonly name = "ChallengeError";

  constructor(
    email: string,
    readonly challenge: string,
    readonly session: string | undefined,
  ) {
    super(
      `${email} cannot sign in with a password alone: ${CHALLENGES[challenge] ?? `it must answer ${challenge}`}`,
    );
  }
}

/** What the challenges ask for, and what to do about it. */
const CHALLENGES: Readonly<Record<string, string>> = {
  MFA_SETUP:
    "the user pool (MFA=on) wants an authenticator app set up first; do that on the login page (output login_page_url), and take the token from there",
  SOFTWARE_TOKEN_MFA:
    "it wants a code of the authenticator app; sign in on the login page (output login_page_url), and take the token from there",
  NEW_PASSWORD_REQUIRED:
    "its temporary password must be replaced; do that on the login page (output login_page_url)",
};

/** What a sign-in gives. */
export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
}

/** The user pool and the client to sign in through. */
export interface SignInPlace {
  readonly id: string;
  readonly clientId: string;
}

/**
 * Signs in with e-mail and password. The password is proved by SRP and never sent, so that a client
 * need not allow more than that.
 *
 * @throws ChallengeError when the user pool asks for more; the SDK's error when it refuses
 */
export async function signIn(
  client: CognitoIdentityProviderClient,
  { id, clientId }: SignInPlace,
  { email, password }: Credentials,
  abortSignal?: AbortSignal,
): Promise<Tokens> {
  const attempt = beginAttempt();
  const { ChallengeName, ChallengeParameters, Session } = await client.send(
    new InitiateAuthCommand({
      AuthFlow: "USER_SRP_AUTH",
      ClientId: clientId,
      AuthParameters: { USERNAME: email, SRP_A: attempt.srpA },
    }),
    { abortSignal },
  );
  if (ChallengeName !== "PASSWORD_VERIFIER")
    throw new ChallengeError(email, ChallengeName ?? "a challenge", Session);
  const answer = await client.send(
    new RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName,
      Session,
      ChallengeResponses: answerTo(id, attempt, ChallengeParameters ?? {}, password, new Date()),
    }),
    { abortSignal },
  );
  const tokens = tokensIn(answer.AuthenticationResult);
  if (tokens === undefined)
    throw new ChallengeError(email, answer.ChallengeName ?? "a challenge", answer.Session);
  return tokens;
}

function tokensIn(result: AuthenticationResultType | undefined): Tokens | undefined {
  const { IdToken: idToken, AccessToken: accessToken } = result ?? {};
  return idToken === undefined || accessToken === undefined ? undefined : { idToken, accessToken };
}

/**
 * Signs in as a user that nobody keeps: where the pool wants an authenticator app, one is set up and forgotten.
 *
 * Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html
 */
export async function signInOnce(
  client: CognitoIdentityProviderClient,
  place: SignInPlace,
  credentials: Credentials,
  abortSignal?: AbortSignal,
): Promise<Tokens> {
  try {
    return await signIn(client, place, credentials, abortSignal);
  } catch (error) {
    if (!(error instanceof ChallengeError) || error.challenge !== "MFA_SETUP") throw error;
    const options = { abortSignal };
    const app = await client.send(new AssociateSoftwareTokenCommand({ Session: error.session }), options);
    const code = authenticatorCode(fromBase32(app.SecretCode ?? ""), Date.now());
    const verified = await client.send(
      new VerifySoftwareTokenCommand({ Session: app.Session, UserCode: code }),
      options,
    );
    const answer = await client.send(
      new RespondToAuthChallengeCommand({
        ClientId: place.clientId,
        ChallengeName: "MFA_SETUP",
        Session: verified.Session,
        ChallengeResponses: { USERNAME: credentials.email },
      }),
      options,
    );
    const tokens = tokensIn(answer.AuthenticationResult);
    if (tokens === undefined)
      throw new ChallengeError(credentials.email, answer.ChallengeName ?? "a challenge", answer.Session);
    return tokens;
  }
}

/** Creates a confirmed user: no e-mail is sent, the password is final. A user half created is removed again. */
export async function createUser(
  client: CognitoIdentityProviderClient,
  poolId: string,
  { email, password }: Credentials,
  abortSignal?: AbortSignal,
): Promise<void> {
  const user = { UserPoolId: poolId, Username: email };
  await client.send(
    new AdminCreateUserCommand({
      ...user,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ],
    }),
    { abortSignal },
  );
  try {
    await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }), {
      abortSignal,
    });
  } catch (error) {
    await deleteUser(client, poolId, email);
    throw error;
  }
}

export async function addToGroup(
  client: CognitoIdentityProviderClient,
  poolId: string,
  email: string,
  group: string,
  abortSignal?: AbortSignal,
): Promise<void> {
  const membership = { UserPoolId: poolId, Username: email, GroupName: group };
  await client.send(new AdminAddUserToGroupCommand(membership), { abortSignal });
}

const CLEAN_UP_TIMEOUT_MS = 10_000;

/** Removes a user, also where the command was interrupted, and within bounded time. */
export async function deleteUser(
  client: CognitoIdentityProviderClient,
  poolId: string,
  email: string,
): Promise<void> {
  await client.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: email }), {
    abortSignal: AbortSignal.timeout(CLEAN_UP_TIMEOUT_MS),
  });
}
