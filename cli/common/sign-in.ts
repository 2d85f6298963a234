import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Credentials } from "./credentials";
import { UserError } from "./user-error";

/**
 * Signs in with e-mail and password and returns the ID token.
 *
 * @throws UserError when the user pool answers with a challenge instead; the SDK's error when it refuses
 */
export async function signIn(
  client: CognitoIdentityProviderClient,
  clientId: string,
  { email, password }: Credentials,
  abortSignal?: AbortSignal,
): Promise<string> {
  const answer = await client.send(
    new InitiateAuthCommand({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: clientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
    { abortSignal },
  );
  const token = answer.AuthenticationResult?.IdToken;
  if (token === undefined) {
    throw new UserError(
      `${email} must answer the challenge ${answer.ChallengeName ?? "of the user pool"} before signing in`,
    );
  }
  return token;
}

/** Makes a confirmed user: no e-mail is sent, the password is final. A user half made is removed again. */
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
