import { AwsError } from "../../../../local/kernel/aws-error";
import { ACCOUNT } from "../../../support/deployment";
import { password, poolArn } from "./fixture";
import { arn, echo, type Handler, poolWith, refuse } from "./trigger-functions";

const ada = "ada@example.com";
describe("signing in with a password", () => {
  test("runs pre authentication, post authentication and pre token generation, in that order", async () => {
    const { directory, functions } = await poolWith({
      pre_authentication: echo,
      post_authentication: echo,
      pre_token_generation: echo,
    });
    directory.confirmedUser(ada);

    await directory.call("InitiateAuth", {
      ClientId: "client1",
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: ada, PASSWORD: password },
      ClientMetadata: { from: "phone" },
    });

    expect(functions.sources).toEqual([
      "PreAuthentication_Authentication",
      "PostAuthentication_Authentication",
      "TokenGeneration_Authentication",
    ]);
    const [sub] = directory.subs();
    expect(functions.event("PreAuthentication_Authentication")).toEqual({
      version: "1",
      triggerSource: "PreAuthentication_Authentication",
      region: "us-east-1",
      userPoolId: "us-east-1_Pool1",
      userName: sub,
      callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: "client1" },
      request: {
        userAttributes: { sub, email: ada, email_verified: "true", "cognito:user_status": "CONFIRMED" },
        validationData: { from: "phone" },
        userNotFound: false,
      },
      response: {},
    });
    expect(functions.event("PostAuthentication_Authentication").request).not.toHaveProperty("clientMetadata");
    expect(functions.event("TokenGeneration_Authentication").response).toEqual({
      claimsOverrideDetails: null,
    });
  });

  test("invokes as Cognito, acting for the pool", async () => {
    const { directory, functions } = await poolWith({ pre_authentication: echo });
    directory.confirmedUser(ada);

    await directory.signIn(ada);

    expect(functions.invocations[0]).toMatchObject({
      functionArn: arn("pre_authentication"),
      principal: {
        kind: "service",
        service: "cognito-idp.amazonaws.com",
        sourceArn: poolArn("us-east-1_Pool1"),
        sourceAccount: ACCOUNT,
      },
    });
  });

  test("stops where pre authentication refuses, before the password is looked at", async () => {
    const { directory, functions } = await poolWith({
      pre_authentication: refuse("not from here"),
      post_authentication: echo,
    });
    directory.confirmedUser(ada);

    expect(await directory.refusedSignIn(ada, "wrong")).toBe(
      "UserLambdaValidationException: PreAuthentication failed with error not from here.",
    );
    expect(functions.sources).toEqual(["PreAuthentication_Authentication"]);
  });

  test("asks pre authentication about a name that nobody has too, where the client hides that", async () => {
    const { directory, functions } = await poolWith({ pre_authentication: echo });

    await directory.refusedSignIn(ada);

    expect(functions.event("PreAuthentication_Authentication").request).toMatchObject({
      userAttributes: {},
      userNotFound: true,
    });
  });

  test("runs no trigger after a wrong password", async () => {
    const { directory, functions } = await poolWith({
      post_authentication: echo,
      pre_token_generation: echo,
    });
    directory.confirmedUser(ada);

    await directory.refusedSignIn(ada, "Wrong-Password-7");

    expect(functions.sources).toEqual([]);
  });
});

describe("a trigger that", () => {
  const signInWith = async (handler: Handler) => {
    const { directory, functions } = await poolWith({ pre_authentication: handler });
    directory.confirmedUser(ada);
    return { refusal: await directory.refusedSignIn(ada), functions };
  };

  test("may not be invoked fails the call", async () => {
    const { refusal } = await signInWith(() => {
      throw new AwsError("AccessDeniedException", "no permission", 403);
    });

    expect(refusal).toBe(
      "UnexpectedLambdaException: PreAuthentication invocation failed due to error AccessDeniedException.",
    );
  });

  test.each([null, 7, []])("does not return an event fails the call: %p", async (answer) => {
    const { refusal } = await signInWith(() => answer);

    expect(refusal).toBe("InvalidLambdaResponseException: Unrecognizable lambda output");
  });
});

