import { tampered } from "../../local/console/defences/forged-token";
import { CLIENT_CHECK, ID_TOKEN_VALIDITY } from "../../local/console/defences/token-defences";
import { split, tokenAttacks } from "../../local/console/defences/tokens";
import { exchange, statusOf } from "../local/front-door/raw-client";
import { emailOf, TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";
import { plainFunctions } from "../support/plain-functions";
import { TestClock } from "../support/test-clock";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { attackOn, proven } from "./support/attack";
import { addBackOfficeClient, backOfficeClientOf } from "./support/back-office";
import {
  codeFor,
  cognito,
  cognitoError,
  INCORRECT,
  poolOf,
  refresh,
  signIn,
  tokensIn,
} from "./support/cognito";
import { EXPIRED, expectGatewayError, UNAUTHORIZED } from "./support/gateway-error";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, threatsOf } from "./support/threats";
import { addAuthenticatorApp, invite, newUser, TEMPORARY_PASSWORD } from "./support/users";

const threat = threatsOf(2, __filename);

const USER = emailOf("MyUserPool1");

const weakPasswords = [
  { flaw: "that is too short", password: "Short-7-bat", reason: "Password not long enough" },
  {
    flaw: "without upper case",
    password: "correct-horse-7-battery",
    reason: "Password must have uppercase characters",
  },
  {
    flaw: "without lower case",
    password: "CORRECT-HORSE-7-BATTERY",
    reason: "Password must have lowercase characters",
  },
  {
    flaw: "without a digit",
    password: "correct-Horse-x-battery",
    reason: "Password must have numeric characters",
  },
  {
    flaw: "without a symbol",
    password: "correctHorse7battery",
    reason: "Password must have symbol characters",
  },
];

