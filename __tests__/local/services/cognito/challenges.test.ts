import type { Value } from "../../../../local/deployment/attributes";
import { authenticatorCode } from "../../../../local/services/cognito/authenticator-code";
import { clientResource, members, password, poolResource, TestDirectory, tokensIn } from "./fixture";

const UserPoolId = "us-east-1_Pool1";
const Username = "ada@example.com";
const temporary = "Temporary-Pass-1";

let directory: TestDirectory;

async function start(pool: Record<string, Value> = {}): Promise<void> {
  directory = await TestDirectory.of(
    poolResource(1, pool),
    clientResource("client1", 1),
    clientResource("other", 1),
  );
}

beforeEach(() => start());

function respond(ChallengeName: string, Session: unknown, responses: object, ClientId = "client1") {
  const ChallengeResponses = { USERNAME: Username, ...responses };
  return directory.refusal("RespondToAuthChallenge", {
    ClientId,
    ChallengeName,
    Session,
    ChallengeResponses,
  });
}

/** The code that an app shows which was given this secret in base 32. */
function codeOf(secretCode: unknown, aheadSeconds = 0): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...String(secretCode)]
    .map((digit) => alphabet.indexOf(digit).toString(2).padStart(5, "0"))
    .join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return authenticatorCode(Buffer.from(bytes), directory.clock.now() + aheadSeconds * 1000);
}

describe("a user whom an administrator made", () => {
  const create = (changes: object = {}) =>
    directory.call("AdminCreateUser", { UserPoolId, Username, TemporaryPassword: temporary, ...changes });

  test("is asked for a new password, sets it and is signed in", async () => {
    await create();

    const challenge = await directory.signIn(Username, temporary);
    const answer = await directory.call("RespondToAuthChallenge", {
      ClientId: "client1",
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: challenge.Session,
      ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: password, "userAttributes.name": "Ada" },
    });
    const user = await directory.call("GetUser", { AccessToken: tokensIn(answer).access });

    expect(challenge).toMatchObject({
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      ChallengeParameters: { requiredAttributes: "[]", userAttributes: '{"email":"ada@example.com"}' },
    });
    expect(challenge).not.toHaveProperty("AuthenticationResult");
    expect(user.UserAttributes).toContainEqual({ Name: "name", Value: "Ada" });
    expect(await directory.signIn(Username)).toHaveProperty("AuthenticationResult");
    expect(await directory.refusedSignIn(Username, temporary)).toContain("NotAuthorizedException");
  });

  test("answers the challenge of AdminInitiateAuth too", async () => {
    await create();
    const challenge = await directory.call("AdminInitiateAuth", {
      UserPoolId,
      ClientId: "client1",
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: Username, PASSWORD: temporary },
    });

    const answer = await directory.call("AdminRespondToAuthChallenge", {
      UserPoolId,
      ClientId: "client1",
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: challenge.Session,
      ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: password },
    });

    expect(tokensIn(answer).id).toMatch(/^ey/);
  });

  test("gets the temporary password by e-mail unless that is suppressed", async () => {
    await create({ TemporaryPassword: undefined });
    await create({ Username: "eve@example.com", MessageAction: "SUPPRESS" });
    const [invitation, ...others] = directory.messages;

    const challenge = await directory.signIn(Username, invitation?.code ?? "");

    expect(invitation).toMatchObject({ email: Username, purpose: "invitation" });
    expect(others).toEqual([]);
    expect(challenge.ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
  });

  test("cannot use the temporary password after a week", async () => {
    await create();
    directory.clock.advance({ seconds: 7 * 86_400 });

    expect(await directory.refusedSignIn(Username, temporary)).toBe(
      "NotAuthorizedException: Temporary password has expired and must be reset by an administrator.",
    );

    await create({ MessageAction: "RESEND", TemporaryPassword: "Another-Pass-2" });
    expect(await directory.refusedSignIn(Username, "Another-Pass-2")).toContain("NEW_PASSWORD_REQUIRED");
  });
});

