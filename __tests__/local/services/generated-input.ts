import type { OperationInputs } from "../../../local/aws-api/operation-inputs";
import type { Shape, Shapes, StructureShape } from "../../../local/kernel/api-model";
import { numberConstraints, sizeConstraints, textConstraints } from "../../../local/kernel/constraint";
import type { Members } from "../../../local/kernel/input";

/** An input that breaks one constraint of the API model. */
export interface Violation {
  readonly input: Members;
  /** The member, with the structures around it. */
  readonly at: string;
  /** The constraint as AWS words it. `undefined`: the member is missing. */
  readonly constraint: string | undefined;
}

/** Texts of which one fits each pattern of the models. */
const TEXTS = [
  ...[
    "a",
    "1",
    "aaa",
    "a_0",
    "123456789012",
    "ALL",
    "us-east-1",
    "us-east-1_a",
    "arn:aws:sqs:us-east-1:123456789012:a",
  ],
  "00000000-0000-0000-0000-000000000000",
];

/** Texts of which one breaks each pattern of the models. */
const ODD_TEXTS = ["\u0001", " \u0001 :", "\n"];

/** The least input that the model takes: what is required, as short as may be. */
export function minimalInput(inputs: OperationInputs, operation: string): Members {
  const { input, shapes } = inputs.of(operation);
  return minimalStructure(input, shapes);
}

/** For each constraint of each member, at any depth, an input that breaks it. */
export function violationsOf(inputs: OperationInputs, operation: string): readonly Violation[] {
  const { input, shapes } = inputs.of(operation);
  return inStructure(input, shapes).map(({ value, at, constraint }) => ({
    input: value as Members,
    at,
    constraint,
  }));
}

interface Broken {
  readonly value: unknown;
  readonly at: string;
  readonly constraint: string | undefined;
}

function minimalStructure({ members, required = [] }: StructureShape, shapes: Shapes): Members {
  return Object.fromEntries(required.map((name) => [name, minimal(shapes[members[name] ?? ""], shapes)]));
}

function minimal(shape: Shape | undefined, shapes: Shapes): unknown {
  switch (shape?.type) {
    case "text": {
      const texts = [
        ...(shape.oneOf ?? []),
        ...TEXTS,
        ...TEXTS.map((text) => text.padEnd(shape.min ?? 0, text)),
      ];
      const text = texts.find((candidate) => textConstraints(shape).every(({ holds }) => holds(candidate)));
      if (text === undefined) throw new Error(`no text here fits ${JSON.stringify(shape)}: add one to TEXTS`);
      return text;
    }
    case "boolean":
      return true;
    case "blob":
      return Buffer.alloc(shape.min ?? 0).toString("base64");
    case "list":
      return Array.from({ length: shape.min ?? 0 }, () => minimal(shapes[shape.items ?? ""], shapes));
    case "map":
      return {};
    case "structure":
      return minimalStructure(shape, shapes);
    case "timestamp":
      return 1_700_000_000;
    default:
      return shape?.min ?? 1;
  }
}

function inStructure(shape: StructureShape, shapes: Shapes): Broken[] {
  const least = minimalStructure(shape, shapes);
  const missing = (shape.required ?? []).map((at) => {
    const { [at]: _left, ...value } = least;
    return { value, at: lowerFirst(at), constraint: undefined };
  });
  const broken = Object.entries(shape.members).flatMap(([name, shapeName]) =>
    inValue(shapes[shapeName], shapes).map(({ value, at, constraint }) => ({
      value: { ...least, [name]: value },
      at: lowerFirst(name) + at,
      constraint,
    })),
  );
  return [...missing, ...broken];
}

function inValue(shape: Shape | undefined, shapes: Shapes): Broken[] {
  switch (shape?.type) {
    case "structure":
      return inStructure(shape, shapes).map((broken) => ({ ...broken, at: `.${broken.at}` }));
    case "list": {
      const item = minimal(shapes[shape.items ?? ""], shapes);
      const ofLength = (length: number) => Array.from({ length }, () => item);
      const isStructure = shapes[shape.items ?? ""]?.type === "structure";
      return [
        ...breaking(sizeConstraints(shape), [ofLength((shape.min ?? 0) - 1), ofLength((shape.max ?? 0) + 1)]),
        ...inValue(shapes[shape.items ?? ""], shapes).map(({ value, at, constraint }) => ({
          value: [value, ...ofLength((shape.min ?? 1) - 1)],
          at: isStructure ? `.1.member${at}` : "",
          constraint,
        })),
      ];
    }
    case "map": {
      const item = minimal(shapes[shape.values ?? ""], shapes);
      const isStructure = shapes[shape.values ?? ""]?.type === "structure";
      const key = String(minimal(shapes[shape.keys ?? ""], shapes));
      return [
        ...inValue(shapes[shape.keys ?? ""], shapes).map(({ value, constraint }) => ({
          ...{ value: { [String(value)]: item }, at: "", constraint },
        })),
        ...inValue(shapes[shape.values ?? ""], shapes).map(({ value, at, constraint }) => ({
          ...{ value: { [key]: value }, at: isStructure ? `.${key}.member${at}` : "", constraint },
        })),
      ];
    }
    case "text": {
      const lengths = [(shape.min ?? 0) - 1, (shape.max ?? 0) + 1].map((length) =>
        "a".repeat(Math.max(length, 0)),
      );
      return breaking(textConstraints(shape), [...lengths, ...ODD_TEXTS]);
    }
    case "integer":
    case "long":
    case "number":
      return breaking(numberConstraints(shape), [(shape.min ?? 0) - 1, (shape.max ?? 0) + 1]);
    case "blob":
      return breaking(sizeConstraints(shape), [Buffer.alloc(0), Buffer.alloc((shape.max ?? 0) + 1)]);
    default:
      return [];
  }
}

/** For each constraint the first of the values that breaks it. */
function breaking<T>(
  constraints: readonly { readonly text: string; holds(value: T): boolean }[],
  values: readonly T[],
): Broken[] {
  return constraints.map(({ text, holds }) => {
    const value = values.find((candidate) => !holds(candidate));
    if (value === undefined) throw new Error(`no value here breaks: ${text}`);
    return { value, at: "", constraint: text };
  });
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
