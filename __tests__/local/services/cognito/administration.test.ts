import { clientResource, password, poolArn, poolResource, TestDirectory } from "./fixture";

const UserPoolId = "us-east-1_Pool1";
const Username = "ada@example.com";

let directory: TestDirectory;

beforeEach(async () => {
  const custom = { name: "tier", attribute_data_type: "Number", mutable: true };
  const fixed = { name: "badge", attribute_data_type: "String", mutable: false };
  directory = await TestDirectory.of(
    poolResource(1, { schema: [custom, fixed] }),
    poolResource(2),
    clientResource("client1", 1),
  );
});

const admin = (operation: string, input: object = {}) =>
  directory.refusal(operation, { UserPoolId, Username, ...input });
const update = (...attributes: [string, string][]) =>
  admin("AdminUpdateUserAttributes", {
    UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
  });
const attributesOf = async (name = Username) =>
  (await directory.call("AdminGetUser", { UserPoolId, Username: name })).UserAttributes;

describe("permissions", () => {
  const names = () => Object.entries(directory.service.operations);

  test("each administrative operation needs its own on the pool", () => {
    const needed = names().flatMap(([name, { permission }]) =>
      permission === undefined ? [] : [[name, permission({ UserPoolId })] as const],
    );

    expect(needed).toHaveLength(36);
    for (const [name, permission] of needed) {
      const resource =
        name === "ListUserPools" || name === "DescribeUserPoolDomain" ? "*" : poolArn(UserPoolId);
      expect(permission).toEqual({ action: `cognito-idp:${name}`, resource });
    }
  });

  test("the operations that anybody may call are those that AWS lets anybody call, and no other", () => {
    const open = names().flatMap(([name, { permission }]) => (permission === undefined ? [name] : []));

    expect(open.sort()).toEqual([
      "AssociateSoftwareToken",
      "ChangePassword",
      "ConfirmDevice",
      "ConfirmForgotPassword",
      "ConfirmSignUp",
      "DeleteUser",
      "DeleteUserAttributes",
      "ForgetDevice",
      "ForgotPassword",
      "GetDevice",
      "GetTokensFromRefreshToken",
      "GetUser",
      "GetUserAttributeVerificationCode",
      "GetUserAuthFactors",
      "GlobalSignOut",
      "InitiateAuth",
      "ListDevices",
      "ResendConfirmationCode",
      "RespondToAuthChallenge",
      "RevokeToken",
      "SetUserMFAPreference",
      "SignUp",
      "UpdateDeviceStatus",
      "UpdateUserAttributes",
      "VerifySoftwareToken",
      "VerifyUserAttribute",
    ]);
  });

  test("an unknown pool is told before the permission is looked at", () => {
    const { AdminGetUser } = directory.service.operations;

    expect(() => AdminGetUser?.permission?.({ UserPoolId: "us-east-1_Nowhere" })).toThrow(
      "User pool us-east-1_Nowhere does not exist.",
    );
  });
});

