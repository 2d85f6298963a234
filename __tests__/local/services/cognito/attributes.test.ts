import type { Values } from "../../../support/deployment";
import { clientResource, members, poolResource, TestDirectory } from "./fixture";

const Username = "ada@example.com";
const UserPoolId = "us-east-1_Pool1";
const unauthorized = "NotAuthorizedException: A client attempted to write unauthorized attribute";

const schema: Values[] = [
  {
    name: "tier",
    attribute_data_type: "String",
    mutable: true,
    string_attribute_constraints: { max_length: "4" },
  },
  {
    name: "age",
    attribute_data_type: "Number",
    mutable: true,
    number_attribute_constraints: { min_value: "18" },
  },
  { name: "badge", attribute_data_type: "String", mutable: false },
];

let directory: TestDirectory;
let AccessToken: string;

async function start(pool: Values = {}, client: Values = {}): Promise<void> {
  directory = await TestDirectory.of(
    poolResource(1, { schema, ...pool }),
    clientResource("client1", 1, { ...client }),
  );
  directory.confirmedUser(Username);
  ({ access: AccessToken } = await directory.tokens(Username));
}

beforeEach(() => start());

const update = (...attributes: [string, string][]) =>
  directory.refusal("UpdateUserAttributes", {
    AccessToken,
    UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
  });
const remove = (...UserAttributeNames: string[]) =>
  directory.refusal("DeleteUserAttributes", { AccessToken, UserAttributeNames });
const verify = (Code: string, AttributeName = "email") =>
  directory.refusal("VerifyUserAttribute", { AccessToken, AttributeName, Code });
const own = async () => {
  const { UserAttributes } = await directory.call("GetUser", { AccessToken });
  const list = Array.isArray(UserAttributes) ? UserAttributes : [];
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
};

test("a user changes and deletes own attributes", async () => {
  expect(await update(["name", "Ada"], ["custom:tier", "gold"], ["custom:age", "36"])).toBe(
    '{"CodeDeliveryDetailsList":[]}',
  );
  expect(await own()).toMatchObject({ name: "Ada", "custom:tier": "gold", "custom:age": "36" });
  expect(await remove("name", "custom:tier")).toBe("{}");
  expect(await own()).not.toHaveProperty("name");
});

test.each([
  ["name", "x".repeat(2049), "length less than or equal to 2048"],
  ["custom:tier", "golden", "custom:tier: String must be no longer than 4 characters"],
  ["custom:age", "17", "custom:age: Number must be at least 18"],
  ["custom:age", "old", "custom:age: Attribute is not a number"],
  ["custom:badge", "7", "user.custom:badge: Attribute cannot be updated."],
  ["custom:other", "7", unauthorized],
  ["shoe_size", "43", "shoe_size: Attribute does not exist in the schema."],
  ["sub", "7", "Cannot modify the non-mutable attribute sub"],
  ["email_verified", "true", unauthorized],
  ["email", "nonsense", "Invalid email address format."],
  ["phone_number", "12345", "Invalid phone number format."],
])("changing %s to what does not fit is refused", async (name, value, expected) => {
  expect(await update([name, value])).toContain(expected);
});

test.each([
  ["email", "user.email: Attribute is required and cannot be deleted."],
  ["custom:badge", "user.custom:badge: Attribute cannot be updated."],
  ["shoe_size", "Attribute does not exist in the schema."],
  ["email_verified", unauthorized],
])("deleting %s is refused", async (name, expected) => {
  expect(await remove(name)).toContain(expected);
});

test("an administrator deletes attributes, too", async () => {
  await update(["name", "Ada"]);

  await directory.call("AdminDeleteUserAttributes", { UserPoolId, Username, UserAttributeNames: ["name"] });

  expect(await own()).not.toHaveProperty("name");
});

test.each(["AdminUpdateUserAttributes", "AdminDeleteUserAttributes"])("%s needs its list", async (name) => {
  const call = directory.call(name, { UserPoolId, Username });

  await expect(call).rejects.toThrow(/Value null at '(userAttributes|userAttributeNames)' failed/);
});

