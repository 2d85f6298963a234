import { useRuntime } from "../../../support/use-runtime";

/** Refuses sign-ups from example.net, and gives everybody a tier. */
const trigger = `
export const handler = async (event) => {
  if (event.triggerSource === "PreSignUp_SignUp" && event.request.userAttributes.email.endsWith("@example.net")) {
    throw new Error("nobody from there");
  }
  if (event.triggerSource.startsWith("TokenGeneration_")) {
    event.response = { claimsOverrideDetails: { claimsToAddOrOverride: { tier: "gold" } } };
  }
  return event;
};`;

const functionArn = "${aws_lambda_function.ExternalLambda2.arn}";

/** Pool 1 has triggers whose function it may invoke, pool 2 the same without the permission. */
const run = useRuntime({
  edit: ({ edge }) => {
    edge.replaceCode("ExternalLambda2", trigger);
    for (const pool of ["MyUserPool1", "MyUserPool2"]) {
      edge.resource(`aws_cognito_user_pool.${pool}`).lambda_config = {
        pre_sign_up: functionArn,
        pre_token_generation: functionArn,
      };
    }
    edge.add("aws_lambda_permission.Triggers", {
      action: "lambda:InvokeFunction",
      function_name: "${aws_lambda_function.ExternalLambda2.function_name}",
      principal: "cognito-idp.amazonaws.com",
      source_arn: "${aws_cognito_user_pool.MyUserPool1.arn}",
    });
  },
});

const signUp = (pool: string, Username: string) => {
  const { clientId } = run.runtime.userPools.find(({ name }) => name === pool) ?? {};
  return run.aws("AWSCognitoIdentityProviderService.SignUp", {
    ClientId: clientId,
    Username,
    Password: "Correct-Horse-7",
  });
};

test("a pool's triggers run the deployment's functions, and their answers count", async () => {
  const [, claims = ""] = (await run.token("MyUserPool1")).split(".");

  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ tier: "gold" });
  expect(await signUp("MyUserPool1", "ada@example.net")).toMatchObject({
    status: 400,
    body: {
      __type: "UserLambdaValidationException",
      message: "PreSignUp failed with error nobody from there.",
    },
  });
  expect(await signUp("MyUserPool1", "ada@example.com")).toMatchObject({ status: 200 });
});

test("without the permission of the pool the call fails as on AWS", async () => {
  expect(await signUp("MyUserPool2", "ada@example.com")).toMatchObject({
    status: 400,
    body: {
      __type: "UnexpectedLambdaException",
      message: "PreSignUp invocation failed due to error AccessDeniedException.",
    },
  });
});
