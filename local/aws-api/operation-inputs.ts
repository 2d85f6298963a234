import { apiModelIn, inputShape, type Shape, type Shapes, type StructureShape } from "../kernel/api-model";
import { type Constraint, numberConstraints, sizeConstraints, textConstraints } from "../kernel/constraint";
import { type Members, wholeNumber } from "../kernel/input";
import type { InputDialect, InputProblem } from "../kernel/input-dialect";
import { isObject } from "../kernel/json";

/** What AWS was seen to do otherwise than its API model says. */
export interface Corrections {
  /** By the shape's name: what it is instead. */
  readonly shapes?: Shapes;
  /** By the structure's name: the members that the service refuses to miss in the words of all services. */
  readonly required?: Readonly<Record<string, readonly string[]>>;
}

/** What the inputs of a service's operations must be, as the service's API model has it. */
export interface OperationInputs {
  /** The shape of an operation's input, and the shapes that it names. */
  of(operation: string): { readonly input: StructureShape; readonly shapes: Shapes };
  /** Those of the members that the operation has; AWS passes over others. */
  known(operation: string, members: Members): Members;
  /** Where a REST request has the members of the input. */
  places(operation: string): RestPlaces;
  /**
   * @param only the one member to look at
   * @throws AwsError for an input that the model excludes, in the service's words
   */
  check(operation: string, members: Members, dialect: InputDialect, only?: string): void;
}

/** Where a REST request has members of the input: its raw body, its headers and its query string, by their names there. */
export interface RestPlaces extends Pick<StructureShape, "payloadMember" | "headers" | "query"> {
  /** Members that are lists: a query string repeats a parameter. */
  readonly lists?: ReadonlySet<string>;
}

/** The inputs in a service's folder. The model is read when it is first needed. */
export function operationInputs(folder: string, corrections: Corrections = {}): OperationInputs {
  let corrected: Shapes | undefined;
  const of = (operation: string) => {
    const model = apiModelIn(folder);
    corrected ??= correct(model.shapes, corrections);
    return { input: inputShape({ ...model, shapes: corrected }, operation), shapes: corrected };
  };
  return {
    of,
    known(operation, members) {
      const names = Object.keys(of(operation).input.members).filter((name) => Object.hasOwn(members, name));
      return Object.fromEntries(names.map((name) => [name, members[name]]));
    },
    places(operation) {
      const { input, shapes } = of(operation);
      const { payloadMember, headers, query, members } = input;
      const lists = Object.keys(members).filter((name) => shapes[members[name] ?? ""]?.type === "list");
      return { payloadMember, headers, query, lists: new Set(lists) };
    },
    check(operation, members, dialect, only) {
      const { input, shapes } = of(operation);
      const looked = only === undefined ? members : { [only]: members[only] };
      const found = problemsOf(looked, input, shapes, dialect);
      const [first, ...others] = only === undefined ? found : found.filter(({ kind }) => kind !== "missing");
      if (first !== undefined) throw dialect(first, ...others);
    },
  };
}

function correct(shapes: Shapes, { shapes: replaced = {}, required = {} }: Corrections): Shapes {
  const structures = Object.entries(required).map(([name, members]) => {
    const shape = shapes[name];
    if (shape?.type !== "structure") throw new Error(`the API model has no structure ${name} to correct`);
    return [name, { ...shape, required: members }] as const;
  });
  return { ...shapes, ...replaced, ...Object.fromEntries(structures) };
}

/** A value and where it is. */
type Place = Pick<InputProblem, "member" | "path" | "value">;

/** @throws AwsError for a value of another type: AWS refuses it before it looks at any constraint */
function problemsOf(
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

/** Whether a message may not repeat a value: it is sensitive, or something in it is. */
function isSecret(shape: Shape | undefined, shapes: Shapes): boolean {
  if (shape === undefined) return false;
  if (shape.type === "list") return isSecret(shapes[shape.items ?? ""], shapes);
  if (shape.type === "map") return isSecret(shapes[shape.values ?? ""], shapes);
  if (shape.type === "structure")
    return Object.values(shape.members).some((name) => isSecret(shapes[name], shapes));
  return "sensitive" in shape && shape.sensitive === true;
}