describe("a challenge", () => {
  let session: unknown;

  beforeEach(async () => {
    await directory.call("AdminCreateUser", { UserPoolId, Username, TemporaryPassword: temporary });
    session = (await directory.signIn(Username, temporary)).Session;
  });

  const answer = (responses: object = { NEW_PASSWORD: password }, ClientId = "client1", given = session) =>
    respond("NEW_PASSWORD_REQUIRED", given, responses, ClientId);
  const invalid = "NotAuthorizedException: Invalid session for the user.";

  test("is answered once", async () => {
    expect(await answer()).toContain("IdToken");
    expect(await answer()).toBe(invalid);
  });

  test("ends after three minutes", async () => {
    directory.clock.advance({ seconds: 180 });

    expect(await answer()).toBe("NotAuthorizedException: Invalid session for the user, session is expired.");
  });

  test("belongs to its client, its user and its kind", async () => {
    directory.confirmedUser("eve@example.com");

    expect(await answer({ NEW_PASSWORD: password }, "other")).toBe(invalid);
    expect(await answer({ NEW_PASSWORD: password, USERNAME: "eve@example.com" })).toBe(invalid);
    expect(await answer({ NEW_PASSWORD: password }, "client1", "a session of nobody")).toContain(
      "length greater than or equal to 20",
    );
    expect(await answer({ NEW_PASSWORD: password }, "client1", "a session of nobody at all")).toBe(invalid);
    expect(await respond("SOFTWARE_TOKEN_MFA", session, { SOFTWARE_TOKEN_MFA_CODE: "123456" })).toBe(invalid);
    expect(await respond("MFA_SETUP", session, {})).toBe(invalid);
    expect(await respond("SMS_MFA", session, {})).toContain("The challenge SMS_MFA is not supported");
    expect(await answer()).toContain("IdToken");
  });

  test("does not let a password pass that breaks the policy, nor attributes that users may not write", async () => {
    expect(await answer({ NEW_PASSWORD: "Short-1" })).toBe(
      "InvalidPasswordException: Password did not conform with password policy: Password not long enough",
    );
    expect(await answer({})).toBe("InvalidParameterException: Missing required parameter NEW_PASSWORD");
    expect(await answer({ NEW_PASSWORD: password, "userAttributes.email_verified": "true" })).toContain(
      "A client attempted to write unauthorized attribute",
    );
    expect(await answer({ NEW_PASSWORD: password, "userAttributes.email": "eve@evil.com" })).toContain(
      "Cannot modify an already provided email",
    );
    expect(await directory.refusedSignIn(Username, temporary)).toContain("NEW_PASSWORD_REQUIRED");
  });

  test("is of no use once its user is disabled or deleted", async () => {
    await directory.call("AdminDisableUser", { UserPoolId, Username });
    expect(await answer()).toBe("NotAuthorizedException: User is disabled.");

    await directory.call("AdminDeleteUser", { UserPoolId, Username });
    expect(await answer()).toBe(invalid);
  });
});

