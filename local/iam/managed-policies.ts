import { readFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "../kernel/once";

/**
 * The AWS managed policies that a role can be given, a line each, written by `__tests__/support/managed-policies/extract.ts`. Read
 * when the first one is looked for.
 */
const read = once(() => {
  const [head = "", ...lines] = readFileSync(join(__dirname, "managed-policies.jsonl"), "utf8").split("\n");
  const [before, after] = ['{"arn":"', '","document":'];
  const [documents, arns] = [new Map<string, string>(), new Map<string, string>()];
  for (const line of lines) {
    const end = line.indexOf(after);
    if (end < 0) continue;
    const arn = line.slice(before.length, end);
    documents.set(arn, line.slice(end + after.length, -"}".length));
    // Each name is there once.
    arns.set(arn.slice(arn.lastIndexOf("/") + 1), arn);
  }
  return { head, documents, arns };
});

/** Whether a policy is one of AWS's own: those have `aws` where others have their account ("IAM identifiers", IAM user guide). */
export function isAwsManaged(arn: string): boolean {
  return /^arn:[^:]+:iam::aws:policy\//.test(arn);
}

/** The document of an AWS managed policy as JSON, `undefined` for one that is not among them. */
export function managedPolicyDocument(arn: string): string | undefined {
  return read().documents.get(arn);
}

/** The ARN of the AWS managed policy with that name. */
export function managedPolicyArn(name: string): string | undefined {
  return read().arns.get(name);
}

/** The day of the newest of them. */
export function managedPoliciesDate(): string {
  return /"date":"([^"]+)"/.exec(read().head)?.[1] ?? "";
}
