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