describe("authentication", () => {
  const clock = new TestClock();
  const test = useRuntime({
    clock,
    edit: (stacks) => {
      plainFunctions(stacks);
      addBackOfficeClient(stacks.edge);
    },
  });
  const lax = useRuntime({
    clock,
    edit: ({ edge }) => {
      Object.assign(edge.resource("aws_cognito_user_pool.MyUserPool1"), {
        password_policy: { minimum_length: 6, temporary_password_validity_days: 7 },
        mfa_configuration: "OFF",
      });
      Object.assign(edge.resource("aws_cognito_user_pool_client.MyUserPool1"), {
        refresh_token_validity: 30,
      });
    },
  });
  const { without } = useRuntimes({ clock, edit: plainFunctions });
  let idToken: string;

  beforeAll(async () => {
    idToken = await test.token("MyUserPool1");
  });
  beforeEach(() => {
    // The throttle's buckets are full again.
    clock.advance({ seconds: 1 });
  });

  describe("the authorizer", () => {
    for (const attack of tokenAttacks) {
      const answer = attack.defence === ID_TOKEN_VALIDITY ? EXPIRED : UNAUTHORIZED;
      threat(
        proven(attack, {
          ...{ on: test, without },
          refuses: `refuses ${attack.name}`,
          succeeds: `lets ${attack.name} through without ${attack.defence.setting}`,
          expects(tried) {
            expectGatewayError(tried.answer, answer);
            expect(test.lines.at(-1)?.decision.layer).toBe("authorizer");
          },
        }),
      );
    }

    it.each(["AccessToken", "RefreshToken"] as const)(
      "refuses the %s of the pool even when the authorizer has no identity validation expression",
      async (kind) => {
        const careless = await without(CLIENT_CHECK);
        const { [kind]: token } = await careless.signIn("MyUserPool1");

        expectGatewayError(await careless.send({ token }), UNAUTHORIZED);
      },
    );

    it("accepts the pool's ID token, bare and after the word Bearer", async () => {
      const bare = await test.send({ token: idToken });
      const bearer = await test.send({ token: `Bearer ${idToken}` });

      expect([bare.status, bearer.status]).toEqual([200, 200]);
    });

    it("says nothing of a token in the decision that it logs", async () => {
      await test.send({ token: tampered(idToken, { sub: "forged\nline" }) });

      const { decision } = test.lines.at(-1) ?? {};

      expect(decision).toEqual({ layer: "authorizer", detail: "AGAuthorizer1: bad signature" });
    });

    it("takes a signed-out user's ID token until its hour is over, and no longer", async () => {
      const { IdToken, AccessToken } = await test.signIn("MyUserPool1");
      await cognito(test, "GlobalSignOut", { AccessToken });

      const before = await clock.at({ minutes: 59 }, () => test.send({ token: IdToken }));
      const after = await clock.at({ minutes: 61 }, () => test.send({ token: IdToken }));

      expect(before.status).toBe(200);
      expectGatewayError(after, EXPIRED);
    });
  });

  describe("the HTTP server", () => {
    threat({
      threat: "A token that breaks the header's line",
      layer: "HTTP server",
      setting: BUILT_IN,
      attack: each(
        [
          { name: "a line feed", separator: "\n" },
          { name: "a line break", separator: "\r\n " },
          { name: "a null byte", separator: "\0" },
        ],
        ({ name, separator }) => [
          `refuses a genuine token with ${name} in the middle`,
          async () => {
            const answer = await exchange(test.runtime.port, rawRequest(test, split(idToken, separator)));

            expect(statusOf(answer)).toBe(400);
            expect(answer).not.toContain("Hello");
          },
        ],
      ),
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("refuses a token of 20,000 characters", async () => {
      const { status, body } = await test.send({ token: "A".repeat(20_000) });

      expect({ status, body }).toEqual({ status: 431, body: "HTTP header is larger than 10240 bytes." });
    });
  });

  describe("the user pool", () => {
    const clientId = () => poolOf(test, "MyUserPool1").clientId;
    const laxClientId = () => poolOf(lax, "MyUserPool1").clientId;

    threat(
      proven(attackOn("Sign-in tells who has an account"), {
        ...{ on: test, without },
        refuses: "answers a wrong password and an unknown user alike",
        succeeds: "tells an unknown user from a wrong password when prevent_user_existence_errors is LEGACY",
      }),
    );

    threat(
      proven(attackOn("A forgotten password tells who has an account"), {
        ...{ on: test, without },
        refuses: "answers a forgotten password of a known and of an unknown user alike",
        succeeds: "tells an unknown user by ForgotPassword when prevent_user_existence_errors is LEGACY",
      }),
    );

    threat(
      proven(attackOn("A guessed reset code tells who has an account"), {
        ...{ on: test, without },
        refuses: "answers a guessed reset code of a known and of an unknown user alike",
        succeeds:
          "tells an unknown user by ConfirmForgotPassword when prevent_user_existence_errors is LEGACY",
      }),
    );

    it("does tell at sign-up that an address is taken, for Cognito's setting does not cover that", async () => {
      const answer = await cognito(test, "SignUp", {
        ClientId: clientId(),
        Username: USER,
        Password: TEST_PASSWORD,
      });

      expect(answer).toEqual(
        cognitoError("UsernameExistsException", "An account with the given email already exists."),
      );
    });

    threat({
      threat: "Passwords are tried one after the other",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "locks a user, known or not, after five wrong passwords",
        async () => {
          newUser(test, "locked@example.com");
          const guessSixTimes = async (user: string) => {
            await guessFiveTimes(user);
            return signIn(test, { user });
          };

          const known = await guessSixTimes("locked@example.com");
          const unknown = await guessSixTimes("nobody.at.all@example.com");

          expect(known).toEqual(cognitoError("NotAuthorizedException", "Password attempts exceeded"));
          expect(unknown).toEqual(known);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("lets the locked user in again when the lock is over", async () => {
      const user = "locked.for.a.second@example.com";
      newUser(test, user);
      await guessFiveTimes(user);

      const later = await clock.at({ minutes: 1 }, () => signIn(test, { user }));

      expect(later.status).toBe(200);
    });

    async function guessFiveTimes(user: string): Promise<void> {
      for (let attempt = 1; attempt <= 5; attempt++) {
        await signIn(test, { user, password: `Guess-${attempt}-aaa` });
      }
    }

    threat({
      threat: "Reset codes are tried one after the other",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "ends a reset code after five wrong guesses",
        async () => {
          const Username = "guessed@example.com";
          newUser(test, Username);
          await cognito(test, "ForgotPassword", { ClientId: clientId(), Username });
          const code = codeFor(test, Username);
          const redeem = (ConfirmationCode: string) =>
            cognito(test, "ConfirmForgotPassword", {
              ClientId: clientId(),
              Username,
              ConfirmationCode,
              Password: "another-Horse-7-battery",
            });
          for (let attempt = 1; attempt <= 5; attempt++) await redeem(otherThan(code));

          const right = await redeem(code);

          expect(right).toEqual(
            cognitoError("LimitExceededException", "Attempt limit exceeded, please try after some time."),
          );
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    threat({
      threat: "A weak password",
      layer: "Cognito user pool",
      setting: "aws_cognito_user_pool.password_policy",
      attack: each(weakPasswords, ({ flaw, password, reason }) => [
        `refuses a password ${flaw}`,
        async () => {
          const answer = await cognito(test, "SignUp", {
            ClientId: clientId(),
            Username: "weak@example.com",
            Password: password,
          });

          expect(answer).toEqual(
            cognitoError("InvalidPasswordException", `Password did not conform with policy: ${reason}`),
          );
        },
      ]),
      counterpart: each(weakPasswords, ({ flaw, password }) => [
        `takes a password ${flaw} when the policy asks for little`,
        async () => {
          const answer = await cognito(lax, "SignUp", {
            ClientId: laxClientId(),
            Username: `${Buffer.from(password).toString("hex")}@example.com`,
            Password: password,
          });

          expect(answer.status).toBe(200);
        },
      ]),
    });

    threat({
      threat: "A client signs in by a flow that it does not need",
      layer: "Cognito app client",
      setting: "aws_cognito_user_pool_client.explicit_auth_flows",
      attack: [
        "refuses the password flow to a client that does not allow it",
        async () => {
          const answer = await signIn(test, { clientId: await backOfficeClientOf(test) });

          expect(answer).toEqual(
            cognitoError("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
          );
        },
      ],
      counterpart: [
        "allows the password flow to the client that does",
        async () => {
          const answer = await signIn(test, {});

          expect(Object.keys(tokensIn(answer))).toEqual(["IdToken", "AccessToken", "RefreshToken"]);
        },
      ],
    });

    threat({
      threat: "Somebody signs up with an address of another person",
      layer: "Cognito user pool",
      setting: "aws_cognito_user_pool.auto_verified_attributes",
      attack: [
        "gives a user who has not confirmed the address no token, and tells only who knows the password",
        async () => {
          const user = "unconfirmed@example.com";
          await cognito(test, "SignUp", { ClientId: clientId(), Username: user, Password: TEST_PASSWORD });

          const right = await signIn(test, { user });
          const wrong = await signIn(test, { user, password: "wrong-Horse-7-battery" });

          expect(right).toEqual(cognitoError("UserNotConfirmedException", "User is not confirmed."));
          expect(wrong).toEqual(INCORRECT);
        },
      ],
      counterpart: [
        "gives the same user tokens once the mailed code has confirmed the address",
        async () => {
          const user = "confirmed@example.com";
          await cognito(test, "SignUp", { ClientId: clientId(), Username: user, Password: TEST_PASSWORD });
          const ConfirmationCode = codeFor(test, user);
          await cognito(test, "ConfirmSignUp", { ClientId: clientId(), Username: user, ConfirmationCode });

          const answer = await signIn(test, { user });

          expect(answer.status).toBe(200);
        },
      ],
    });

    it("gives a user with a temporary password a challenge and no token", async () => {
      await invite(test, "invited@example.com");

      const { status, body } = await signIn(test, {
        user: "invited@example.com",
        password: TEMPORARY_PASSWORD,
      });

      expect(status).toBe(200);
      expect(body).toMatchObject({ ChallengeName: "NEW_PASSWORD_REQUIRED" });
      expect(body).not.toHaveProperty("AuthenticationResult");
    });

    threat({
      threat: "A temporary password is found later",
      layer: "Cognito user pool",
      setting: "aws_cognito_user_pool.password_policy.temporary_password_validity_days",
      attack: [
        "ends a temporary password after a day",
        async () => {
          await invite(test, "late@example.com");

          const late = await clock.at({ hours: 25 }, () =>
            signIn(test, { user: "late@example.com", password: TEMPORARY_PASSWORD }),
          );

          expect(late).toEqual(
            cognitoError(
              "NotAuthorizedException",
              "Temporary password has expired and must be reset by an administrator.",
            ),
          );
        },
      ],
      counterpart: [
        "takes a temporary password after a day when it is valid for seven",
        async () => {
          await invite(lax, "late@example.com");

          const { status, body } = await clock.at({ hours: 25 }, () =>
            signIn(lax, { user: "late@example.com", password: TEMPORARY_PASSWORD }),
          );

          expect(status).toBe(200);
          expect(body).toMatchObject({ ChallengeName: "NEW_PASSWORD_REQUIRED" });
        },
      ],
    });

    threat({
      threat: "A password is stolen from a user with an authenticator app",
      layer: "Cognito user pool",
      setting: "aws_cognito_user_pool.mfa_configuration",
      attack: [
        "gives a user with an authenticator app no token for the password alone",
        async () => {
          const user = "app@example.com";
          newUser(test, user);
          const app = await addAuthenticatorApp(test, user, clock);
          const { body } = await signIn(test, { user });
          const respond = (code: string) =>
            cognito(test, "RespondToAuthChallenge", {
              ClientId: clientId(),
              ChallengeName: "SOFTWARE_TOKEN_MFA",
              Session: body.Session,
              ChallengeResponses: { USERNAME: user, SOFTWARE_TOKEN_MFA_CODE: code },
            });

          const wrong = await respond(otherThan(app.firstCode));
          const replayed = await respond(app.firstCode);
          const fresh = await clock.at({ minutes: 2 }, () => respond(app.codeAt(clock.now())));

          expect(body).toMatchObject({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
          expect(body).not.toHaveProperty("AuthenticationResult");
          expect(wrong).toEqual(cognitoError("CodeMismatchException", "Invalid code received for user"));
          expect(replayed).toEqual(
            cognitoError("ExpiredCodeException", "Your software token has already been used once."),
          );
          expect(fresh.status).toBe(200);
        },
      ],
      counterpart: [
        "gives a user with an authenticator app tokens for the password alone when MFA is off",
        async () => {
          newUser(lax, "app@example.com");
          await addAuthenticatorApp(lax, "app@example.com", clock);

          const answer = await signIn(lax, { user: "app@example.com" });

          expect(answer.body).toHaveProperty("AuthenticationResult");
        },
      ],
    });

    threat(
      proven(attackOn("A refresh token is used after it was revoked"), {
        ...{ on: test, without },
        refuses: "refuses a refresh token that was revoked",
        succeeds: "goes on taking a refresh token that cannot be revoked when token revocation is off",
      }),
    );

    threat({
      threat: "A stolen refresh token is used for weeks",
      layer: "Cognito app client",
      setting: "aws_cognito_user_pool_client.refresh_token_validity",
      attack: [
        "refuses a refresh token after a day",
        async () => {
          const { RefreshToken } = await test.signIn("MyUserPool1");

          const answer = await clock.at({ hours: 25 }, () => refresh(test, RefreshToken));

          expect(answer).toEqual(cognitoError("NotAuthorizedException", "Refresh Token has expired"));
        },
      ],
      counterpart: [
        "takes a refresh token after a day when it is valid for thirty",
        async () => {
          const { RefreshToken } = await lax.signIn("MyUserPool1");

          const answer = await clock.at({ hours: 25 }, () => refresh(lax, RefreshToken));

          expect(answer.status).toBe(200);
        },
      ],
    });

    threat({
      threat: "Another client of the pool refreshes a token",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "refuses a refresh token at another client of the pool",
        async () => {
          const { RefreshToken } = await test.signIn("MyUserPool1");

          const answer = await refresh(test, RefreshToken, await backOfficeClientOf(test));

          expect(answer).toEqual(cognitoError("NotAuthorizedException", "Invalid Refresh Token"));
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    threat({
      threat: "A deleted user's refresh token is used",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "refuses the refresh token of a deleted user, and takes it before",
        async () => {
          newUser(test, "leaver@example.com");
          const { RefreshToken, AccessToken } = tokensIn(await signIn(test, { user: "leaver@example.com" }));
          const before = await refresh(test, RefreshToken);
          await cognito(test, "DeleteUser", { AccessToken });

          const after = await refresh(test, RefreshToken);

          expect(before.status).toBe(200);
          expect(after).toEqual(cognitoError("NotAuthorizedException", "Invalid Refresh Token"));
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    threat({
      threat: "Somebody without credentials administers the users",
      layer: "IAM",
      setting: BUILT_IN,
      attack: each(
        ["AdminCreateUser", "AdminSetUserPassword", "AdminInitiateAuth", "ListUsers"],
        (operation) => [
          `refuses ${operation} to whoever has no credentials of the account`,
          async () => {
            const { id } = poolOf(test, "MyUserPool1");

            const { body } = await cognito(test, operation, {
              UserPoolId: id,
              Username: "intruder@example.com",
            });

            expect(body.__type).toBe("MissingAuthenticationTokenException");
          },
        ],
      ),
      counterpart: NOTHING_TAKES_IT_OUT,
    });
  });
});

function rawRequest(test: TestRuntime, token: string): string {
  const body = '{"name":"Ada"}';
  return [
    "POST /development/lambda1 HTTP/1.1",
    `Host: 127.0.0.1:${test.runtime.port}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Connection: close",
    `Authorization: ${token}`,
    "",
    body,
  ].join("\r\n");
}

function otherThan(code: string): string {
  return code === "000000" ? "000001" : "000000";
}
