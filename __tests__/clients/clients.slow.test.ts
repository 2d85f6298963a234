import { FormBrowser, sendTo } from "../support/form-browser";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";
import { NEW_PASSWORD, useClient } from "./client-process";

const program = useClient(process.execPath, "program.mjs", () => test);
const client = (name: string) => ({
  run: (step: string, input: object = {}) => program.run(step, { client: name, ...input }),
});
const email = emailOf("MyUserPool1");
const wrong = { error: "NotAuthorizedException", message: "Incorrect username or password." };

let test: TestRuntime;

/** Asks for a sum; after the password, where the sign-in begins with that. */
const customChallenges = `
export const handler = async (event) => {
  const { request, response, triggerSource } = event;
  const last = request.session?.at(-1);
  if (triggerSource.startsWith("Define")) {
    if (last?.challengeName === "SRP_A") response.challengeName = "PASSWORD_VERIFIER";
    else if (last?.challengeName !== "CUSTOM_CHALLENGE") response.challengeName = "CUSTOM_CHALLENGE";
    else if (last.challengeResult) response.issueTokens = true;
    else response.failAuthentication = true;
  } else if (triggerSource.startsWith("Create")) {
    response.publicChallengeParameters = { question: "6 * 7" };
    response.privateChallengeParameters = { answer: "42" };
  } else {
    response.answerCorrect = request.challengeAnswer === request.privateChallengeParameters.answer;
  }
  return event;
};`;

beforeAll(async () => {
  test = await startTestRuntime({
    edit: ({ edge }) => {
      const challenger = "${aws_lambda_function.ExternalLambda2.arn}";
      edge.replaceCode("ExternalLambda2", customChallenges);
      edge.resource("aws_cognito_user_pool.MyUserPool2").device_configuration = {
        device_only_remembered_on_user_prompt: true,
        challenge_required_on_new_device: false,
      };
      edge.resource("aws_cognito_user_pool.MyUserPool1").lambda_config = {
        define_auth_challenge: challenger,
        create_auth_challenge: challenger,
        verify_auth_challenge_response: challenger,
      };
      edge.add("aws_lambda_permission.Challenges", {
        action: "lambda:InvokeFunction",
        function_name: "${aws_lambda_function.ExternalLambda2.function_name}",
        principal: "cognito-idp.amazonaws.com",
        source_arn: "${aws_cognito_user_pool.MyUserPool1.arn}",
      });
      edge.resource("aws_cognito_user_pool_client.MyUserPool1").explicit_auth_flows = [
        ...[
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_USER_PASSWORD_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          "ALLOW_USER_AUTH",
          "ALLOW_CUSTOM_AUTH",
        ],
      ];
    },
  });
});

afterAll(() => test.close());

/** The user of the pool that tracks devices. */
function onDevices(): object {
  const pool = test.runtime.userPools.find(({ name }) => name === "MyUserPool2");
  return { userPoolId: pool?.id, clientId: pool?.clientId, username: emailOf("MyUserPool2") };
}

function lastCode(): string {
  return /code (\S+)$/.exec(test.notices.at(-1) ?? "")?.[1] ?? "";
}

/** A new user, whose temporary password must be changed at the first sign-in. */
async function invited(username: string): Promise<string> {
  const pool = test.runtime.userPools.find(({ name }) => name === "MyUserPool1");
  await test.aws("AWSCognitoIdentityProviderService.AdminCreateUser", {
    UserPoolId: pool?.id,
    Username: username,
    TemporaryPassword: TEST_PASSWORD,
    UserAttributes: [{ Name: "email_verified", Value: "true" }],
  });
  return username;
}

function created(username: string): string {
  const pool = test.runtime.userPools.find(({ name }) => name === "MyUserPool1");
  test.runtime.createUser(pool?.id ?? "", { email: username, password: TEST_PASSWORD });
  return username;
}

