import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Resource } from "../../../local/deployment/deployment";
import { managedPolicyArn, managedPolicyDocument } from "../../../local/iam/managed-policies";
import { policyOf } from "../../../local/iam/policy";
import { iamResourceTypes } from "../../../local/iam/resources";
import { ACCOUNT, REGION, resourceAt, type Values } from "../../support/deployment";

const sqs = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole";

const [, ...lines] = readFileSync(join(__dirname, "../../../local/iam/managed-policies.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
const arns = lines.map((line): string => JSON.parse(line).arn);

test("every document of AWS is read as a policy, and found by its ARN and by its name", () => {
  const found = arns.map((arn) => {
    policyOf(JSON.parse(managedPolicyDocument(arn) ?? ""), arn, "identity");
    return managedPolicyArn(arn.slice(arn.lastIndexOf("/") + 1));
  });

  expect(arns.length).toBeGreaterThan(1000);
  expect(found).toEqual(arns);
});

test("what is not the whole ARN, or not the whole name, is not found", () => {
  expect([managedPolicyDocument(sqs.slice(0, -1)), managedPolicyDocument(`${sqs}s`)]).toEqual([
    undefined,
    undefined,
  ]);
  expect([managedPolicyArn("SQSQueueExecutionRole"), managedPolicyArn("")]).toEqual([undefined, undefined]);
});

// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html
const sqsDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ],
      Resource: "*",
    },
  ],
};

test("the document is the one that AWS's reference shows", () => {
  expect(JSON.parse(managedPolicyDocument(sqs) ?? "")).toEqual(sqsDocument);
});

describe("the data source aws_iam_policy", () => {
  const own = resourceAt("aws_iam_policy.P", {
    name: "Own",
    arn: `arn:aws:iam::${ACCOUNT}:policy/team/Own`,
    policy: "{}",
  });
  const look = (values: Values, found: readonly Resource[] = []) =>
    iamResourceTypes
      .find(({ type }) => type === "data.aws_iam_policy")
      ?.computed?.(resourceAt("data.aws_iam_policy.D", values), {
        region: REGION,
        accountId: ACCOUNT,
        stackFolder: "/",
        find: (_, key, value) => found.find(({ values: { [key]: actual } }) => actual === value),
      });

  test.each<Values>([{ name: "AWSLambdaSQSQueueExecutionRole" }, { arn: sqs }])(
    "finds one of AWS's by %j, with its text",
    (values) => {
      const { policy, ...rest } = look(values) ?? {};

      expect(rest).toEqual({
        id: sqs,
        arn: sqs,
        name: "AWSLambdaSQSQueueExecutionRole",
        path: "/service-role/",
      });
      expect(JSON.parse(String(policy))).toEqual(sqsDocument);
    },
  );

  test.each<Values>([{ name: "Own" }, { arn: `arn:aws:iam::${ACCOUNT}:policy/team/Own` }])(
    "finds one of the deployment by %j",
    (values) => {
      expect(look(values, [own])).toEqual({
        id: own.values.arn,
        arn: own.values.arn,
        name: "Own",
        path: "/team/",
        policy: "{}",
      });
    },
  );

  test("has no text of one that is elsewhere, and refuses a name that nobody has", () => {
    expect(look({ arn: "arn:aws:iam::111111111111:policy/X" })).not.toHaveProperty("policy");
    expect(() => look({ name: "Nobodys" })).toThrow(
      'data.aws_iam_policy.D: name must be the name of an AWS managed policy, or of an aws_iam_policy that the data source depends on, received "Nobodys"',
    );
  });
});
