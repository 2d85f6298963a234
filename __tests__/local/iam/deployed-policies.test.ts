import { readIdentityPolicies } from "../../../local/iam/deployed-policies";
import { deploymentOf, type Unnamed, type Values } from "../../support/deployment";

/** A policy of that many characters, which white space is not among. */
function policyOf(characters: number): string {
  const document = (resource: string) =>
    JSON.stringify({
      Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: `arn:aws:sns:*:*:${resource}` }],
    });
  return document("r".repeat(characters - document("").length)).replaceAll(",", ", \n");
}

const role = (values: Values = {}): Unnamed => [
  "aws_iam_role",
  { name: "R", arn: "arn:aws:iam::123456789012:role/R", ...values },
];
const inline = (name: string, characters: number): Unnamed => [
  "aws_iam_role_policy",
  { name, role: "R", policy: policyOf(characters) },
];
const read =
  (...resources: readonly Unnamed[]) =>
  () =>
    readIdentityPolicies(deploymentOf(...resources));

describe("the size of policies", () => {
  const refused =
    "aws_iam_role.R0: AWS refuses a policy of 10241 characters: Maximum policy size of 10240 bytes exceeded for role R";

  test("is 10,240 characters for all inline policies of a role together, white space not counted", () => {
    expect(read(role(), inline("a", 5_000), inline("b", 5_240))).not.toThrow();
    expect(read(role(), inline("a", 5_000), inline("b", 5_241))).toThrow(refused);
  });

  test("counts the blocks of the role, and a policy that a state shows twice once", () => {
    const shown = { name: "a", policy: policyOf(5_000) };

    expect(read(role({ inline_policy: [shown] }), inline("a", 5_000), inline("b", 5_240))).not.toThrow();
    expect(read(role({ inline_policy: [shown] }), inline("b", 5_241))).toThrow(refused);
  });

  test("is 6,144 characters for a managed policy", () => {
    const managed = (characters: number): Unnamed => [
      "aws_iam_policy",
      { arn: "arn:aws:iam::123456789012:policy/P", policy: policyOf(characters) },
    ];

    expect(read(managed(6_144))).not.toThrow();
    expect(read(managed(6_145))).toThrow("Cannot exceed quota for PolicySize: 6144");
  });
});
