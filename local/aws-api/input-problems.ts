import type { Shape, Shapes, StructureShape } from "../kernel/api-model";
import { type Constraint, numberConstraints, sizeConstraints, textConstraints } from "../kernel/constraint";
import { type Members, wholeNumber } from "../kernel/input";
import type { InputDialect, InputProblem } from "../kernel/input-dialect";
import { isObject } from "../kernel/json";

/** A value and where it is. */
type Place = Pick<InputProblem, "member" | "path" | "value">;

/**
 * Everything in an input that its shape excludes, in the order of the shape's members.
 *
 * @throws AwsError for a value of another type: AWS refuses it before it looks at any constraint
 */
export function problemsOf(
  input: Members,
  inputShape: StructureShape,
  shapes: Shapes,
  dialect: InputDialect,
): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  const wrongType = (at: Place, expected: string) => dialect({ ...at, kind: "type", expected });
  const refuse = (at: Place, shape: Shape, constraint: string) =>
    problems.push({ ...at, kind: "constraint", constraint, secret: isSecret(shape, shapes) });

  const structure = (members: Members, shape: StructureShape, before: string): void => {
    for (const [member, name] of Object.entries(shape.members)) {
      const value = members[member] ?? undefined;
      const path = before + member.charAt(0).toLowerCase() + member.slice(1);
      if (value !== undefined) check({ member, path, value }, shapes[name]);
      else if (shape.required?.includes(member)) problems.push({ kind: "missing", member, path, value });
    }
  };
  const check = (at: Place, shape: Shape | undefined): void => {
    if (shape === undefined) return;
    if (shape.type === "structure") {
      if (!isObject(at.value)) throw wrongType(at, "structure");
      structure(at.value, shape, `${at.path}.`);
    } else if (shape.type === "list") {
      if (!Array.isArray(at.value)) throw wrongType(at, "list");
      for (const broken of against(at.value, sizeConstraints(shape)).broken) refuse(at, shape, broken);
      each(
        at,
        shape,
        [...at.value.entries()].map(([index, item]) => [index + 1, item]),
        shape.items,
        "Member",
      );
    } else if (shape.type === "map") {
      if (!isObject(at.value)) throw wrongType(at, "structure");
      // A map without the trait "sparse" has no null: servers leave it out (Smithy 2.0, "sparse trait").
      const entries = Object.entries(at.value).filter(([, item]) => item !== null);
      for (const broken of against(entries, sizeConstraints(shape)).broken) refuse(at, shape, broken);
      each(
        at,
        shape,
        entries.map(([key]) => [key, key]),
        shape.keys,
        "Map keys",
      );
      each(at, shape, entries, shape.values, "Map value");
    } else {
      const reading = readScalar(at.value, shape);
      if (typeof reading === "string") throw wrongType(at, reading);
      for (const broken of reading.broken) refuse(at, shape, broken);
    }
  };
  /**
   * Structures are refused each at its own place; others together, with every constraint: `Value '[x]' at 'names' failed to satisfy
   * constraint: Member must satisfy constraint: [Member must have …, Member must …]` (Lambda's answer to `cors.allowMethods`,
   * ACM's to `subjectAlternativeNames`, Logs' to `logGroupIdentifiers`: grafana/grafana#79155).
   */
  const each = (
    at: Place,
    around: Shape,
    items: readonly (readonly [key: string | number, item: unknown])[],
    name: string | undefined,
    subject: "Member" | "Map keys" | "Map value",
  ): void => {
    const shape = shapes[name ?? ""];
    if (shape === undefined) return;
    let isBroken = false;
    let constraints: readonly string[] = [];
    for (const [key, value] of items) {
      const item = { ...at, path: `${at.path}.${key}.member`, value };
      if (!isScalar(shape)) {
        check(item, shape);
        continue;
      }
      const reading = readScalar(value, shape);
      if (typeof reading === "string") throw wrongType({ ...at, value }, reading);
      constraints = reading.constraints;
      isBroken ||= reading.broken.length > 0;
    }
    if (isBroken) refuse(at, around, `${subject} must satisfy constraint: [${constraints.join(", ")}]`);
  };

  structure(input, inputShape, "");
  return problems;
}

type Scalar = Exclude<Shape, { readonly type: "structure" | "list" | "map" }>;

const isScalar = (shape: Shape): shape is Scalar => !["structure", "list", "map"].includes(shape.type);

/** What the model asks of a value, and what of it the value breaks, in the orders of AWS's answers (localstack's recordings). */
interface Reading {
  readonly constraints: readonly string[];
  readonly broken: readonly string[];
}

/** For a value of another type: the name of the shape's. */
function readScalar(value: unknown, shape: Scalar): Reading | string {
  switch (shape.type) {
    case "text":
      return typeof value === "string" ? against(value, textConstraints(shape)) : "String";
    case "blob": {
      const bytes = typeof value === "string" ? Buffer.from(value, "base64") : value;
      return Buffer.isBuffer(bytes) ? against(bytes, sizeConstraints(shape)) : "Blob";
    }
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false" ? unconstrained : "Boolean";
    case "timestamp":
      return typeof value === "number" || typeof value === "string" ? unconstrained : "Number";
    default: {
      const number = shape.type === "number" && typeof value === "number" ? value : wholeNumber(value);
      if (number === undefined || (shape.type === "integer" && number !== (number | 0))) return "Integer";
      return against(number, numberConstraints(shape));
    }
  }
}

const unconstrained: Reading = { constraints: [], broken: [] };

function against<T>(value: T, constraints: readonly Constraint<T>[]): Reading {
  return {
    constraints: constraints.map(({ text }) => text),
    broken: constraints.flatMap(({ text, holds }) => (holds(value) ? [] : [text])).reverse(),
  };
}

/** Whether a message may not repeat a value: it is sensitive, or a structure, of which something may be. */
function isSecret(shape: Shape | undefined, shapes: Shapes): boolean {
  if (shape?.type === "list") return isSecret(shapes[shape.items ?? ""], shapes);
  if (shape?.type === "map") return isSecret(shapes[shape.values ?? ""], shapes);
  return shape?.type === "structure" || (shape !== undefined && "sensitive" in shape);
}