describe("creating a user", () => {
  test("answers with the user, who has to change the password", async () => {
    const answer = await directory.call("AdminCreateUser", {
      UserPoolId,
      Username,
      UserAttributes: [
        { Name: "email_verified", Value: "true" },
        { Name: "custom:tier", Value: "3" },
      ],
    });

    const sub = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const now = directory.clock.now() / 1000;
    expect(answer.User).toEqual({
      Username: sub,
      UserStatus: "FORCE_CHANGE_PASSWORD",
      Enabled: true,
      UserCreateDate: now,
      UserLastModifiedDate: now,
      Attributes: [
        { Name: "sub", Value: sub },
        { Name: "email_verified", Value: "true" },
        { Name: "custom:tier", Value: "3" },
        { Name: "email", Value: Username },
      ],
    });
  });

  test("is refused for a name that is taken, a weak password and attributes out of the schema", async () => {
    await admin("AdminCreateUser");

    expect(await admin("AdminCreateUser")).toBe(
      "UsernameExistsException: An account with the given email already exists.",
    );
    expect(await admin("AdminCreateUser", { Username: "eve@example.com", TemporaryPassword: "short" })).toBe(
      "InvalidPasswordException: Password did not conform with password policy: Password not long enough",
    );
    expect(
      await admin("AdminCreateUser", {
        Username: "eve@example.com",
        UserAttributes: [{ Name: "custom:tier", Value: "gold" }],
      }),
    ).toContain("custom:tier: Attribute is not a number");
    expect(await admin("AdminCreateUser", { MessageAction: "MAYBE" })).toContain(
      "enum value set: [RESEND, SUPPRESS]",
    );
  });

  test("sends the invitation again only while it is open", async () => {
    directory.confirmedUser(Username);

    expect(await admin("AdminCreateUser", { MessageAction: "RESEND" })).toContain(
      "UnsupportedUserStateException",
    );
    expect(await admin("AdminCreateUser", { MessageAction: "RESEND", Username: "eve@example.com" })).toBe(
      "UserNotFoundException: User does not exist.",
    );
  });
});

test("a password set for good signs in at once; one that is not has to be changed", async () => {
  await admin("AdminCreateUser");

  await admin("AdminSetUserPassword", { Password: password, Permanent: true });
  const permanent = await directory.refusedSignIn(Username);
  await admin("AdminSetUserPassword", { Password: password });
  const temporary = await directory.refusedSignIn(Username);

  expect(permanent).toContain("IdToken");
  expect(temporary).toContain("NEW_PASSWORD_REQUIRED");
  expect(await admin("AdminSetUserPassword", { Password: "weak" })).toContain("InvalidPasswordException");
  expect(await admin("AdminSetUserPassword", { Password: password, Permanent: "yes" })).toContain(
    "SerializationException: STRING_VALUE can not be converted to a Boolean",
  );
});

test("a sign-up is confirmed without a code, once", async () => {
  await directory.call("SignUp", { ClientId: "client1", Username, Password: password });

  expect(await admin("AdminConfirmSignUp")).toBe("{}");
  expect(await admin("AdminConfirmSignUp")).toContain(
    "User cannot be confirmed. Current status is CONFIRMED",
  );
  expect(await attributesOf()).toContainEqual({ Name: "email_verified", Value: "false" });
});

describe("changing attributes", () => {
  beforeEach(() => directory.confirmedUser(Username));

  test("a new address is the name to sign in with, and unverified", async () => {
    expect(await update(["email", "ada@new.example"])).toBe("{}");

    expect(await attributesOf("ada@new.example")).toContainEqual({ Name: "email_verified", Value: "false" });
    expect(await directory.refusedSignIn("ada@new.example")).toContain("IdToken");
    expect(await directory.refusedSignIn(Username)).toContain("NotAuthorizedException");
  });

  test("an address stays verified that does not change, or that the call declares so", async () => {
    await update(["email", Username]);
    const unchanged = await attributesOf();
    await update(["email", "ada@new.example"], ["email_verified", "true"]);

    expect(unchanged).toContainEqual({ Name: "email_verified", Value: "true" });
    expect(await attributesOf("ada@new.example")).toContainEqual({ Name: "email_verified", Value: "true" });
  });

  test("is refused for another user's address, a bad one, and what cannot change", async () => {
    directory.confirmedUser("eve@example.com");

    expect(await update(["email", "EVE@example.com"])).toBe(
      "AliasExistsException: An account with the given email already exists.",
    );
    expect(await update(["email", "nonsense"])).toBe(
      "InvalidParameterException: Invalid email address format.",
    );
    expect(await update(["custom:badge", "7"])).toContain("user.custom:badge: Attribute cannot be updated.");
    expect(await update(["sub", "7"])).toContain("Cannot modify the non-mutable attribute sub");
    expect(await update(["name", "x".repeat(2049)])).toContain("length less than or equal to 2048");
  });
});