describe("signing up", () => {
  const signUp = { ClientId: "client1", Username: ada, Password: password };

  test("asks the pre sign-up trigger, whose user has the name that the new one gets", async () => {
    const { directory, functions } = await poolWith({ pre_sign_up: echo, post_confirmation: echo });

    const answer = await directory.call("SignUp", {
      ...signUp,
      ValidationData: [{ Name: "invitation", Value: "7" }],
      ClientMetadata: { from: "web" },
    });

    expect(answer.UserConfirmed).toBe(false);
    expect(functions.sources).toEqual(["PreSignUp_SignUp"]);
    expect(functions.event("PreSignUp_SignUp")).toMatchObject({
      userName: answer.UserSub,
      request: {
        userAttributes: { email: ada },
        validationData: { invitation: "7" },
        clientMetadata: { from: "web" },
      },
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    });
  });

  test("creates nobody where it refuses", async () => {
    const { directory } = await poolWith({ pre_sign_up: refuse("no such invitation") });

    expect(await directory.refusal("SignUp", signUp)).toBe(
      "UserLambdaValidationException: PreSignUp failed with error no such invitation.",
    );
    expect(directory.subs()).toEqual([]);
  });

  test("confirms at once where it says so, and tells the post confirmation trigger", async () => {
    const { directory, functions } = await poolWith({
      pre_sign_up: () => ({ autoConfirmUser: true, autoVerifyEmail: true }),
      post_confirmation: echo,
    });

    const answer = await directory.call("SignUp", signUp);

    expect(answer).toEqual({ UserConfirmed: true, UserSub: directory.subs()[0] });
    expect(directory.messages).toEqual([]);
    expect(functions.event("PostConfirmation_ConfirmSignUp").request.userAttributes).toMatchObject({
      email_verified: "true",
      "cognito:user_status": "CONFIRMED",
    });
    expect(await directory.tokens(ada)).toBeDefined();
  });

  test("fails where an address that is not there is to be verified", async () => {
    const { directory } = await poolWith(
      { pre_sign_up: () => ({ autoVerifyEmail: true }) },
      { pool: { username_attributes: [] } },
    );

    expect(await directory.refusal("SignUp", { ...signUp, Username: "ada" })).toContain(
      "InvalidLambdaResponseException",
    );
  });

  test("tells the post confirmation trigger of the code that was entered; the user stays confirmed", async () => {
    const { directory } = await poolWith({ post_confirmation: refuse("mailing list is down") });
    await directory.call("SignUp", signUp);
    const confirmation = { ClientId: "client1", Username: ada, ConfirmationCode: directory.lastCode() };

    expect(await directory.refusal("ConfirmSignUp", confirmation)).toBe(
      "UserLambdaValidationException: PostConfirmation failed with error mailing list is down.",
    );
    expect(await directory.tokens(ada)).toBeDefined();
  });

  test("asks about users that administrators create, and ignores all but a refusal", async () => {
    const { directory, functions } = await poolWith({
      pre_sign_up: () => ({ autoConfirmUser: true, autoVerifyEmail: true }),
    });

    const { User } = await directory.call("AdminCreateUser", {
      UserPoolId: "us-east-1_Pool1",
      Username: ada,
      ValidationData: [{ Name: "by", Value: "support" }],
    });

    expect(User).toMatchObject({ UserStatus: "FORCE_CHANGE_PASSWORD" });
    expect(functions.event("PreSignUp_AdminCreateUser")).toMatchObject({
      callerContext: { clientId: "CLIENT_ID_NOT_APPLICABLE" },
      request: { validationData: { by: "support" } },
    });
  });

  test("tells of a confirmation by an administrator, and of a password that was reset", async () => {
    const { directory, functions } = await poolWith({ post_confirmation: echo });
    await directory.call("SignUp", signUp);
    await directory.call("AdminConfirmSignUp", { UserPoolId: "us-east-1_Pool1", Username: ada });
    await directory.call("AdminUpdateUserAttributes", {
      UserPoolId: "us-east-1_Pool1",
      Username: ada,
      UserAttributes: [{ Name: "email_verified", Value: "true" }],
    });
    await directory.call("ForgotPassword", { ClientId: "client1", Username: ada });
    const ConfirmationCode = directory.lastCode();

    await directory.call("ConfirmForgotPassword", { ...signUp, ConfirmationCode });

    expect(functions.sources).toEqual([
      "PostConfirmation_ConfirmSignUp",
      "PostConfirmation_ConfirmForgotPassword",
    ]);
  });
});

