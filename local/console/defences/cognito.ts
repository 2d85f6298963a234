import { isObject } from "../../kernel/json";
import { authenticatorCode, fromBase32 } from "../../services/cognito/authenticator-code";
import type { Attacker } from "./attacker";
import {
  AUTH_FLOWS,
  PASSWORD_POLICY,
  REVOCATION,
  SECOND_FACTOR,
  SELF_SIGN_UP,
  USER_EXISTENCE,
  WRITE_ATTRIBUTES,
} from "./cognito-defences";
import { type Attack, OWASP } from "./defence";
import { refreshTokenOf, type Somebody } from "./login-visit";

const WRONG_PASSWORD = "wrong-Horse-7-battery";
const GOOD_PASSWORD = "Correct-Horse-7-battery";
const NOBODY = "nobody-at-all@example.com";

/** Asks the same for somebody who has an account and for nobody: it succeeds when the answers can be told apart. */
function tellsWhoIsThere(
  id: string,
  threat: string,
  what: string,
  operation: string,
  input: (name: string) => object,
): Attack {
  return {
    ...{ id, threat, owasp: OWASP.API2, defence: USER_EXISTENCE },
    run: (attacker) =>
      attacker.withSomebody(async ({ email }) => {
        // A code is on its way to one of the two: what follows asks for it.
        if (operation === "ConfirmForgotPassword")
          await attacker.cognito("a forgotten password of a user", "ForgotPassword", { Username: email });
        const known = await attacker.cognito(`${what} of a user`, operation, input(email));
        const unknown = await attacker.cognito(`${what} of nobody`, operation, input(NOBODY));
        // Where it is sent to is masked, and told of a made-up address too.
        const succeeded = known.status !== unknown.status || known.body.__type !== unknown.body.__type;
        return {
          succeeded,
          summary: succeeded
            ? "The two answers differ: it is known who has an account."
            : "The answers are the same: nothing is learnt.",
        };
      }),
  };
}

async function signUp(
  attacker: Attacker,
  title: string,
  { password, more = [] }: { readonly password: string; readonly more?: readonly object[] },
): Promise<boolean> {
  const Username = `attack-${Date.now()}@example.com`;
  const { status } = await attacker.cognito(title, "SignUp", {
    ...{ Username, Password: password },
    UserAttributes: [{ Name: "email", Value: Username }, ...more],
  });
  if (status === 200)
    await attacker.runtime.inside.call("cognito-idp", "AdminDeleteUser", {
      UserPoolId: attacker.pool.id,
      Username,
    });
  return status === 200;
}

/** Signs in with the password alone. @returns an access token; `undefined` where more is asked for */
async function signIn(
  attacker: Attacker,
  title: string,
  { email, password }: Somebody,
): Promise<string | undefined> {
  const { body } = await attacker.cognito(title, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  const { AuthenticationResult: tokens } = body;
  return isObject(tokens) ? String(tokens.AccessToken) : undefined;
}

/** Asks for the code of an authenticator app at each sign-in from now on. */
async function addAuthenticatorApp(attacker: Attacker, AccessToken: string): Promise<void> {
  const { body } = await attacker.cognito("the user sets up an authenticator app", "AssociateSoftwareToken", {
    AccessToken,
  });
  const UserCode = authenticatorCode(fromBase32(String(body.SecretCode)), attacker.scene.host.now());
  await attacker.cognito("and types its code in", "VerifySoftwareToken", { AccessToken, UserCode });
  await attacker.cognito("and prefers it", "SetUserMFAPreference", {
    ...{ AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } },
  });
}

