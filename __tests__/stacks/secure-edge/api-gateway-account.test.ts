import { LoggingAccount } from "../../../stacks/secure-edge/api-gateway-account";
import { statements } from "../support/stack-json";
import { synthesizeApp } from "../support/synthesized-app";
import { synthesizeConstruct } from "../support/synthesized-construct";

describe("API Gateway's account setting", () => {
  const stack = synthesizeConstruct((scope) => {
    new LoggingAccount(scope, "api-gateway", { roleName: "api-gateway-logs" });
  });

  it("is one setting with one role", () => {
    expect(stack.counts).toEqual({
      aws_api_gateway_account: 1,
      aws_iam_role: 1,
      aws_iam_role_policy_attachment: 1,
    });
  });

  it("points to the role once that may write logs, and is given back at the end", () => {
    expect(stack.only("aws_api_gateway_account")).toEqual({
      cloudwatch_role_arn: `\${${stack.addressOf("aws_iam_role")}.arn}`,
      reset_on_delete: true,
      depends_on: [stack.addressOf("aws_iam_role_policy_attachment")],
    });
  });

  it("has a role that API Gateway alone takes on, and that may push logs", () => {
    expect(statements(stack.only("aws_iam_role").assume_role_policy)).toEqual([
      {
        Sid: "Service",
        Effect: "Allow",
        Principal: { Service: "apigateway.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
    expect(stack.only("aws_iam_role_policy_attachment")).toEqual({
      role: `\${${stack.addressOf("aws_iam_role")}.name}`,
      policy_arn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
  });
});

describe("the app", () => {
  it("waits with its stage for the account's role", () => {
    const { edge } = synthesizeApp();

    expect(edge.only("aws_api_gateway_stage").depends_on).toEqual(["aws_api_gateway_account.api-gateway"]);
  });

  it("leaves the account alone where it has a role already, and waits for nothing", () => {
    const { edge } = synthesizeApp({ MANAGE_API_GATEWAY_ACCOUNT: "false" });

    expect(edge.addresses.filter((address) => address.endsWith(".api-gateway"))).toEqual([]);
    expect(Object.keys(edge.resources("aws_iam_role"))).toEqual(["ExternalLambda1", "ExternalLambda2"]);
    expect(edge.only("aws_api_gateway_stage").depends_on).toEqual([]);
  });
});