describe("the custom message trigger", () => {
  const words: Handler = ({ request, triggerSource }) => ({
    emailSubject: triggerSource,
    emailMessage: `${request.codeParameter} for ${request.usernameParameter ?? "you"}`,
  });
  const UserPoolId = "us-east-1_Pool1";

  test("words every message with a code", async () => {
    const { directory } = await poolWith({ custom_message: words });
    await directory.call("SignUp", { ClientId: "client1", Username: ada, Password: password });
    await directory.call("ResendConfirmationCode", { ClientId: "client1", Username: ada });
    await directory.call("ConfirmSignUp", {
      ClientId: "client1",
      Username: ada,
      ConfirmationCode: directory.lastCode(),
    });
    await directory.call("ForgotPassword", { ClientId: "client1", Username: ada });
    const { access } = await directory.tokens(ada);
    const AttributeName = "email";
    await directory.call("GetUserAttributeVerificationCode", { AccessToken: access, AttributeName });
    const UserAttributes = [{ Name: "email", Value: "ada@example.org" }];
    await directory.call("UpdateUserAttributes", { AccessToken: access, UserAttributes });
    await directory.call("AdminCreateUser", { UserPoolId, Username: "bob@example.com" });

    expect(directory.messages.map(({ subject }) => subject)).toEqual([
      "CustomMessage_SignUp",
      "CustomMessage_ResendCode",
      "CustomMessage_ForgotPassword",
      "CustomMessage_VerifyUserAttribute",
      "CustomMessage_UpdateUserAttribute",
      "CustomMessage_AdminCreateUser",
    ]);
    expect(directory.messages[0]?.text).toMatch(/^\d{6} for you$/);
    expect(directory.messages.at(-1)?.text).toMatch(/ for bob@example\.com$/);
  });

  test("leaves the pool's words where it has none of its own", async () => {
    const { directory } = await poolWith({ custom_message: () => ({ emailMessage: null }) });

    await directory.call("SignUp", { ClientId: "client1", Username: ada, Password: password });

    expect(directory.messages[0]).toMatchObject({
      subject: "Your verification code",
      text: `Your verification code is ${directory.lastCode()}.`,
    });
  });

  test.each([
    ["CustomMessage_SignUp", "no code", "{####}"],
    ["CustomMessage_AdminCreateUser", "your password is {####}", "{username}"],
  ])("fails %s where the text lacks a placeholder", async (source, emailMessage, missing) => {
    const { directory } = await poolWith({ custom_message: () => ({ emailMessage }) });

    const refusal =
      source === "CustomMessage_SignUp"
        ? await directory.refusal("SignUp", { ClientId: "client1", Username: ada, Password: password })
        : await directory.refusal("AdminCreateUser", { UserPoolId, Username: ada });

    expect(refusal).toBe(`InvalidLambdaResponseException: CustomMessage: emailMessage lacks ${missing}`);
    expect(directory.messages).toEqual([]);
  });
});

describe("a trigger that does not answer", () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] }));
  afterEach(() => jest.useRealTimers());

  test("is tried three times, for five seconds each, and then fails the call", async () => {
    const { directory, functions } = await poolWith({ pre_authentication: () => new Promise(() => {}) });
    directory.confirmedUser(ada);

    const refusal = directory.refusedSignIn(ada);
    await jest.advanceTimersByTimeAsync(14_999);
    const tried = functions.sources.length;
    const aborted = functions.invocations.map(({ signal }) => signal?.aborted);
    await jest.advanceTimersByTimeAsync(1);

    expect([tried, aborted]).toEqual([3, [true, true, false]]);
    expect(await refusal).toBe(
      "UnexpectedLambdaException: PreAuthentication invocation failed due to error Socket timeout while invoking Lambda function.",
    );
  });

  test("that answers a later try does not fail the call", async () => {
    let calls = 0;
    const { directory } = await poolWith({
      pre_authentication: () => (++calls < 3 ? new Promise(() => {}) : {}),
    });
    directory.confirmedUser(ada);

    const answer = directory.signIn(ada);
    await jest.advanceTimersByTimeAsync(10_000);

    expect(await answer).toHaveProperty("AuthenticationResult");
  });
});

test("the API describes which functions a pool has, and of which version", async () => {
  const { directory } = await poolWith(
    { pre_sign_up: echo, tokens: echo },
    {
      pool: {
        lambda_config: {
          pre_sign_up: arn("pre_sign_up"),
          pre_token_generation_config: { lambda_arn: arn("tokens"), lambda_version: "V2_0" },
        },
      },
    },
  );

  const { UserPool } = await directory.call("DescribeUserPool", { UserPoolId: "us-east-1_Pool1" });

  expect(UserPool).toMatchObject({
    LambdaConfig: {
      PreSignUp: arn("pre_sign_up"),
      PreTokenGeneration: arn("tokens"),
      PreTokenGenerationConfig: { LambdaArn: arn("tokens"), LambdaVersion: "V2_0" },
    },
  });
});

describe("the start is refused for", () => {
  test.each([
    [
      "a function that the deployment does not have",
      { pre_sign_up: arn("Elsewhere") },
      /pre_sign_up must be/,
    ],
    [
      "two functions before tokens are issued",
      {
        pre_token_generation: arn("post_confirmation"),
        pre_token_generation_config: { lambda_arn: arn("other"), lambda_version: "V2_0" },
      },
      /lambda_arn must be the function of pre_token_generation/,
    ],
    [
      "a version of the event that is not there",
      {
        pre_token_generation_config: { lambda_arn: arn("post_confirmation"), lambda_version: "V9_0" },
      },
      /lambda_version must be V1_0, V2_0 or V3_0/,
    ],
  ])("%s", async (_what, config, message) => {
    await expect(poolWith({ post_confirmation: echo }, { config })).rejects.toThrow(message);
  });
});