describe("a new e-mail address", () => {
  test("counts at once, unverified, and a code is sent to it", async () => {
    const answer = await update(["email", "new@example.com"]);

    expect(JSON.parse(answer)).toEqual({
      CodeDeliveryDetailsList: [
        { Destination: "n***@e***", DeliveryMedium: "EMAIL", AttributeName: "email" },
      ],
    });
    expect(directory.messages.at(-1)).toMatchObject({
      email: "new@example.com",
      purpose: "attribute-verification",
    });
    expect(await own()).toMatchObject({ email: "new@example.com", email_verified: "false" });
    expect(await verify(directory.lastCode())).toBe("{}");
    expect(await own()).toMatchObject({ email_verified: "true" });
    expect(await directory.refusedSignIn("new@example.com")).toContain("IdToken");
  });

  test("that another user has is refused", async () => {
    directory.confirmedUser("eve@example.com");

    expect(await update(["email", "EVE@example.com"])).toBe(
      "AliasExistsException: An account with the given email already exists.",
    );
  });

  describe("where the pool keeps the old one until the new one is verified", () => {
    const keep = {
      user_attribute_update_settings: { attributes_require_verification_before_update: ["email"] },
    };

    beforeEach(() => start(keep));

    test("the old one counts until then, to sign in as well", async () => {
      await update(["email", "new@example.com"], ["name", "Ada"]);

      expect(await own()).toMatchObject({ email: Username, email_verified: "true", name: "Ada" });
      expect(await directory.refusedSignIn("new@example.com")).toContain("Incorrect username or password.");
      await verify(directory.lastCode());
      expect(await own()).toMatchObject({ email: "new@example.com", email_verified: "true" });
      expect(await directory.refusedSignIn("new@example.com")).toContain("IdToken");
      expect(await directory.refusedSignIn(Username)).toContain("Incorrect username or password.");
    });

    test("an administrator may declare it verified in the same call", async () => {
      const change = (...UserAttributes: object[]) =>
        directory.call("AdminUpdateUserAttributes", { UserPoolId, Username, UserAttributes });

      await change({ Name: "email", Value: "slow@example.com" });
      const kept = await own();
      await change({ Name: "email", Value: "new@example.com" }, { Name: "email_verified", Value: "true" });

      expect(kept).toMatchObject({ email: Username });
      expect(directory.messages).toMatchObject([{ email: "slow@example.com" }]);
      expect(await own()).toMatchObject({ email: "new@example.com", email_verified: "true" });
    });

    test("an address that somebody took meanwhile is not taken over", async () => {
      await update(["email", "new@example.com"]);
      directory.confirmedUser("new@example.com");

      expect(await verify(directory.lastCode())).toContain("AliasExistsException");
    });
  });
});

describe("a code for an attribute", () => {
  const ask = (AttributeName: string) =>
    directory.refusal("GetUserAttributeVerificationCode", { AccessToken, AttributeName });

  test("is sent when asked for, and a wrong one is refused", async () => {
    expect(members(JSON.parse(await ask("email"))).CodeDeliveryDetails).toMatchObject({
      Destination: "a***@e***",
    });
    const wrong = directory.lastCode() === "000000" ? "000001" : "000000";

    expect(await verify(wrong)).toContain("CodeMismatchException");
    expect(await verify(directory.lastCode())).toBe("{}");
    expect(await verify(directory.lastCode())).toContain("ExpiredCodeException");
  });

  test.each(["name", "phone_number"])("is refused for %s", async (name) => {
    expect(await ask(name)).toContain("cannot be verified");
    expect(await verify("123456", name)).toContain("cannot be verified");
  });
});

