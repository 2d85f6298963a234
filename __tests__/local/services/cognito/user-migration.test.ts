import { type Handler, poolWith, refuse } from "./trigger-functions";

const ada = "ada@example.com";
const password = "old";

const known: Handler = ({ request }) =>
  request.password === undefined || request.password === password
    ? { userAttributes: { email: ada, email_verified: "true" }, finalUserStatus: "CONFIRMED" }
    : {};

describe("signing in with a name that the pool does not have", () => {
  test("brings the user in, whatever the password policy says, and only once", async () => {
    const { directory, functions } = await poolWith({
      user_migration: known,
      pre_authentication: () => ({}),
    });

    const first = await directory.signIn(ada, password);
    await directory.signIn(ada, password);

    expect(first).toHaveProperty("AuthenticationResult.IdToken");
    expect(functions.sources).toEqual([
      "UserMigration_Authentication",
      "PreAuthentication_Authentication",
      "PreAuthentication_Authentication",
    ]);
    expect(functions.event("UserMigration_Authentication")).toMatchObject({
      userName: ada,
      request: { password },
    });
    expect(
      await directory.call("AdminGetUser", { UserPoolId: "us-east-1_Pool1", Username: ada }),
    ).toMatchObject({
      UserStatus: "CONFIRMED",
      UserAttributes: expect.arrayContaining([{ Name: "email_verified", Value: "true" }]),
    });
  });

  test("fails as a wrong password does where the function knows nobody, and creates nobody", async () => {
    const { directory } = await poolWith({ user_migration: known });

    expect(await directory.refusedSignIn(ada, "wrong")).toBe(
      "NotAuthorizedException: Incorrect username or password.",
    );
    expect(directory.subs()).toEqual([]);
  });

  test("fails where the function does", async () => {
    const { directory } = await poolWith({ user_migration: refuse("directory is down") });

    expect(await directory.refusedSignIn(ada, password)).toBe(
      "UserLambdaValidationException: UserMigration failed with error directory is down.",
    );
  });

  test("asks for another password where the user is not confirmed by that", async () => {
    const { directory } = await poolWith({ user_migration: () => ({ userAttributes: { email: ada } }) });

    expect(await directory.refusedSignIn(ada, password)).toBe(
      "PasswordResetRequiredException: Password reset required for the user",
    );
  });

  test("says what is wrong with attributes that the pool cannot take", async () => {
    const { directory } = await poolWith({ user_migration: () => ({ userAttributes: { sub: "1" } }) });

    expect(await directory.refusedSignIn(ada, password)).toContain(
      "InvalidLambdaResponseException: UserMigration:",
    );
    expect(directory.subs()).toEqual([]);
  });
});

test("a forgotten password brings the user in too, with a code to the address", async () => {
  const { directory, functions } = await poolWith({ user_migration: known });

  await directory.call("ForgotPassword", { ClientId: "client1", Username: ada });

  expect(functions.event("UserMigration_ForgotPassword").request).not.toHaveProperty("password");
  expect(directory.messages[0]).toMatchObject({ email: ada, purpose: "password-reset" });
});

test("a sign-in by SRP does not bring anybody in: there is no password to show", async () => {
  const { directory, functions } = await poolWith(
    { user_migration: known },
    { client: { explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"] } },
  );

  await directory.call("InitiateAuth", {
    ClientId: "client1",
    AuthFlow: "USER_SRP_AUTH",
    AuthParameters: { USERNAME: ada, SRP_A: "abc123" },
  });

  expect(functions.events).toEqual([]);
});
