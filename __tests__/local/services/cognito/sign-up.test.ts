import { clientResource, members, password, poolResource, TestDirectory } from "./fixture";

let directory: TestDirectory;

beforeEach(async () => {
  directory = await TestDirectory.of(
    poolResource(1),
    clientResource("client1", 1),
    clientResource("talkative", 1, { prevent_user_existence_errors: "LEGACY" }),
  );
});

function signUp(username = "ada@example.com", changes: Record<string, unknown> = {}) {
  return directory.call("SignUp", {
    ClientId: "client1",
    Username: username,
    Password: password,
    ...changes,
  });
}

function confirm(code: string, username = "ada@example.com", ClientId = "client1") {
  return directory.refusal("ConfirmSignUp", { ClientId, Username: username, ConfirmationCode: code });
}

const wrong = (code: string) => (code === "000000" ? "000001" : "000000");

test("a user signs up, confirms with the code that came by e-mail, and signs in", async () => {
  const answer = await signUp();
  const early = await directory.refusedSignIn("ada@example.com");
  const confirmed = await confirm(directory.lastCode());
  const tokens = await directory.tokens("ada@example.com");

  expect(answer).toEqual({
    UserConfirmed: false,
    UserSub: expect.stringMatching(/^[0-9a-f-]{36}$/),
    CodeDeliveryDetails: { Destination: "a***@e***", DeliveryMedium: "EMAIL", AttributeName: "email" },
  });
  expect(directory.messages).toEqual([
    {
      poolName: "MyUserPool1",
      poolId: "us-east-1_Pool1",
      username: answer.UserSub,
      email: "ada@example.com",
      code: expect.stringMatching(/^\d{6}$/),
      purpose: "sign-up",
      subject: "Your verification code",
      text: `Your verification code is ${directory.lastCode()}.`,
    },
  ]);
  expect(early).toBe("UserNotConfirmedException: User is not confirmed.");
  expect(confirmed).toBe("{}");
  expect((await directory.call("GetUser", { AccessToken: tokens.access })).UserAttributes).toContainEqual({
    Name: "email_verified",
    Value: "true",
  });
});

describe("signing up is refused", () => {
  test.each([
    [
      "a name that is not an e-mail address",
      "ada",
      {},
      "InvalidParameterException: Username should be an email.",
    ],
    [
      "an escape sequence in the address",
      "ada\u001b[2J@example.com",
      {},
      "Member must satisfy regular expression",
    ],
    [
      "another address as attribute",
      "ada@example.com",
      { UserAttributes: [{ Name: "email", Value: "eve@evil.com" }] },
      "InvalidParameterException: The attribute email must equal",
    ],
    [
      "an address declared verified",
      "ada@example.com",
      { UserAttributes: [{ Name: "email_verified", Value: "true" }] },
      "NotAuthorizedException: A client attempted to write unauthorized attribute",
    ],
    [
      "a custom attribute that the client may not write",
      "ada@example.com",
      { UserAttributes: [{ Name: "custom:role", Value: "admin" }] },
      "NotAuthorizedException: A client attempted to write unauthorized attribute",
    ],
    [
      "an attribute of no schema",
      "ada@example.com",
      { UserAttributes: [{ Name: "shoe_size", Value: "43" }] },
      "InvalidParameterException: Attributes did not conform to the schema: shoe_size: Attribute does not exist in the schema.",
    ],
    [
      "a sub",
      "ada@example.com",
      { UserAttributes: [{ Name: "sub", Value: "1" }] },
      "InvalidParameterException: Cannot modify the non-mutable attribute sub",
    ],
    [
      "a short password",
      "ada@example.com",
      { Password: "Short-1" },
      "InvalidPasswordException: Password did not conform with policy: Password not long enough",
    ],
    [
      "an unknown client",
      "ada@example.com",
      { ClientId: "nobody" },
      "ResourceNotFoundException: User pool client nobody does not exist.",
    ],
    [
      "no user name",
      undefined,
      {},
      "InvalidParameterException: 1 validation error detected: Value null at 'username' failed to satisfy constraint: Member must not be null",
    ],
    ["a number as user name", 7, {}, "SerializationException: NUMBER_VALUE can not be converted to a String"],
    [
      "attributes that are not a list",
      "ada@example.com",
      { UserAttributes: "email" },
      "SerializationException",
    ],
  ])("with %s", async (_what, username, changes, expected) => {
    const input = { ClientId: "client1", Username: username, Password: password, ...changes };

    const refusal = await directory.refusal("SignUp", input);

    expect(refusal).toContain(expected);
    expect(directory.messages).toEqual([]);
  });

  test("for a name that is taken, in whatever case", async () => {
    await signUp();

    const again = await directory.refusal("SignUp", {
      ClientId: "client1",
      Username: "ADA@example.com",
      Password: password,
    });

    expect(again).toBe("UsernameExistsException: An account with the given email already exists.");
  });

  test("where only administrators create users", async () => {
    directory = await TestDirectory.of(
      poolResource(1, { admin_create_user_config: [{ allow_admin_create_user_only: true }] }),
      clientResource("client1", 1),
    );

    const refusal = await directory.refusal("SignUp", {
      ClientId: "client1",
      Username: "ada@example.com",
      Password: password,
    });

    expect(refusal).toBe("NotAuthorizedException: SignUp is not permitted for this user pool");
  });

  test("without an attribute that the schema requires", async () => {
    const schema = { name: "given_name", attribute_data_type: "String", required: true, mutable: true };
    directory = await TestDirectory.of(poolResource(1, { schema: [schema] }), clientResource("client1", 1));

    const refusal = await directory.refusal("SignUp", {
      ClientId: "client1",
      Username: "ada@example.com",
      Password: password,
    });

    expect(refusal).toContain("given_name: The attribute given_name is required");
  });
});