describe("aws-amplify, unmodified,", () => {
  const amplify = client("amplify");

  it.each([
    ["by SRP, which is its default", {}],
    ["with the password", { authFlowType: "USER_PASSWORD_AUTH" }],
    ["by its choice of SRP", { authFlowType: "USER_AUTH", preferredChallenge: "PASSWORD_SRP" }],
    ["by its choice of the password", { authFlowType: "USER_AUTH", preferredChallenge: "PASSWORD" }],
  ])("signs in %s, and not with a wrong password", async (_name, flow) => {
    expect(await amplify.run("signIn", { flow })).toMatchObject({ nextStep: { signInStep: "DONE" }, email });
    expect(await amplify.run("signIn", { flow, password: "wrong-Horse-7-battery" })).toEqual(wrong);
  });

  it("does not learn by SRP that nobody has a name", async () => {
    expect(await amplify.run("signIn", { flow: {}, username: "nobody@example.com" })).toEqual(wrong);
  });

  it("refreshes its tokens", async () => {
    const { before, after } = Object(await amplify.run("refresh"));

    expect(after).toMatchObject({ origin_jti: before.origin_jti, username: before.username });
    expect(after.jti).not.toBe(before.jti);
  });

  it("reads, changes and deletes attributes, and lists no devices", async () => {
    const { attributes } = Object(await amplify.run("attributes"));

    expect(attributes).toEqual({ sub: expect.any(String), email, email_verified: "true", name: "Ada" });
    expect(await amplify.run("devices")).toEqual([]);
  });

  it("remembers the device that it is on, is asked to prove it, and forgets it", async () => {
    expect(await amplify.run("rememberedDevice", { ...onDevices(), flow: {} })).toEqual({
      ...{ name: expect.any(String), isSame: true, devices: 1, isInToken: true, left: 0 },
    });
  });

  it("verifies an address with the code that was sent", async () => {
    const username = created("verify@example.com");

    expect(await amplify.run("sendCode", { username })).toMatchObject({ destination: "v***@e***" });
    expect(await amplify.run("confirmAttribute", { username, code: lastCode() })).toMatchObject({
      email_verified: "true",
    });
  });

  it("signs up, confirms, and signs in", async () => {
    const username = "amplify@example.com";

    expect(await amplify.run("signUp", { username })).toMatchObject({
      nextStep: { signUpStep: "CONFIRM_SIGN_UP" },
    });
    expect(await amplify.run("confirmSignUp", { username, code: lastCode() })).toMatchObject({
      isSignUpComplete: true,
    });
    expect(await amplify.run("signIn", { username })).toMatchObject({ email: username });
  });

  it("resets a forgotten password", async () => {
    const username = created("forgetful@example.com");

    await amplify.run("resetPassword", { username });

    expect(await amplify.run("confirmReset", { username, code: lastCode() })).toMatchObject({
      isSignedIn: true,
    });
  });

  it.each(["CUSTOM_WITH_SRP", "CUSTOM_WITHOUT_SRP"])(
    "answers a custom challenge: %s",
    async (authFlowType) => {
      const right = await amplify.run("customChallenge", { authFlowType, answer: "42" });

      expect(right).toMatchObject({
        asked: {
          signInStep: "CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE",
          additionalInfo: { question: "6 * 7" },
        },
        isSignedIn: true,
      });
      expect(await amplify.run("customChallenge", { authFlowType, answer: "41" })).toEqual(wrong);
    },
  );

  it("replaces a temporary password, and changes its own", async () => {
    const username = await invited("invited@example.com");

    expect(await amplify.run("newPassword", { username })).toMatchObject({
      first: { signInStep: "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED" },
      second: { signInStep: "DONE" },
    });
    const change = { username, password: NEW_PASSWORD, newPassword: TEST_PASSWORD };
    expect(await amplify.run("changePassword", change)).toMatchObject({ isSignedIn: true });
  });
});

