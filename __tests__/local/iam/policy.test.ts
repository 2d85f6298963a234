import { type PolicyUse, policyOf } from "../../../local/iam/policy";

const statement = { Effect: "Allow", Action: "sns:Publish", Resource: "*" };
const principal = { AWS: "123456789012" };

function problemOf(use: PolicyUse, ...changed: Record<string, unknown>[]): string {
  const Statement = changed.map((change) => {
    const base = use === "identity" ? statement : { ...statement, Principal: principal };
    return Object.fromEntries(
      Object.entries({ ...base, ...change }).filter(([, value]) => value !== undefined),
    );
  });
  try {
    policyOf({ Version: "2012-10-17", Statement }, "P", use);
    return "accepted";
  } catch (error) {
    return String(error).replace("DeploymentError: P: malformed policy document at ", "");
  }
}

test.each<[PolicyUse, Record<string, unknown>]>([
  ["identity", {}],
  ["identity", { Action: ["sns:*", "*"], Resource: ["arn:aws:sns:*:*:T"], Sid: "A1" }],
  [
    "identity",
    { Action: undefined, NotAction: "iam:*", Resource: undefined, NotResource: "arn:aws:s3:::b/*" },
  ],
  [
    "identity",
    { Condition: { Bool: { "aws:SecureTransport": true }, NumericLessThan: { "s3:max-keys": 10 } } },
  ],
  ["resource", { Principal: "*", Sid: "a sentence" }],
  ["resource", { Principal: { Service: "sns.amazonaws.com", AWS: ["*", "arn:aws:iam::123456789012:root"] } }],
  ["resource", { Principal: undefined, NotPrincipal: principal }],
  ["trust", { Resource: undefined, Action: "sts:AssumeRole" }],
])("accepts, as %s policy, %j", (use, change) => {
  expect(problemOf(use, change)).toBe("accepted");
});

test.each<[PolicyUse, Record<string, unknown>, string]>([
  ["identity", { Effect: "allow" }, 'Statement[0].Effect: must be "Allow" or "Deny", received "allow"'],
  [
    "identity",
    { Action: "Publish" },
    'Statement[0].Action: must be "*" or like "sns:Publish", received "Publish"',
  ],
  [
    "identity",
    { Action: "s*:Publish" },
    'Statement[0].Action: must be "*" or like "sns:Publish", received "s*:Publish"',
  ],
  ["identity", { Action: [] }, "Statement[0].Action: must not be empty"],
  ["identity", { Action: 1 }, "Statement[0].Action: must be text or a list of texts, received 1"],
  ["identity", { NotAction: "sns:*" }, "Statement[0]: must have either Action or NotAction"],
  ["identity", { Resource: undefined }, "Statement[0]: must have either Resource or NotResource"],
  [
    "identity",
    { Resource: "topic" },
    'Statement[0].Resource: must be "*" or an ARN that names its service, received "topic"',
  ],
  [
    "identity",
    { Resource: "arn:aws:*:x" },
    'Statement[0].Resource: must be "*" or an ARN that names its service, received "arn:aws:*:x"',
  ],
  ["identity", { Principal: "*" }, "Statement[0].Principal: is not part of a policy here"],
  ["identity", { Sid: "a b" }, 'Statement[0].Sid: must be letters and digits, received "a b"'],
  [
    "identity",
    { Condition: { StringEqual: { a: "b" } } },
    'Statement[0].Condition.StringEqual.a: "StringEqual" is not a condition operator',
  ],
  [
    "identity",
    { Condition: { NullIfExists: { a: "true" } } },
    "Statement[0].Condition.NullIfExists.a: Null has no form with IfExists",
  ],
  [
    "identity",
    { Condition: { IpAddress: { a: "1.2.3" } } },
    'Statement[0].Condition.IpAddress.a: "1.2.3" is not a value for IpAddress',
  ],
  [
    "identity",
    { Condition: { Bool: { a: ["true", "yes"] } } },
    'Statement[0].Condition.Bool.a: "yes" is not a value for Bool',
  ],
  [
    "identity",
    { Condition: { Bool: { a: null } } },
    "Statement[0].Condition.Bool.a: must be text, a number or a boolean, received null",
  ],
  ["identity", { Condition: [] }, "Statement[0].Condition: must be an object, received []"],
  ["resource", { Principal: undefined }, "Statement[0]: must have either Principal or NotPrincipal"],
  [
    "resource",
    { Principal: "123456789012" },
    'Statement[0].Principal: must be an object, received "123456789012"',
  ],
  ["resource", { Principal: { Aws: "*" } }, "Statement[0].Principal.Aws: is not part of a policy here"],
  [
    "resource",
    { Principal: { AWS: "arn:aws:iam::123456789012:role/*" } },
    'Statement[0].Principal.AWS: must be "*", an account or the ARN of one identity, received "arn:aws:iam::123456789012:role/*"',
  ],
  ["trust", { Action: "sts:AssumeRole" }, "Statement[0].Resource: is not allowed in a trust policy"],
])("refuses, as %s policy, %j", (use, change, problem) => {
  expect(problemOf(use, change)).toBe(problem);
});

test("refuses the same Sid twice in an identity-based policy, but not in a resource's", () => {
  expect(problemOf("identity", { Sid: "A" }, { Sid: "A" })).toBe("Statement: has the Sid A twice");
  expect(problemOf("resource", { Sid: "A" }, { Sid: "A" })).toBe("accepted");
});

test.each<[unknown, string]>([
  [[], "at the top: must be an object, received []"],
  [{}, "at Statement: is missing"],
  [
    { Statement: statement, Version: "2012-10-18" },
    'at Version: must be "2012-10-17" or "2008-10-17", received "2012-10-18"',
  ],
  [{ Statement: statement, ID: "a" }, "at ID: is not part of a policy here"],
  [{ Statement: statement, Id: 1 }, "at Id: must be text, received 1"],
])("refuses the document %j", (document, problem) => {
  expect(() => policyOf(document, "P", "identity")).toThrow(`P: malformed policy document ${problem}`);
});