test("an unknown user and an unknown pool are named", async () => {
  for (const operation of ["AdminGetUser", "AdminDeleteUser", "AdminEnableUser", "AdminUserGlobalSignOut"]) {
    expect(await admin(operation)).toBe("UserNotFoundException: User does not exist.");
    expect(await admin(operation, { UserPoolId: "us-east-1_Nowhere" })).toBe(
      "ResourceNotFoundException: User pool us-east-1_Nowhere does not exist.",
    );
  }
});

describe("a confirmed user created by the program", () => {
  test("signs in at once, and nothing is sent", async () => {
    directory.confirmedUser(Username);

    expect(await directory.refusedSignIn(Username)).toContain("IdToken");
    expect(await attributesOf()).toContainEqual({ Name: "email_verified", Value: "true" });
    expect(directory.messages).toEqual([]);
  });

  test("is not left half created by a password that breaks the policy", async () => {
    const { createConfirmedUser } = directory.directory;

    expect(() => createConfirmedUser({ userPoolId: UserPoolId, email: Username, password: "weak" })).toThrow(
      "Password not long enough",
    );
    expect(await admin("AdminGetUser")).toContain("UserNotFoundException");
  });
});

describe("listing users", () => {
  const list = async (input: object = {}) => {
    const { Users } = await directory.call("ListUsers", { UserPoolId, ...input });
    return JSON.stringify(Users).match(/[a-z]+@example\.com/g) ?? [];
  };

  beforeEach(async () => {
    for (const name of ["ada", "alan", "eve"]) directory.confirmedUser(`${name}@example.com`);
    await directory.call("AdminDisableUser", { UserPoolId, Username: "eve@example.com" });
  });

  test.each([
    ['email = "ada@example.com"', ["ada"]],
    ['email ^= "a"', ["ada", "alan"]],
    ['"email"^="al"', ["alan"]],
    ['email = "a"', []],
    ['status = "disabled"', ["eve"]],
    ['cognito:user_status = "confirmed"', ["ada", "alan", "eve"]],
    ['username ^= "no"', []],
    ["", ["ada", "alan", "eve"]],
  ])("by the filter %s", async (Filter, names) => {
    expect(await list({ Filter })).toEqual(names.map((name) => `${name}@example.com`));
  });

  test("by sub", async () => {
    const attributes = JSON.stringify(await attributesOf("alan@example.com"));
    const sub = /[0-9a-f-]{36}/.exec(attributes)?.[0] ?? "";

    expect(await list({ Filter: `sub = "${sub}"` })).toEqual(["alan@example.com"]);
  });

  test("refuses a filter that is none", async () => {
    expect(await admin("ListUsers", { Filter: "email ~ ada" })).toBe(
      "InvalidParameterException: Error while parsing filter.",
    );
    expect(await admin("ListUsers", { Filter: 'custom:tier = "1"' })).toContain("Invalid search attribute");
  });

  test("in pages, with the attributes asked for", async () => {
    const first = await directory.call("ListUsers", { UserPoolId, Limit: 2, AttributesToGet: ["email"] });
    const second = await directory.call("ListUsers", { UserPoolId, PaginationToken: first.PaginationToken });

    expect(first.Users).toMatchObject([
      { Attributes: [{ Name: "email", Value: "ada@example.com" }] },
      { Attributes: [{ Name: "email", Value: "alan@example.com" }] },
    ]);
    expect(second.Users).toHaveLength(1);
    expect(second.PaginationToken).toBeUndefined();
    expect(await admin("ListUsers", { PaginationToken: "nonsense" })).toContain("Invalid pagination token");
    expect(await admin("ListUsers", { AttributesToGet: ["email", "name"] })).toBe(
      "InvalidParameterException: One or more requested attributes do not exist.",
    );
    expect(await list({ AttributesToGet: [] })).toEqual([]);
    expect(await admin("ListUsers", { Limit: 61 })).toContain("'limit' failed to satisfy constraint");
    expect(await admin("ListUsers", { Limit: -1 })).toContain("greater than or equal to 0");
  });
});
