import { AwsError } from "./aws-error";
import type { TextRule } from "./constraint";

/** What is wrong with a member. Services word it differently, and only they know which values are secret. */
export type InputProblem = {
  /** As the API model spells it: `Id`. */
  readonly member: string;
  /** With the structures around it, as AWS's validators write it: `entries.1.member.id`. */
  readonly path: string;
  readonly value: unknown;
} & (
  | { readonly kind: "missing" }
  /** `expected`: `String`, `Integer`, `Boolean`, `list`, `structure`. */
  | { readonly kind: "type"; readonly expected: string }
  /** `constraint` as AWS's validators word it: `Member must have length less than or equal to 128`. */
  | { readonly kind: "constraint"; readonly constraint: string }
);

/** How a service reads inputs. */
export interface InputDialect {
  /** Its error for a problem. */
  readonly error: (problem: InputProblem) => AwsError;
  /** What its API model says of texts, by the member's name, wherever it occurs. */
  readonly texts?: Readonly<Record<string, TextRule>>;
}

/**
 * The wording of AWS's common validator: `1 validation error detected: Value '…' at 'memberName' failed to satisfy
 * constraint: Member must not be null`. `code`: the service's error; `shows`: whether messages repeat texts.
 */
export function validation(code: string, { shows }: { readonly shows: boolean }): InputDialect["error"] {
  return (problem) => {
    if (problem.kind === "type") return new AwsError("SerializationException", conversionProblem(problem));
    const { path, value } = problem;
    const [shown, constraint] =
      problem.kind === "missing"
        ? ["Value null", "Member must not be null"]
        : [shows || typeof value === "number" ? `Value '${String(value)}'` : "Value", problem.constraint];
    return new AwsError(
      code,
      `1 validation error detected: ${shown} at '${path}' failed to satisfy constraint: ${constraint}`,
    );
  };
}

function conversionProblem({
  value,
  expected,
}: {
  readonly value: unknown;
  readonly expected: string;
}): string {
  if (expected === "list") return "Expected list or null";
  if (expected === "structure") return "Start of structure or map found where not expected.";
  return `${(typeof value).toUpperCase()}_VALUE can not be converted to a ${expected}`;
}