describe("an authenticator app", () => {
  let secretCode: unknown;

  async function enroll(): Promise<void> {
    directory.confirmedUser(Username);
    const { access: AccessToken } = await directory.tokens(Username);
    secretCode = (await directory.call("AssociateSoftwareToken", { AccessToken })).SecretCode;
    const verified = await directory.call("VerifySoftwareToken", {
      AccessToken,
      UserCode: codeOf(secretCode),
    });
    await directory.call("SetUserMFAPreference", {
      AccessToken,
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    });
    expect(verified).toEqual({ Status: "SUCCESS" });
    directory.clock.advance({ seconds: 60 });
  }

  const challenge = async () => (await directory.signIn(Username)).Session;
  const answer = (session: unknown, code: string) =>
    respond("SOFTWARE_TOKEN_MFA", session, { SOFTWARE_TOKEN_MFA_CODE: code });

  test("is asked for its code after the password", async () => {
    await enroll();

    const signIn = await directory.signIn(Username);
    const result = await answer(signIn.Session, codeOf(secretCode));

    expect(secretCode).toMatch(/^[A-Z2-7]{52}$/);
    expect(signIn.ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    expect(signIn).not.toHaveProperty("AuthenticationResult");
    expect(result).toContain("IdToken");
    const user = await directory.call("AdminGetUser", { UserPoolId, Username });
    expect(user).toMatchObject({ UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] });
  });

  test("may run half a minute off, and no more", async () => {
    await enroll();

    expect(await answer(await challenge(), codeOf(secretCode, -60))).toContain("CodeMismatchException");
    expect(await answer(await challenge(), codeOf(secretCode, 60))).toContain("CodeMismatchException");
    expect(await answer(await challenge(), codeOf(secretCode, -30))).toContain("IdToken");
    expect(await answer(await challenge(), codeOf(secretCode, 30))).toContain("IdToken");
  });

  test("gives codes that work once", async () => {
    await enroll();
    const code = codeOf(secretCode);

    await answer(await challenge(), code);

    expect(await answer(await challenge(), code)).toBe(
      "ExpiredCodeException: Your software token has already been used once.",
    );
  });

  test("cannot be guessed by whoever has the password: signing in again gives no new attempts", async () => {
    await enroll();
    const wrong = codeOf(secretCode, 6000);

    const answers: string[] = [];
    for (let count = 0; count < 5; count++) answers.push(await answer(await challenge(), wrong));
    const sixth = await directory.refusedSignIn(Username);

    expect(new Set(answers)).toEqual(new Set(["CodeMismatchException: Invalid code received for user"]));
    expect(sixth).toBe("NotAuthorizedException: Password attempts exceeded");
  });

  test("cannot be guessed in one challenge either", async () => {
    await enroll();
    const session = await challenge();
    const wrong = codeOf(secretCode, 6000);

    for (let count = 0; count < 5; count++) await answer(session, wrong);

    expect(await answer(session, codeOf(secretCode))).toBe(
      "NotAuthorizedException: Password attempts exceeded",
    );
  });

  test("is asked for no more once its user switched it off", async () => {
    await enroll();
    const { access: AccessToken } = tokensIn(
      members(JSON.parse(await answer(await challenge(), codeOf(secretCode)))),
    );

    await directory.call("SetUserMFAPreference", {
      AccessToken,
      SoftwareTokenMfaSettings: { Enabled: false },
    });

    expect(await directory.signIn(Username)).toHaveProperty("AuthenticationResult");
  });

  test("counts only once a code has proved that it has the secret", async () => {
    directory.confirmedUser(Username);
    const { access: AccessToken } = await directory.tokens(Username);
    const enable = () =>
      directory.refusal("SetUserMFAPreference", { AccessToken, SoftwareTokenMfaSettings: { Enabled: true } });

    expect(await directory.refusal("VerifySoftwareToken", { AccessToken, UserCode: "123456" })).toContain(
      "SoftwareTokenMFANotFoundException",
    );
    const { SecretCode } = await directory.call("AssociateSoftwareToken", { AccessToken });
    expect(
      await directory.refusal("VerifySoftwareToken", { AccessToken, UserCode: codeOf(SecretCode, 600) }),
    ).toBe("EnableSoftwareTokenMFAException: Code mismatch");
    expect(await enable()).toBe("InvalidParameterException: User has not verified software token mfa");
    expect(await directory.signIn(Username)).toHaveProperty("AuthenticationResult");
  });

  test("is the only second factor here", async () => {
    directory.confirmedUser(Username);
    const { access: AccessToken } = await directory.tokens(Username);

    const refusal = await directory.refusal("SetUserMFAPreference", {
      AccessToken,
      SMSMfaSettings: { Enabled: true },
    });

    expect(refusal).toContain("SMSMfaSettings is not supported by the local runtime");
  });

  test("cannot be set up in a pool that does not have it on", async () => {
    await start({ mfa_configuration: "OFF", software_token_mfa_configuration: [] });
    directory.confirmedUser(Username);
    const { access: AccessToken } = await directory.tokens(Username);

    expect(await directory.refusal("AssociateSoftwareToken", { AccessToken })).toContain(
      "SoftwareTokenMFANotFoundException",
    );
  });
});

describe("a pool that requires MFA", () => {
  beforeEach(async () => {
    await start({ mfa_configuration: "ON" });
    directory.confirmedUser(Username);
  });

  test("has the app set up at the first sign-in and asks for its code at each later one", async () => {
    const first = await directory.signIn(Username);
    const associated = await directory.call("AssociateSoftwareToken", { Session: first.Session });
    const verified = await directory.call("VerifySoftwareToken", {
      Session: associated.Session,
      UserCode: codeOf(associated.SecretCode),
    });
    const done = await respond("MFA_SETUP", verified.Session, {});
    directory.clock.advance({ seconds: 60 });
    const second = await directory.signIn(Username);

    expect(first).toMatchObject({
      ChallengeName: "MFA_SETUP",
      ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
    });
    expect(done).toContain("IdToken");
    expect(second.ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    expect(
      await respond("SOFTWARE_TOKEN_MFA", second.Session, {
        SOFTWARE_TOKEN_MFA_CODE: codeOf(associated.SecretCode),
      }),
    ).toContain("IdToken");
  });

  test("cannot be got round by leaving out the setup", async () => {
    const { Session } = await directory.signIn(Username);
    const unproved = await respond("MFA_SETUP", Session, {});
    const associated = await directory.call("AssociateSoftwareToken", { Session });
    const stillUnproved = await respond("MFA_SETUP", associated.Session, {});

    expect([unproved, stillUnproved]).toEqual(
      Array(2).fill("NotAuthorizedException: Invalid session for the user."),
    );
  });

  test("sets an app up only for whoever has a session or an access token", async () => {
    expect(await directory.refusal("AssociateSoftwareToken", {})).toContain("Either AccessToken or Session");
    expect(await directory.refusal("AssociateSoftwareToken", { Session: "a session of nobody at all" })).toBe(
      "NotAuthorizedException: Invalid session for the user.",
    );
    expect(
      await directory.refusal("VerifySoftwareToken", {
        Session: "a session of nobody at all",
        UserCode: "123456",
      }),
    ).toBe("NotAuthorizedException: Invalid session for the user.");
  });
});
