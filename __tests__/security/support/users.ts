import type { Clock } from "../../../local/kernel/clock";
import { authenticatorCode, fromBase32 } from "../../../local/services/cognito/authenticator-code";
import { TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";
import { ADMINISTRATOR } from "./aws-call";
import { cognito, poolOf, signIn, tokensIn } from "./cognito";

export const TEMPORARY_PASSWORD = "temporary-Horse-7-battery";

/** A confirmed user of MyUserPool1 with the tests' password. */
export function newUser(test: TestRuntime, email: string): void {
  test.runtime.createUser(poolOf(test, "MyUserPool1").id, { email, password: TEST_PASSWORD });
}

/** A user of MyUserPool1 as an administrator makes one: with a password for the first sign-in. */
export async function invite(test: TestRuntime, email: string): Promise<void> {
  await cognito(
    test,
    "AdminCreateUser",
    {
      UserPoolId: poolOf(test, "MyUserPool1").id,
      Username: email,
      TemporaryPassword: TEMPORARY_PASSWORD,
      MessageAction: "SUPPRESS",
    },
    ADMINISTRATOR,
  );
}

export interface AuthenticatorApp {
  /** The code that proved the app; it is used up. */
  readonly firstCode: string;
  codeAt(timeMs: number): string;
}

/** Gives the user an authenticator app and asks for its code from now on. */
export async function addAuthenticatorApp(
  test: TestRuntime,
  user: string,
  clock: Clock,
): Promise<AuthenticatorApp> {
  const { AccessToken } = tokensIn(await signIn(test, { user }));
  const { body } = await cognito(test, "AssociateSoftwareToken", { AccessToken });
  const secret = fromBase32(String(body.SecretCode));
  const firstCode = authenticatorCode(secret, clock.now());
  await cognito(test, "VerifySoftwareToken", { AccessToken, UserCode: firstCode });
  await cognito(test, "SetUserMFAPreference", {
    AccessToken,
    SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
  });
  return { firstCode, codeAt: (timeMs) => authenticatorCode(secret, timeMs) };
}
