import { type PolicyDocument, statementsOf } from "./policy-document";

/** The condition keys that the runtime fills; lower case, since IAM does not tell the cases apart. */
const filled = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principalservicename",
  "aws:principaltype",
  "aws:requestedregion",
  "aws:resourceaccount",
  "aws:securetransport",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:userid",
  "aws:viaawsservice",
]);

/** In the policy that SNS gives every topic; its absence from direct calls is what AWS does too. */
const knowinglyAbsent = new Set(["aws:sourceowner"]);

/** Names each condition key that the runtime cannot fill, so that nobody takes its absence for AWS's decision. */
export function unfilledConditionKeys(policies: Iterable<PolicyDocument>): string[] {
  const warnings = new Set<string>();
  for (const { name, policy } of policies) {
    for (const key of statementsOf(policy.Statement).flatMap(conditionKeys)) {
      if (filled.has(key.toLowerCase()) || knowinglyAbsent.has(key.toLowerCase())) continue;
      warnings.add(`${name}: the condition key ${key} has no value here and is evaluated as missing`);
    }
  }
  return [...warnings];
}

function conditionKeys(statement: unknown): string[] {
  const condition = member(statement, "Condition");
  if (typeof condition !== "object" || condition === null) return [];
  return Object.values(condition).flatMap((test) => {
    return typeof test === "object" && test !== null ? Object.keys(test) : [];
  });
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
