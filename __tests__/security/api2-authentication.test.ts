import { exchange, statusOf } from "../local/front-door/raw-client";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";
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
import { tampered } from "./support/forged-token";
import { EXPIRED, expectGatewayError, UNAUTHORIZED } from "./support/gateway-error";
import { addBackOfficeClient, backOfficeClientOf, collectLoot, type Loot } from "./support/loot";
import { MovableClock } from "./support/movable-clock";
import { split, tokenAttacks } from "./support/token-attacks";
import { addAuthenticatorApp, invite, newUser, TEMPORARY_PASSWORD } from "./support/users";

jest.setTimeout(60_000);

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

describe("with the stacks as they are", () => {
  const clock = new MovableClock();
  let test: TestRuntime;
  let loot: Loot;

  beforeAll(async () => {
    test = await startTestRuntime({ clock, edit: ({ edge }) => addBackOfficeClient(edge) });
    loot = await collectLoot(test, clock);
  });
  afterAll(() => test.close());

  describe("the authorizer", () => {
    it.each(tokenAttacks)("refuses $name", async ({ request, answer = UNAUTHORIZED }) => {
      const refused = await test.send(request(loot));

      expectGatewayError(refused, answer);
      expect(test.lines.at(-1)?.decision.layer).toBe("authorizer");
    });

    it("accepts the pool's ID token, bare and behind the word Bearer", async () => {
      const bare = await test.send({ token: loot.IdToken });
      const bearer = await test.send({ token: `Bearer ${loot.IdToken}` });

      expect([bare.status, bearer.status]).toEqual([200, 200]);
    });

    it("says nothing of a token in the decision that it logs", async () => {
      await test.send({ token: tampered(loot.IdToken, { sub: "forged\nline" }) });

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
    it.each([
      { name: "a line break", separator: "\r\n " },
      { name: "a line feed", separator: "\n" },
      { name: "a null byte", separator: "\0" },
    ])("refuses a genuine token with $name in the middle", async ({ separator }) => {
      const answer = await exchange(test.runtime.port, rawRequest(test, split(loot.IdToken, separator)));

      expect(statusOf(answer)).toBe(400);
      expect(answer).not.toContain("Hello");
    });

    it("refuses a token of 20,000 characters", async () => {
      const { status, body } = await test.send({ token: "A".repeat(20_000) });

      expect({ status, body }).toEqual({ status: 431, body: "HTTP header is larger than 10240 bytes." });
    });
  });

  describe("the user pool", () => {
    const clientId = () => poolOf(test, "MyUserPool1").clientId;

    it("answers a wrong password and an unknown user alike", async () => {
      const wrong = await signIn(test, { password: "wrong-Horse-7-battery" });
      const unknown = await signIn(test, { user: "nobody@example.com" });

      expect(wrong).toEqual(INCORRECT);
      expect(unknown).toEqual(INCORRECT);
    });

    it("answers a forgotten password of a known and of an unknown user alike", async () => {
      const known = await cognito(test, "ForgotPassword", { ClientId: clientId(), Username: USER });
      const unknown = await cognito(test, "ForgotPassword", {
        ClientId: clientId(),
        Username: "mallory@example.com",
      });

      expect(known.status).toBe(200);
      expect(unknown).toEqual(known);
    });

    it("answers a guessed reset code of a known and of an unknown user alike", async () => {
      await cognito(test, "ForgotPassword", { ClientId: clientId(), Username: USER });
      const guess = (Username: string) =>
        cognito(test, "ConfirmForgotPassword", {
          ClientId: clientId(),
          Username,
          ConfirmationCode: otherThan(codeFor(test, USER)),
          Password: "another-Horse-7-battery",
        });

      const known = await guess(USER);
      const unknown = await guess("mallory@example.com");

      expect(known).toEqual(
        cognitoError("CodeMismatchException", "Invalid verification code provided, please try again."),
      );
      expect(unknown).toEqual(known);
    });

    it("does tell at sign-up that an address is taken, for Cognito's setting does not cover that", async () => {
      const answer = await cognito(test, "SignUp", {
        ClientId: clientId(),
        Username: USER,
        Password: TEST_PASSWORD,
      });

      expect(answer).toEqual(cognitoError("UsernameExistsException", "User already exists"));
    });

    it("locks a user, known or not, after five wrong passwords", async () => {
      newUser(test, "locked@example.com");
      const guessSixTimes = async (user: string) => {
        await guessFiveTimes(user);
        return signIn(test, { user });
      };

      const known = await clock.stopped(() => guessSixTimes("locked@example.com"));
      const unknown = await clock.stopped(() => guessSixTimes("nobody.at.all@example.com"));

      expect(known).toEqual(cognitoError("NotAuthorizedException", "Password attempts exceeded"));
      expect(unknown).toEqual(known);
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

    it("ends a reset code after five wrong guesses", async () => {
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
    });

    it.each(weakPasswords)("refuses a password $flaw", async ({ password, reason }) => {
      const answer = await cognito(test, "SignUp", {
        ClientId: clientId(),
        Username: "weak@example.com",
        Password: password,
      });

      expect(answer).toEqual(
        cognitoError("InvalidPasswordException", `Password did not conform with policy: ${reason}`),
      );
    });

    it("refuses the password flow to a client that does not allow it", async () => {
      const answer = await signIn(test, { clientId: await backOfficeClientOf(test) });

      expect(answer).toEqual(
        cognitoError("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
      );
    });

    it("allows the password flow to the client that does", async () => {
      const answer = await signIn(test, {});

      expect(Object.keys(tokensIn(answer))).toEqual(["IdToken", "AccessToken", "RefreshToken"]);
    });

    it("gives a user who has not confirmed the address no token, and tells only who knows the password", async () => {
      const user = "unconfirmed@example.com";
      await cognito(test, "SignUp", { ClientId: clientId(), Username: user, Password: TEST_PASSWORD });

      const right = await signIn(test, { user });
      const wrong = await signIn(test, { user, password: "wrong-Horse-7-battery" });

      expect(right).toEqual(cognitoError("UserNotConfirmedException", "User is not confirmed."));
      expect(wrong).toEqual(INCORRECT);
    });

    it("gives the same user tokens once the mailed code has confirmed the address", async () => {
      const user = "confirmed@example.com";
      await cognito(test, "SignUp", { ClientId: clientId(), Username: user, Password: TEST_PASSWORD });
      const ConfirmationCode = codeFor(test, user);
      await cognito(test, "ConfirmSignUp", { ClientId: clientId(), Username: user, ConfirmationCode });

      const answer = await signIn(test, { user });

      expect(answer.status).toBe(200);
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

    it("ends a temporary password after a day", async () => {
      await invite(test, "late@example.com");

      const late = await clock.at({ minutes: 25 * 60 }, () =>
        signIn(test, { user: "late@example.com", password: TEMPORARY_PASSWORD }),
      );

      expect(late).toEqual(
        cognitoError(
          "NotAuthorizedException",
          "Temporary password has expired and must be reset by an administrator.",
        ),
      );
    });

    it("gives a user with an authenticator app no token for the password alone", async () => {
      const user = "app@example.com";
      newUser(test, user);
      const app = await addAuthenticatorApp(test, user);
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
    });

    it("refuses a refresh token that was revoked", async () => {
      const { RefreshToken } = await test.signIn("MyUserPool1");
      await cognito(test, "RevokeToken", { ClientId: clientId(), Token: RefreshToken });

      const answer = await refresh(test, RefreshToken);

      expect(answer).toEqual(cognitoError("NotAuthorizedException", "Refresh Token has been revoked"));
    });

    it("refuses a refresh token after a day", async () => {
      const { RefreshToken } = await test.signIn("MyUserPool1");

      const answer = await clock.at({ minutes: 25 * 60 }, () => refresh(test, RefreshToken));

      expect(answer).toEqual(cognitoError("NotAuthorizedException", "Refresh Token has expired"));
    });

    it("refuses a refresh token at another client of the pool", async () => {
      const { RefreshToken } = await test.signIn("MyUserPool1");

      const answer = await refresh(test, RefreshToken, await backOfficeClientOf(test));

      expect(answer).toEqual(cognitoError("NotAuthorizedException", "Invalid Refresh Token"));
    });

    it("refuses the refresh token of a deleted user, and takes it before", async () => {
      newUser(test, "leaver@example.com");
      const { RefreshToken, AccessToken } = tokensIn(await signIn(test, { user: "leaver@example.com" }));
      const before = await refresh(test, RefreshToken);
      await cognito(test, "DeleteUser", { AccessToken });

      const after = await refresh(test, RefreshToken);

      expect(before.status).toBe(200);
      expect(after).toEqual(cognitoError("NotAuthorizedException", "Invalid Refresh Token"));
    });

    it.each(["AdminCreateUser", "AdminSetUserPassword", "AdminInitiateAuth", "ListUsers"])(
      "refuses %s to whoever has no credentials of the account",
      async (operation) => {
        const { id } = poolOf(test, "MyUserPool1");

        const { body } = await cognito(test, operation, { UserPoolId: id, Username: "intruder@example.com" });

        expect(body.__type).toBe("MissingAuthenticationTokenException");
      },
    );
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

describe("with the authorizer taken out", () => {
  const clock = new MovableClock();
  let test: TestRuntime;
  let loot: Loot;

  beforeAll(async () => {
    test = await startTestRuntime({
      clock,
      edit: ({ edge }) => {
        addBackOfficeClient(edge);
        const method = edge.resource("aws_api_gateway_method.POST-lambda1");
        method.authorization = "NONE";
        delete method.authorizer_id;
      },
    });
    loot = await collectLoot(test, clock);
  });
  afterAll(() => test.close());

  it.each(tokenAttacks)(
    "lets $name through when the method has no authorizer",
    async ({ request, behind = 200 }) => {
      const { status } = await test.send(request(loot));

      expect(status).toBe(behind);
      expect(test.lines.at(-1)?.decision.layer).not.toBe("authorizer");
    },
  );
});

describe("with careless authorizers", () => {
  const clock = new MovableClock();
  let test: TestRuntime;
  let loot: Loot;

  beforeAll(async () => {
    test = await startTestRuntime({
      clock,
      edit: ({ edge }) => {
        addBackOfficeClient(edge);
        const first = edge.resource("aws_api_gateway_authorizer.AGAuthorizer1");
        const second = edge.resource("aws_api_gateway_authorizer.AGAuthorizer2");
        Object.assign(second, {
          provider_arns: first.provider_arns,
          identity_validation_expression: first.identity_validation_expression,
        });
        delete first.identity_validation_expression;
      },
    });
    loot = await collectLoot(test, clock);
  });
  afterAll(() => test.close());

  it("lets another client of the pool in when the authorizer has no identity validation expression", async () => {
    const { status } = await test.send({ token: loot.otherClient });

    expect(status).toBe(200);
  });

  it.each(["AccessToken", "RefreshToken"] as const)(
    "refuses the %s of the pool even when the authorizer has no identity validation expression",
    async (kind) => {
      const answer = await test.send({ token: loot[kind] });

      expectGatewayError(answer, UNAUTHORIZED);
    },
  );

  it("lets a token of the other pool in when the authorizer names that pool", async () => {
    const foreign = await test.send({ path: "/development/lambda2", token: loot.IdToken });
    const own = await test.send({ path: "/development/lambda2", token: loot.otherPool });

    expect(foreign.status).toBe(200);
    expectGatewayError(own, UNAUTHORIZED);
  });
});

describe("with a careless user pool", () => {
  const clock = new MovableClock();
  const clientId = () => poolOf(test, "MyUserPool1").clientId;
  let test: TestRuntime;

  beforeAll(async () => {
    test = await startTestRuntime({
      clock,
      edit: ({ edge }) => {
        Object.assign(edge.resource("aws_cognito_user_pool.MyUserPool1"), {
          password_policy: { minimum_length: 6, temporary_password_validity_days: 7 },
          mfa_configuration: "OFF",
        });
        Object.assign(edge.resource("aws_cognito_user_pool_client.MyUserPool1"), {
          prevent_user_existence_errors: "LEGACY",
          enable_token_revocation: false,
          id_token_validity: 1440,
          refresh_token_validity: 30,
        });
        edge.resource("aws_api_gateway_method.POST-lambda2").authorization_scopes = [
          "aws.cognito.signin.user.admin",
        ];
        delete edge.resource("aws_api_gateway_authorizer.AGAuthorizer2").identity_validation_expression;
      },
    });
  });
  afterAll(() => test.close());

  it("tells an unknown user from a wrong password when prevent_user_existence_errors is LEGACY", async () => {
    const wrong = await signIn(test, { password: "wrong-Horse-7-battery" });
    const unknown = await signIn(test, { user: "nobody@example.com" });

    expect(wrong).toEqual(INCORRECT);
    expect(unknown).toEqual(cognitoError("UserNotFoundException", "User does not exist."));
  });

  it.each(["ForgotPassword", "ConfirmForgotPassword"])(
    "tells an unknown user by %s when prevent_user_existence_errors is LEGACY",
    async (operation) => {
      const answer = await cognito(test, operation, {
        ClientId: clientId(),
        Username: "mallory@example.com",
        ConfirmationCode: "000000",
        Password: TEST_PASSWORD,
      });

      expect(answer).toEqual(
        cognitoError("UserNotFoundException", "Username/client id combination not found."),
      );
    },
  );

  it.each(weakPasswords)("takes a password $flaw when the policy asks for little", async ({ password }) => {
    const answer = await cognito(test, "SignUp", {
      ClientId: clientId(),
      Username: `${Buffer.from(password).toString("hex")}@example.com`,
      Password: password,
    });

    expect(answer.status).toBe(200);
  });

  it("takes a temporary password after a day when it is valid for seven", async () => {
    await invite(test, "late@example.com");

    const { status, body } = await clock.at({ minutes: 25 * 60 }, () =>
      signIn(test, { user: "late@example.com", password: TEMPORARY_PASSWORD }),
    );

    expect(status).toBe(200);
    expect(body).toMatchObject({ ChallengeName: "NEW_PASSWORD_REQUIRED" });
  });

  it("gives a user with an authenticator app tokens for the password alone when MFA is off", async () => {
    newUser(test, "app@example.com");
    await addAuthenticatorApp(test, "app@example.com");

    const answer = await signIn(test, { user: "app@example.com" });

    expect(answer.body).toHaveProperty("AuthenticationResult");
  });

  it("goes on taking a refresh token that cannot be revoked when token revocation is off", async () => {
    const { RefreshToken } = await test.signIn("MyUserPool1");
    const revocation = await cognito(test, "RevokeToken", { ClientId: clientId(), Token: RefreshToken });

    const answer = await refresh(test, RefreshToken);

    expect(revocation.body.__type).toBe("UnsupportedOperationException");
    expect(answer.status).toBe(200);
  });

  it("takes a refresh token after a day when it is valid for thirty", async () => {
    const { RefreshToken } = await test.signIn("MyUserPool1");

    const answer = await clock.at({ minutes: 25 * 60 }, () => refresh(test, RefreshToken));

    expect(answer.status).toBe(200);
  });

  it("takes an ID token after its hour when it is valid for a day", async () => {
    const { IdToken } = await test.signIn("MyUserPool1");

    const answer = await clock.at({ minutes: 61 }, () => test.send({ token: IdToken }));

    expect(answer.status).toBe(200);
  });

  it("takes an access token when the method asks for its scope", async () => {
    const { AccessToken } = await test.signIn("MyUserPool2");

    const answer = await test.send({ path: "/development/lambda2", token: AccessToken });

    expect(answer.status).toBe(200);
  });
});
