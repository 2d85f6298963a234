import { plainFunctions } from "../../../support/plain-functions";
import type { Block } from "../../../support/synthesized-folder";
import { useRuntime } from "../../../support/use-runtime";

const role = (service: string): Readonly<Record<string, Block>> => ({
  "aws_iam_role.Invoker": {
    name: "Invoker",
    assume_role_policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } },
    }),
  },
});

const managed: Readonly<Record<string, Block>> = {
  "aws_iam_role_policy_attachment.Invoker": {
    role: "${aws_iam_role.Invoker.name}",
    policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaRole",
  },
};

const boundary: Block = {
  permissions_boundary: "${aws_iam_policy.Nothing.arn}",
};
const nothing: Readonly<Record<string, Block>> = {
  "aws_iam_policy.Nothing": {
    name: "Nothing",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Deny", Action: "*", Resource: "*" },
    }),
  },
};

const GATEWAY = "apigateway.amazonaws.com";

describe.each<[string, Readonly<Record<string, Block>>, number]>([
  ["may invoke by an AWS managed policy", { ...role(GATEWAY), ...managed }, 200],
  ["may not invoke", role(GATEWAY), 500],
  ["trusts another service", { ...role("lambda.amazonaws.com"), ...managed }, 500],
  [
    "may invoke, but for its boundary",
    {
      ...nothing,
      ...managed,
      "aws_iam_role.Invoker": { ...role(GATEWAY)["aws_iam_role.Invoker"], ...boundary },
    },
    500,
  ],
])("an integration with the credentials of a role that %s", (_name, resources, status) => {
  const runtime = useRuntime({
    edit: (stacks) => {
      plainFunctions(stacks);
      const { edge } = stacks;
      // With credentials, the function's own policy is not what decides.
      edge.remove("aws_lambda_permission.POST-lambda1");
      edge.resource("aws_api_gateway_integration.POST-lambda1").credentials = "${aws_iam_role.Invoker.arn}";
      for (const [address, body] of Object.entries(resources)) edge.add(address, body);
    },
  });

  test(`answers ${status}`, async () => {
    const answer = await runtime.send({ token: await runtime.token("MyUserPool1") });

    expect(answer.status).toBe(status);
  });
});