describe("amazon-cognito-identity-js, unmodified,", () => {
  const identityJs = client("identity-js");

  it.each(["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])(
    "signs in by %s, and not with a wrong password",
    async (flow) => {
      expect(await identityJs.run("signIn", { flow })).toMatchObject({ session: { email } });
      expect(await identityJs.run("signIn", { flow, password: "wrong-Horse-7-battery" })).toEqual(wrong);
    },
  );

  it("refreshes its tokens", async () => {
    expect(await identityJs.run("refresh")).toMatchObject({ token_use: "access" });
  });

  it("reads and changes attributes, and lists no devices", async () => {
    expect(await identityJs.run("attributes")).toContainEqual({ Name: "name", Value: "Ada" });
    expect(await identityJs.run("devices")).toMatchObject({ Devices: [] });
  });

  it("signs up, confirms, and signs in", async () => {
    const username = "identity@example.com";

    expect(await identityJs.run("signUp", { username })).toMatchObject({ userConfirmed: false });
    expect(await identityJs.run("confirmSignUp", { username, code: lastCode() })).toBe("SUCCESS");
    expect(await identityJs.run("signIn", { username })).toMatchObject({ session: { email: username } });
  });

  it("replaces a temporary password", async () => {
    const username = await invited("guest@example.com");

    expect(await identityJs.run("newPassword", { username, flow: "USER_SRP_AUTH" })).toMatchObject({
      first: { newPasswordRequired: { required: [] } },
      second: { session: { email: username } },
    });
  });

  it("remembers the device that it is on, is asked to prove it, and forgets it", async () => {
    expect(await identityJs.run("rememberedDevice", onDevices())).toEqual({
      ...{ devices: 1, isInToken: true, left: 0, email: emailOf("MyUserPool2") },
    });
  });

  it("sets up an authenticator app, and is asked for its code from then on", async () => {
    const username = created("careful@example.com");

    expect(await identityJs.run("authenticatorApp", { username })).toEqual({
      totpRequired: "SOFTWARE_TOKEN_MFA",
    });
  });
});

describe("openid-client, unmodified,", () => {
  const openid = client("openid-client");
  const pool = () => test.runtime.userPools.find(({ name }) => name === "MyUserPool1");
  const discovery = () => `${test.runtime.awsEndpointUrl}/${pool()?.id}/.well-known/openid-configuration`;
  const callback = () => new URL(pool()?.loginPageUrl ?? "").searchParams.get("redirect_uri") ?? "";

  /** From the address that the client made, over the login page, to the address that the browser is sent back to. */
  async function signInAt(address: string): Promise<string> {
    const browser = new FormBrowser(sendTo(test.runtime.port), test.runtime.awsEndpointUrl);
    await browser.open(address.replace(test.runtime.awsEndpointUrl, ""));
    return (await browser.submit({ username: email, password: TEST_PASSWORD }, "login")).location;
  }
  const begin = async () => String(await openid.run("begin", { callback: callback() }));

  it("finds the endpoints here, and the issuer where it is on AWS", async () => {
    expect(await openid.run("discover", { discovery: discovery() })).toEqual({
      issuer: `https://cognito-idp.us-east-1.amazonaws.com/${pool()?.id}`,
      authorize: `${pool()?.loginPageUrl?.replace(/login\?.*/, "")}oauth2/authorize`,
    });
  });

  it("signs in with the code flow, PKCE, state and nonce, and reads who it is", async () => {
    const answer = await signInAt(await begin());

    expect(await openid.run("finish", { answer })).toMatchObject({
      email,
      token_use: "id",
      aud: pool()?.clientId,
    });
    expect(await openid.run("userInfo")).toMatchObject({ email });
  });

  it("refreshes, and no more once the token is revoked", async () => {
    expect(await openid.run("refresh")).toEqual({ sub: expect.any(String), isAnother: true });
    expect(await openid.run("revoke")).toBe("revoked");
    expect(await openid.run("refresh")).toMatchObject({ error: "invalid_grant" });
  });

  it("does not take a code twice, nor an ID token of another sign-in", async () => {
    const answer = await signInAt(await begin());
    await openid.run("finish", { answer });
    expect(await openid.run("finish", { answer })).toMatchObject({ error: "invalid_grant" });

    const other = await signInAt(await begin());
    expect(await openid.run("finish", { answer: other, nonce: "another" })).toMatchObject({
      error: "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
    });
  });
});

describe("jose, unmodified,", () => {
  const jose = client("jose");
  const verification = (name: string, token: string) => {
    const pool = test.runtime.userPools.find((candidate) => candidate.name === name);
    return {
      token,
      keys: `${test.runtime.awsEndpointUrl}/${pool?.id}/.well-known/jwks.json`,
      issuer: `https://cognito-idp.us-east-1.amazonaws.com/${pool?.id}`,
      audience: pool?.clientId,
    };
  };

  it("verifies an ID token with the pool's keys, and not once its hour is over", async () => {
    const input = verification("MyUserPool2", await test.token("MyUserPool2"));

    expect(await jose.run("verify", input)).toMatchObject({
      payload: { email: emailOf("MyUserPool2"), token_use: "id" },
      alg: "RS256",
    });
    expect(await jose.run("verify", { ...input, later: 3_601 })).toMatchObject({ error: "ERR_JWT_EXPIRED" });
  });

  it("verifies no token of the other pool, and none that was changed", async () => {
    const token = await test.token("MyUserPool2");
    const [header, , signature] = token.split(".");
    const changed = `${header}.${Buffer.from('{"sub":"admin"}').toString("base64url")}.${signature}`;

    expect(await jose.run("verify", verification("MyUserPool1", token))).toMatchObject({
      error: "ERR_JWKS_NO_MATCHING_KEY",
    });
    expect(await jose.run("verify", verification("MyUserPool2", changed))).toMatchObject({
      error: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
  });
});