describe("through a client with lists of attributes", () => {
  beforeEach(() => start({}, { read_attributes: ["email"], write_attributes: ["nickname", "custom:tier"] }));

  test("a user reads and writes those alone", async () => {
    const { id } = await directory.tokens(Username);

    expect(await update(["nickname", "a"], ["custom:tier", "gold"])).toContain("[]");
    expect(await update(["name", "Ada"])).toBe(unauthorized);
    expect(await remove("name")).toBe(unauthorized);
    expect(await own()).toEqual({ sub: expect.any(String), email: Username });
    expect(Buffer.from(id.split(".")[1] ?? "", "base64url").toString()).not.toContain("email_verified");
  });
});

test("the start says which custom attributes a client leaves open to its users", async () => {
  expect(directory.directory.warnings).toEqual([
    "client client1 has no write_attributes: users may write custom:tier, custom:age themselves (public evidence conflicts)",
  ]);
});

describe("in a pool whose schema requires attributes", () => {
  const required = ["name", "website", "gender", "birthdate", "phone_number"].map((name) => ({
    ...{ name, attribute_data_type: "String", required: true, mutable: true },
    string_attribute_constraints: { min_length: "1", max_length: "30" },
  }));

  beforeEach(() => start({ schema: required }));

  test("the runtime's own user gets well-formed values, and that is said", async () => {
    expect(directory.notices).toEqual([
      "MyUserPool1: the schema requires name, website, gender, birthdate, phone_number; ada@example.com got example values",
    ]);
    expect(await own()).toMatchObject({
      name: "example-name",
      gender: "example-gender",
      birthdate: "2000-01-31",
      phone_number: "+12065550100",
      website: "https://example.com",
    });
  });

  test("an administrator need not give them, and the user is asked at the first sign-in", async () => {
    const user = { UserPoolId, Username: "eve@example.com", TemporaryPassword: "Temporary-Horse-7" };
    await directory.call("AdminCreateUser", user);
    const { Session, ChallengeParameters } = await directory.signIn(
      "eve@example.com",
      user.TemporaryPassword,
    );
    const respond = (attributes: object) =>
      directory.refusal("RespondToAuthChallenge", {
        ClientId: "client1",
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        Session,
        ChallengeResponses: { USERNAME: user.Username, NEW_PASSWORD: "Correct-Horse-7", ...attributes },
      });

    expect(JSON.parse(String(members(ChallengeParameters).requiredAttributes))).toEqual(
      required.map(({ name }) => `userAttributes.${name}`),
    );
    expect(await respond({ "userAttributes.name": "Eve" })).toContain("Invalid attributes given, ");
    expect(
      await respond({
        "userAttributes.name": "Eve",
        "userAttributes.gender": "f",
        "userAttributes.birthdate": "1990-01-01",
        "userAttributes.phone_number": "+12065550101",
        "userAttributes.website": "https://example.org",
      }),
    ).toContain("IdToken");
  });
});

describe("a user whose password an administrator reset", () => {
  test("signs in again with the code that was sent, and not before", async () => {
    await directory.call("AdminResetUserPassword", { UserPoolId, Username });

    expect(await directory.refusedSignIn(Username)).toBe(
      "PasswordResetRequiredException: Password reset required for the user",
    );
    const confirm = { ClientId: "client1", Username, ConfirmationCode: directory.lastCode() };
    await directory.call("ConfirmForgotPassword", { ...confirm, Password: "Correct-Horse-8" });
    expect(await directory.refusedSignIn(Username, "Correct-Horse-8")).toContain("IdToken");
  });
});

test.each([
  ["GetDevice", {}],
  ["ForgetDevice", {}],
  ["ConfirmDevice", {}],
  ["UpdateDeviceStatus", { DeviceRememberedStatus: "remembered" }],
])("no user has devices: %s", async (operation, input) => {
  const DeviceKey = "us-east-1_7f0e2a4c-1111-4222-8333-444455556666";

  expect(await directory.refusal(operation, { AccessToken, DeviceKey, ...input })).toBe(
    "ResourceNotFoundException: Device does not exist.",
  );
  expect(await directory.call("ListDevices", { AccessToken })).toEqual({ Devices: [] });
  expect(await directory.call("AdminListDevices", { UserPoolId, Username })).toEqual({ Devices: [] });
});
