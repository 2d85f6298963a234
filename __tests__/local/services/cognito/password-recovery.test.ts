import { clientResource, password, poolResource, TestDirectory } from "./fixture";

const Username = "ada@example.com";
const UserPoolId = "us-east-1_Pool1";
const newPassword = "Entirely-New-8";
const noVerifiedAddress =
  "InvalidParameterException: Cannot reset password for the user as there is no registered/verified email or phone_number";

let directory: TestDirectory;

beforeEach(async () => {
  directory = await TestDirectory.of(
    poolResource(1),
    clientResource("client1", 1),
    clientResource("talkative", 1, { prevent_user_existence_errors: "LEGACY" }),
  );
  directory.confirmedUser(Username);
});

function forgot(username = Username, ClientId = "client1") {
  return directory.refusal("ForgotPassword", { ClientId, Username: username });
}

function confirm(code: string, changes: Record<string, unknown> = {}) {
  const input = { ClientId: "client1", Username, ConfirmationCode: code, Password: newPassword };
  return directory.refusal("ConfirmForgotPassword", { ...input, ...changes });
}

test("a user sets a new password with the code that came by e-mail", async () => {
  const answer = await forgot();
  const confirmed = await confirm(directory.lastCode());

  expect(JSON.parse(answer)).toEqual({
    CodeDeliveryDetails: { Destination: "a***@e***", DeliveryMedium: "EMAIL", AttributeName: "email" },
  });
  expect(directory.messages).toMatchObject([{ email: Username, purpose: "password-reset" }]);
  expect(confirmed).toBe("{}");
  expect(await directory.signIn(Username, newPassword)).toHaveProperty("AuthenticationResult");
  expect(await directory.refusedSignIn(Username, password)).toContain("NotAuthorizedException");
});

test("the code ends after an hour, and works once", async () => {
  const expired = "ExpiredCodeException: Invalid code provided, please request a code again.";

  expect(await confirm("123456")).toBe(expired);
  await forgot();
  directory.clock.advance({ seconds: 3600 });
  expect(await confirm(directory.lastCode())).toBe(expired);
  await forgot();
  expect(await confirm(directory.lastCode())).toBe("{}");
  expect(await confirm(directory.lastCode())).toBe(expired);
});

test("the code of a sign-up does not reset a password", async () => {
  await directory.call("SignUp", { ClientId: "client1", Username: "eve@example.com", Password: password });

  expect(await confirm(directory.lastCode(), { Username: "eve@example.com" })).toContain(
    "ExpiredCodeException",
  );
});

test("a wrong code and a weak password are refused, and the code lives on", async () => {
  await forgot();
  const code = directory.lastCode();

  expect(await confirm(code === "000000" ? "111111" : "000000")).toBe(
    "CodeMismatchException: Invalid verification code provided, please try again.",
  );
  expect(await confirm(`${code}0`)).toContain("CodeMismatchException");
  expect(await confirm(code, { Password: "alllowercase-9" })).toBe(
    "InvalidPasswordException: Password did not conform with policy: Password must have uppercase characters",
  );
  expect(await confirm(code)).toBe("{}");
});

test("five codes an hour are sent, no more", async () => {
  for (let count = 0; count < 5; count++) await forgot();

  expect(await forgot()).toBe("LimitExceededException: Attempt limit exceeded, please try after some time.");
  expect(directory.messages).toHaveLength(5);
});

describe("without a verified address", () => {
  beforeEach(() =>
    directory.call("SignUp", { ClientId: "client1", Username: "eve@example.com", Password: password }),
  );

  test("a client that hides users gets an answer as of any other, and no code is sent", async () => {
    const answers = [await forgot("eve@example.com"), await forgot("nobody@example.com")];

    expect(answers.map((answer) => answer.replace(/"\w\*{3}@/, '"x***@'))).toEqual(
      Array(2).fill(
        '{"CodeDeliveryDetails":{"Destination":"x***@e***","DeliveryMedium":"EMAIL","AttributeName":"email"}}',
      ),
    );
    expect(directory.messages.filter(({ purpose }) => purpose === "password-reset")).toEqual([]);
    expect(await confirm("123456", { Username: "nobody@example.com" })).toContain("CodeMismatchException");
  });

  test("another client is told why", async () => {
    expect(await forgot("eve@example.com", "talkative")).toBe(noVerifiedAddress);
    expect(await forgot("nobody@example.com", "talkative")).toBe(
      "UserNotFoundException: Username/client id combination not found.",
    );
    expect(await confirm("123456", { Username: "nobody@example.com", ClientId: "talkative" })).toContain(
      "UserNotFoundException",
    );
  });
});

test("a user who is disabled or has a temporary password cannot reset it", async () => {
  await directory.call("AdminCreateUser", { UserPoolId, Username: "eve@example.com" });
  await directory.call("AdminDisableUser", { UserPoolId, Username });

  expect(await forgot("eve@example.com")).toBe(
    "NotAuthorizedException: User password cannot be reset in the current state.",
  );
  expect(await forgot(Username, "talkative")).toBe("NotAuthorizedException: User is disabled.");
  expect(await confirm("123456")).toContain("CodeMismatchException");
});

test("no code is sent where only administrators reset passwords", async () => {
  const setting = { recovery_mechanism: [{ name: "admin_only", priority: 1 }] };
  directory = await TestDirectory.of(
    poolResource(1, { account_recovery_setting: [setting] }),
    clientResource("client1", 1),
  );
  directory.confirmedUser(Username);

  expect(await forgot()).toBe("NotAuthorizedException: Contact administrator to reset password");
  expect(directory.messages).toEqual([]);
});
