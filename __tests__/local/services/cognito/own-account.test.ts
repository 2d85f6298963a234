import { clientResource, decode, password, poolResource, TestDirectory, type Tokens } from "./fixture";

const Username = "ada@example.com";
const revoked = "NotAuthorizedException: Access Token has been revoked";

let directory: TestDirectory;
let tokens: Tokens;

beforeEach(async () => {
  directory = await TestDirectory.of(
    poolResource(1),
    poolResource(2),
    clientResource("client1", 1),
    clientResource("other", 1),
    clientResource("client2", 2),
    clientResource("fixed", 1, { enable_token_revocation: false }),
  );
  directory.confirmedUser(Username);
  tokens = await directory.tokens(Username);
});

const getUser = (AccessToken: unknown) => directory.refusal("GetUser", { AccessToken });
const refresh = (token: string) =>
  directory.refusal("InitiateAuth", {
    ClientId: "client1",
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters: { REFRESH_TOKEN: token },
  });
const revoke = (Token: string, changes: object = {}) =>
  directory.refusal("RevokeToken", { ClientId: "client1", Token, ...changes });

describe("an access token", () => {
  test("shows its owner's attributes", async () => {
    const { sub } = decode(tokens.access);

    expect(JSON.parse(await getUser(tokens.access))).toEqual({
      Username: sub,
      UserAttributes: [
        { Name: "sub", Value: sub },
        { Name: "email", Value: Username },
        { Name: "email_verified", Value: "true" },
      ],
    });
  });

  test("is refused when it is an ID token, changed, expired or none", async () => {
    const invalid = "NotAuthorizedException: Invalid Access Token";

    expect(await getUser(tokens.id)).toBe(invalid);
    expect(await getUser(`${tokens.access.slice(0, -4)}AAAA`)).toBe(invalid);
    expect(await getUser("garbage")).toBe(invalid);
    expect(await getUser("not a token")).toContain("regular expression pattern: [A-Za-z0-9-_=.]+");
    expect(await getUser(undefined)).toContain("Value null at 'accessToken'");
    directory.clock.advance({ seconds: 3600 });
    expect(await getUser(tokens.access)).toBe("NotAuthorizedException: Access Token has expired");
  });

  test("is of no use once its user is deleted or disabled", async () => {
    const user = { UserPoolId: "us-east-1_Pool1", Username };

    await directory.call("AdminDisableUser", user);
    const disabled = await getUser(tokens.access);
    await directory.call("AdminEnableUser", user);
    const enabledAgain = await directory.refusedSignIn(Username);
    await directory.call("AdminDeleteUser", user);
    const deleted = await getUser(tokens.access);

    expect(disabled).toBe(revoked);
    expect(enabledAgain).toContain("IdToken");
    expect(deleted).toBe("UserNotFoundException: User does not exist.");
  });
});

test("signing out everywhere ends every sign-in of the user, and no other's", async () => {
  directory.confirmedUser("eve@example.com");
  const second = await directory.tokens(Username);
  const others = await directory.tokens("eve@example.com");

  await directory.call("GlobalSignOut", { AccessToken: tokens.access });

  expect(await getUser(tokens.access)).toBe(revoked);
  expect(await getUser(second.access)).toBe(revoked);
  expect(await refresh(second.refresh)).toBe("NotAuthorizedException: Refresh Token has been revoked");
  expect(await getUser(others.access)).toContain("eve@example.com");
  expect(await directory.refusal("GlobalSignOut", { AccessToken: tokens.access })).toBe(revoked);
  const later = await directory.tokens(Username);
  expect(await getUser(later.access)).toContain(Username);
});

test("an administrator signs a user out everywhere", async () => {
  await directory.call("AdminUserGlobalSignOut", { UserPoolId: "us-east-1_Pool1", Username });

  expect(await getUser(tokens.access)).toBe(revoked);
});

describe("revoking a refresh token", () => {
  test("ends it and the access tokens from it, and no other sign-in", async () => {
    const second = await directory.tokens(Username);

    const answer = await revoke(tokens.refresh);

    expect(answer).toBe("{}");
    expect(await refresh(tokens.refresh)).toBe("NotAuthorizedException: Refresh Token has been revoked");
    expect(await getUser(tokens.access)).toBe(revoked);
    expect(await getUser(second.access)).toContain(Username);
    expect(await revoke(tokens.refresh)).toBe("{}");
  });

  test("is its own client's business", async () => {
    expect(await revoke(tokens.refresh, { ClientId: "other" })).toContain("UnauthorizedException");
    expect(await revoke(tokens.refresh, { ClientId: "client2" })).toBe("{}");
    expect(await revoke(tokens.refresh, { ClientId: "nobody" })).toBe(
      "UnauthorizedException: Invalid client",
    );
    expect(await revoke(tokens.refresh, { ClientSecret: "guessed".repeat(4) })).toBe(
      "UnauthorizedException: Invalid client",
    );
    expect(await refresh(tokens.refresh)).toContain("IdToken");
  });

  test("is for refresh tokens, and for clients that allow it", async () => {
    expect(await revoke(tokens.access)).toContain("UnsupportedTokenTypeException");
    expect(await revoke("nobodys-token")).toBe("{}");
    expect(await revoke(tokens.refresh, { ClientId: "fixed" })).toContain("UnsupportedOperationException");
  });
});

describe("changing the password", () => {
  const change = (changes: object = {}) =>
    directory.refusal("ChangePassword", {
      AccessToken: tokens.access,
      PreviousPassword: password,
      ProposedPassword: "Entirely-New-8",
      ...changes,
    });

  test("needs the old one", async () => {
    expect(await change({ PreviousPassword: "Wrong-Horse-77" })).toBe(
      "NotAuthorizedException: Incorrect username or password.",
    );
    expect(await change()).toBe("{}");
    expect(await directory.refusedSignIn(Username, "Entirely-New-8")).toContain("IdToken");
    expect(await directory.refusedSignIn(Username)).toContain("NotAuthorizedException");
  });

  test("keeps to the policy", async () => {
    expect(await change({ ProposedPassword: "no-digits-HERE" })).toBe(
      "InvalidPasswordException: Password did not conform with policy: Password must have numeric characters",
    );
  });

  test("is not a way to guess it", async () => {
    for (let count = 0; count < 5; count++) await change({ PreviousPassword: "Wrong-Horse-77" });

    expect(await change()).toBe(
      "LimitExceededException: Attempt limit exceeded, please try after some time.",
    );
    expect(await directory.refusedSignIn(Username)).toBe(
      "NotAuthorizedException: Password attempts exceeded",
    );
  });
});

test("users delete themselves, and can sign up again", async () => {
  await directory.call("DeleteUser", { AccessToken: tokens.access });

  expect(await directory.refusedSignIn(Username)).toContain("NotAuthorizedException");
  expect(await getUser(tokens.access)).toBe("UserNotFoundException: User does not exist.");
  expect(await directory.refusal("SignUp", { ClientId: "client1", Username, Password: password })).toContain(
    "UserSub",
  );
});
