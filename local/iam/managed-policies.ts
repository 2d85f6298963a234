import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The AWS managed policies that a role can be given, a line each, written by `__tests__/support/managed-policies/extract.ts`. Read
 * when the first one is looked for.
 */
let lines: string | undefined;

function load(): string {
  lines ??= readFileSync(join(__dirname, "managed-policies.jsonl"), "utf8");
  return lines;
}

/** Whether a policy is one of AWS's own: those have `aws` where others have their account ("IAM identifiers", IAM user guide). */
export function isAwsManaged(arn: string): boolean {
  return /^arn:[^:]+:iam::aws:policy\//.test(arn);
}

/** The document of an AWS managed policy as JSON, `undefined` for one that is not among them. */
export function managedPolicyDocument(arn: string): string | undefined {
  const start = `\n{"arn":${JSON.stringify(arn)},"document":`;
  const at = load().indexOf(start);
  return at < 0 ? undefined : load().slice(at + start.length, load().indexOf("}\n", at));
}

/** The ARN of the AWS managed policy with that name; each name is there once. */
export function managedPolicyArn(name: string): string | undefined {
  const end = load().indexOf(`/${name}","document":`);
  return end < 0 ? undefined : `${load().slice(load().lastIndexOf('"', end) + 1, end)}/${name}`;
}

/** The day of the newest of them. */
export function managedPoliciesDate(): string {
  return /"date":"([^"]+)"/.exec(load())?.[1] ?? "";
}
