import { AwsError } from "./aws-error";
import { isObject } from "./json";

/** What is wrong with a member. Services word it differently. */
export type InputProblem = {
  /** As the API model spells it: `Id`. */
  readonly member: string;
  /** With the structures around it, as AWS's validators write it: `entries.1.member.id`. */
  readonly path: string;
  readonly value: unknown;
  /** Whether the API model calls the value sensitive: no message repeats it. */
  readonly secret?: boolean;
} & (
  | { readonly kind: "missing" }
  /** `expected`: `String`, `Integer`, `Boolean`, `list`, `structure`. */
  | { readonly kind: "type"; readonly expected: string }
  /** `constraint` as AWS's validators word it: `Member must have length less than or equal to 128`. */
  | { readonly kind: "constraint"; readonly constraint: string }
);

/** A service's error for everything that is wrong with an input. One that names a single problem names the first. */
export type InputDialect = (...problems: readonly [InputProblem, ...InputProblem[]]) => AwsError;

/**
 * The wording of AWS's common validator, which names every problem (hashicorp/terraform-provider-aws#36076): `2 validation errors
 * detected: Value '…' at 'memberName' failed to satisfy constraint: Member must not be null; Value …`. `code`: the service's error.
 */
export function validation(code: string): InputDialect {
  return (...problems) => {
    const wrong = problems.find(({ kind }) => kind === "type");
    if (wrong?.kind === "type") return new AwsError("SerializationException", conversionProblem(wrong));
    const count = problems.length === 1 ? "1 validation error" : `${problems.length} validation errors`;
    return new AwsError(code, `${count} detected: ${problems.map(clause).join("; ")}`);
  };
}

function clause(problem: InputProblem): string {
  const { path, value, secret } = problem;
  const [shown, constraint] =
    problem.kind === "constraint"
      ? [secret ? "Value" : `Value '${javaText(value)}'`, problem.constraint]
      : ["Value null", "Member must not be null"];
  return `${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** As Java prints a value: `[a, b]`, `{key=value}`. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(", ")}]`;
  if (!isObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${javaText(item)}`)
    .join(", ")}}`;
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