test("in a case-sensitive pool, which is the default, names that differ in case are two users", async () => {
  directory = await TestDirectory.of(
    poolResource(1, { username_configuration: [] }),
    clientResource("client1", 1),
  );

  const first = await signUp("ada@example.com");
  const second = await signUp("ADA@example.com");

  expect(first.UserSub).not.toBe(second.UserSub);
});

test("in a pool without e-mail sign-in the user name is the user's own, and no code is sent", async () => {
  directory = await TestDirectory.of(
    poolResource(1, { username_attributes: [], auto_verified_attributes: [] }),
    clientResource("client1", 1),
  );

  const answer = await signUp("ada");
  await directory.call("AdminConfirmSignUp", { UserPoolId: "us-east-1_Pool1", Username: "ada" });
  const { access } = await directory.tokens("ada");

  expect(answer).toEqual({ UserConfirmed: false, UserSub: expect.any(String) });
  expect(await directory.call("GetUser", { AccessToken: access })).toMatchObject({ Username: "ada" });
  expect(directory.messages).toEqual([]);
});

test("the words of the e-mail are the pool's, of which a state has two sets", async () => {
  const words = { email_subject: "Hello", email_message: "It is {####}" };
  const pool = poolResource(1, {
    email_verification_subject: words.email_subject,
    email_verification_message: words.email_message,
    verification_message_template: [{ ...words, default_email_option: "CONFIRM_WITH_CODE" }],
  });
  directory = await TestDirectory.of(pool, clientResource("client1", 1));
  await signUp();

  expect(directory.messages).toEqual([
    expect.objectContaining({ subject: "Hello", text: `It is ${directory.lastCode()}` }),
  ]);
  expect(pool.reads.isWhole("email_verification_message")).toBe(true);
  expect(pool.reads.isWhole("email_verification_subject")).toBe(true);
});

describe("the code of a sign-up", () => {
  test("ends after 24 hours", async () => {
    await signUp();

    directory.clock.advance({ seconds: 24 * 3600 });

    expect(await confirm(directory.lastCode())).toBe(
      "ExpiredCodeException: Invalid code provided, please request a code again.",
    );
  });

  test("is replaced by one sent again", async () => {
    await signUp();
    const first = directory.lastCode();

    const answer = await directory.call("ResendConfirmationCode", {
      ClientId: "client1",
      Username: "ada@example.com",
    });
    const second = directory.lastCode();

    expect(members(answer.CodeDeliveryDetails).Destination).toBe("a***@e***");
    expect(directory.messages).toHaveLength(2);
    if (first !== second) expect(await confirm(first)).toContain("CodeMismatchException");
    expect(await confirm(second)).toBe("{}");
  });

  test("cannot be guessed: after five wrong ones the right one is refused too", async () => {
    await signUp();
    const code = directory.lastCode();

    const guesses: string[] = [];
    for (let guess = 0; guess < 5; guess++) guesses.push(await confirm(wrong(code)));

    expect(new Set(guesses)).toEqual(
      new Set(["CodeMismatchException: Invalid verification code provided, please try again."]),
    );
    expect(await confirm(code)).toBe(
      "LimitExceededException: Attempt limit exceeded, please try after some time.",
    );
  });

  test("is sent five times an hour at most", async () => {
    await signUp();
    const resend = () =>
      directory.refusal("ResendConfirmationCode", { ClientId: "client1", Username: "ada@example.com" });

    for (let count = 0; count < 4; count++) await resend();
    const sixth = await resend();
    directory.clock.advance({ seconds: 3600 });
    const later = await resend();

    expect(sixth).toBe("LimitExceededException: Attempt limit exceeded, please try after some time.");
    expect(later).toContain("CodeDeliveryDetails");
  });

  test("is of no use to a user who is confirmed", async () => {
    directory.confirmedUser("ada@example.com");

    expect(await confirm("123456")).toBe(
      "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED",
    );
    expect(
      await directory.refusal("ResendConfirmationCode", { ClientId: "client1", Username: "ada@example.com" }),
    ).toBe("InvalidParameterException: User is already confirmed.");
  });
});

test("whether an unknown user exists is told only by a client that does not hide it", async () => {
  const answers = await Promise.all(
    ["client1", "talkative"].flatMap((ClientId) => [
      confirm("123456", "nobody@example.com", ClientId),
      directory.refusal("ResendConfirmationCode", { ClientId, Username: "nobody@example.com" }),
    ]),
  );

  expect(answers).toEqual([
    "ExpiredCodeException: Invalid code provided, please request a code again.",
    expect.stringContaining('"Destination":"n***@e***"'),
    "UserNotFoundException: Username/client id combination not found.",
    "UserNotFoundException: Username/client id combination not found.",
  ]);
  expect(directory.messages).toEqual([]);
});
