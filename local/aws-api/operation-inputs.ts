import { apiModelIn, inputShape, type Shapes, type StructureShape } from "../kernel/api-model";
import type { Members } from "../kernel/input";
import type { InputDialect } from "../kernel/input-dialect";
import { problemsOf } from "./input-problems";

/** What AWS was seen to do otherwise than its API model says. */
export interface Corrections {
  /** By the shape's name: what it is instead. */
  readonly shapes?: Shapes;
  /** By the structure's name: the members that must be given. The operation itself tells of others that are missing. */
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
