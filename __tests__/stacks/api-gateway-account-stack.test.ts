import { body, type StackJson, statements } from "./support/stack-json";
import { synthesizeApp } from "./support/synthesized-app";

function accountStack(env: Record<string, string> = {}): StackJson {
  const { account } = synthesizeApp({ MANAGE_API_GATEWAY_ACCOUNT: "true", ...env });
  if (account === undefined) throw new Error("the app has no account stack");
  return account;
}

describe("the account's setting for API Gateway's logs", () => {
  const stack = accountStack();
  const [own, found] = [
    stack.resources("aws_api_gateway_account")["api-gateway-account"],
    stack.resources("aws_api_gateway_account").found,
  ];

  it("is in no stack unless it is asked for, so that no environment touches it", () => {
    const { messaging, edge, account } = synthesizeApp();

    expect(account).toBeUndefined();
    for (const { addresses } of [messaging, edge])
      expect(addresses.join()).not.toMatch(/aws_api_gateway_account/);
  });

  it("points to a role of its own once that may write logs", () => {
    expect(stack.addresses).toEqual([
      "aws_api_gateway_account.api-gateway-account",
      "aws_api_gateway_account.found",
      "aws_iam_role.api-gateway-account",
      "aws_iam_role_policy_attachment.api-gateway-account",
      "data.aws_caller_identity.current",
    ]);
    expect(own).toMatchObject({
      cloudwatch_role_arn: "${aws_iam_role.api-gateway-account.arn}",
      depends_on: ["aws_iam_role_policy_attachment.api-gateway-account"],
    });
    expect(stack.only("aws_iam_role_policy_attachment")).toMatchObject({
      role: "${aws_iam_role.api-gateway-account.name}",
      policy_arn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
    expect(statements(stack.only("aws_iam_role").assume_role_policy)).toEqual([
      {
        Sid: "Service",
        Effect: "Allow",
        Principal: { Service: "apigateway.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
  });

  it("is looked at before it is set, and never overwritten where it is another role's", () => {
    expect(stack.json.import).toEqual([{ to: "aws_api_gateway_account.found", id: "api-gateway-account" }]);
    expect(body(found?.lifecycle).ignore_changes).toBe("all");
    expect(found).not.toHaveProperty("cloudwatch_role_arn");
    expect(body(own?.lifecycle).precondition).toEqual([
      {
        condition:
          '${contains(["none", "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/api-gateway-logs-us-east-1"], coalesce(aws_api_gateway_account.found.cloudwatch_role_arn, "none"))}',
        error_message: expect.stringContaining("MANAGE_API_GATEWAY_ACCOUNT=false"),
      },
    ]);
  });

  it("is never erased, nor is what it points to", () => {
    for (const address of stack.addresses.filter((name) => !name.startsWith("data."))) {
      const [type = "", name = ""] = address.split(".");
      expect([address, body(stack.resources(type)[name]?.lifecycle).prevent_destroy]).toEqual([
        address,
        true,
      ]);
    }
    expect(stack.text).not.toContain("reset_on_delete");
  });

  it("has one state for the account and region, whichever environment deploys it", () => {
    const ofStaging = accountStack({ ENVIRONMENT: "staging" });

    expect(ofStaging.text).toBe(stack.text);
    expect(JSON.stringify(stack.json.terraform)).toContain(
      '"path":"../../../state/_account/us-east-1/api-gateway-account.tfstate"',
    );
    expect(JSON.stringify(accountStack({ AWS_REGION: "eu-west-1" }).json.terraform)).toContain(
      "state/_account/eu-west-1/",
    );
  });

  it("is deployed before the stage that logs", () => {
    expect(synthesizeApp({ MANAGE_API_GATEWAY_ACCOUNT: "true" }).edgeDependencies).toEqual([
      "api-gateway-account",
      "shared-messaging",
    ]);
  });

  it("is forgotten, not destroyed, where an earlier version had it in the edge's state", () => {
    expect(synthesizeApp().edge.json.removed).toEqual(
      ["aws_api_gateway_account", "aws_iam_role", "aws_iam_role_policy_attachment"].map((type) => ({
        from: `${type}.api-gateway`,
        lifecycle: { destroy: false },
      })),
    );
  });
});

describe("every role, in every stack,", () => {
  const PERMISSIONS_BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";
  const roles = (env: Record<string, string>) => {
    const { messaging, edge, account } = synthesizeApp({ MANAGE_API_GATEWAY_ACCOUNT: "true", ...env });
    return [messaging, edge, account].flatMap((stack) =>
      Object.values(stack?.resources("aws_iam_role") ?? {}),
    );
  };

  it("keeps within the company's boundary and path, and has its prefix", () => {
    const settings = { PERMISSIONS_BOUNDARY, ROLE_PATH: "/teams/api/", NAME_PREFIX: "acme" };

    const found = roles(settings);

    expect(found).toHaveLength(4);
    for (const role of found) {
      expect(role).toMatchObject({ path: "/teams/api/", permissions_boundary: PERMISSIONS_BOUNDARY });
      expect(role.name).toMatch(/^acme-/);
    }
  });

  it("has another name in another region, and none in common", () => {
    const names = ["us-east-1", "eu-west-1"].flatMap((AWS_REGION) =>
      roles({ AWS_REGION }).map(({ name }) => name),
    );

    expect(new Set(names).size).toBe(8);
  });
});