/** The attacks on the user pools: passwords, names, attributes, sessions. */
export const cognitoAttacks: readonly Attack[] = [
  {
    id: "role-at-sign-up",
    owasp: OWASP.API1,
    threat: "Somebody signs up with a role",
    defence: WRITE_ATTRIBUTES,
    async run(attacker) {
      const more = [{ Name: "custom:role", Value: "admin" }];
      const succeeded = await signUp(attacker, "SignUp with custom:role", {
        password: GOOD_PASSWORD,
        more,
      });
      return {
        succeeded,
        summary: succeeded
          ? "The pool keeps the role, and its tokens say it."
          : "The client may not write it.",
      };
    },
  },
  {
    id: "accounts-in-bulk",
    owasp: OWASP.API6,
    threat: "Somebody makes accounts in bulk",
    defence: SELF_SIGN_UP,
    async run(attacker) {
      const succeeded = await signUp(attacker, "SignUp of somebody whom nobody invited", {
        password: GOOD_PASSWORD,
      });
      return {
        succeeded,
        summary: succeeded ? "The pool has another account." : "Administrators alone open accounts.",
      };
    },
  },
  {
    id: "weak-password",
    owasp: OWASP.API2,
    threat: "A weak password",
    defence: PASSWORD_POLICY,
    async run(attacker) {
      const succeeded = await signUp(attacker, "SignUp with the password abcdef", { password: "abcdef" });
      return {
        succeeded,
        summary: succeeded ? "Cognito takes the password." : "Cognito refuses the password.",
      };
    },
  },
  tellsWhoIsThere(
    "user-names",
    "Sign-in tells who has an account",
    "sign-in",
    "InitiateAuth",
    (USERNAME) => ({
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD: WRONG_PASSWORD },
    }),
  ),
  tellsWhoIsThere(
    "forgotten-password",
    "A forgotten password tells who has an account",
    "a forgotten password",
    "ForgotPassword",
    (Username) => ({ Username }),
  ),
  tellsWhoIsThere(
    "guessed-code",
    "A guessed reset code tells who has an account",
    "a guessed code",
    "ConfirmForgotPassword",
    (Username) => ({ Username, ConfirmationCode: "000000", Password: "Another-Horse-7-battery" }),
  ),
  {
    id: "other-flow",
    owasp: OWASP.API2,
    threat: "A client signs in by a flow that it does not need",
    defence: AUTH_FLOWS,
    run: (attacker) =>
      attacker.withSomebody(async ({ email, password }) => {
        const { status } = await attacker.cognito(
          "a sign-in that sends the password itself",
          "InitiateAuth",
          {
            AuthFlow: "USER_PASSWORD_AUTH",
            AuthParameters: { USERNAME: email, PASSWORD: password },
          },
        );
        return {
          succeeded: status === 200,
          summary:
            status === 200 ? "The password is sent, and taken." : "The client does not take this flow.",
        };
      }),
  },
  {
    id: "second-factor",
    owasp: OWASP.API2,
    threat: "A password is stolen from a user with an authenticator app",
    defence: SECOND_FACTOR,
    run: (attacker) =>
      attacker.withSomebody(async (somebody) => {
        const own = await signIn(attacker, "the user signs in", somebody);
        if (own !== undefined) await addAuthenticatorApp(attacker, own);
        const stolen = await signIn(attacker, "the thief signs in with the password alone", somebody);
        return {
          succeeded: stolen !== undefined,
          summary: stolen === undefined ? "The app's code is asked for." : "The password is enough.",
        };
      }),
  },
  {
    id: "revoked-token",
    owasp: OWASP.API2,
    threat: "A refresh token is used after it was revoked",
    defence: REVOCATION,
    run: (attacker) =>
      attacker.withSomebody(async (somebody) => {
        const token = await refreshTokenOf(attacker.runtime, attacker.pool, somebody);
        await attacker.cognito("the user revokes the refresh token", "RevokeToken", { Token: token });
        const { status } = await attacker.cognito("the thief refreshes with it", "InitiateAuth", {
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: token },
        });
        return {
          succeeded: status === 200,
          summary:
            status === 200
              ? "It cannot be revoked, and goes on working."
              : "It was revoked, and works no more.",
        };
      }),
  },
];
