import { apiModelIn, inputShape, type Shape, type Shapes } from "../kernel/api-model";
import { brokenNumberRule, brokenSizeRule, brokenTextRule } from "../kernel/constraint";
import { isObject } from "../kernel/json";
import { onceFor } from "../kernel/once";
import type { Value } from "./attributes";

/**
 * What the API calls an attribute whose name does not tell, by its path without indexes: `name` → `FunctionName`. With dots
 * where the API has structures that Terraform has not: `Policies.PasswordPolicy`.
 */
export type Renamed = Readonly<Record<string, string>>;

/** The inputs with which Terraform creates a resource: what AWS takes of it. */
export class CreationInputs {
  constructor(
    private readonly shapes: Shapes,
    private readonly members: Readonly<Record<string, string>>,
    private readonly renamed: Renamed,
  ) {}

  /**
   * Why AWS would refuse the resource at deployment, a clause for each value: `rule[0].name "a b": Member must …`. `isSet`: for
   * attributes and blocks.
   */
  refusals(values: Block, isSet: (value: Value) => boolean): string[] {
    const refusals: string[] = [];
    const structure = (at: Place, block: Block, members: Members) => {
      for (const [key, value] of Object.entries(block)) {
        const shape = isSet(value) ? this.shapeOf(at.path + key, key, members) : undefined;
        if (shape !== undefined) check({ shown: at.shown + key, path: `${at.path}${key}.` }, value, shape);
      }
    };
    const check = (at: Place, value: Value, shape: Shape): void => {
      const broken = brokenBy(value, shape);
      if (broken !== undefined) refusals.push(`${at.shown} ${shownOf(value, shape)}: ${broken}`);
      if (shape.type === "structure") {
        for (const [index, block] of listOf(value).entries())
          if (isBlock(block)) structure({ ...at, shown: `${at.shown}[${index}].` }, block, shape.members);
      }
      if (shape.type === "list") each(at, listOf(value), shape.items);
      if (shape.type === "map") {
        const [names, items] = entriesOf(value);
        each({ ...at, shown: `a name of ${at.shown}` }, names, shape.keys);
        each(at, items, shape.values);
      }
    };
    const each = (at: Place, items: readonly Value[], name: string | undefined) => {
      const shape = this.shapes[name ?? ""];
      if (shape?.type === "structure") check(at, [...items], shape);
      else if (shape !== undefined) for (const item of items) check(at, item, shape);
    };
    structure({ shown: "", path: "" }, values, this.members);
    return refusals;
  }

  /** The shape of an attribute, also where Terraform says `rule` for what the API calls `Rules`. */
  shapeOf(path: string, key: string, members: Members = this.members): Shape | undefined {
    const steps = this.renamed[path]?.split(".");
    if (steps !== undefined) return this.follow(steps, members);
    const plain = plainName(key);
    const names = byPlainName(members);
    const shape = names.get(plain) ?? names.get(`${plain}s`) ?? names.get(plain.replace(/y$/, "ies"));
    return this.shapes[shape ?? ""];
  }

  private follow([first = "", ...rest]: readonly string[], members: Members): Shape | undefined {
    const shape = this.shapes[members[first] ?? ""];
    if (rest.length === 0) return shape;
    return shape?.type === "structure" ? this.follow(rest, shape.members) : undefined;
  }
}

type Members = Readonly<Record<string, string>>;

type Block = Readonly<Record<string, Value>>;

/** Where a value is, for a message and for `Renamed`, the latter without indexes and with a dot at its end. */
interface Place {
  readonly shown: string;
  readonly path: string;
}

/** Reads the model in a service's folder: what those of its operations take, together. */
export function apiModel(
  folder: string,
  corrected: Shapes = {},
): (operations: readonly string[], renamed?: Renamed) => CreationInputs {
  const model = apiModelIn(folder);
  const shapes = { ...model.shapes, ...corrected };
  return (operations, renamed = {}) => {
    const members = operations.map((operation) => inputShape(model, operation).members);
    return new CreationInputs(shapes, Object.assign({}, ...members), renamed);
  };
}

function brokenBy(value: Value, shape: Shape): string | undefined {
  if (shape.type === "text")
    return typeof value === "object" ? undefined : brokenTextRule(String(value), shape);
  if (shape.type === "number" || shape.type === "integer" || shape.type === "long")
    return brokenNumberRule(Number(value), shape);
  if (shape.type === "list") return brokenSizeRule(listOf(value), shape);
  if (shape.type === "map" && isObject(value)) return brokenSizeRule(Object.keys(value), shape);
  return undefined;
}

/** A secret is not repeated, and a long value not all of it. */
function shownOf(value: Value, shape: Shape): string {
  const text = JSON.stringify(value);
  if (shape.type === "text" && shape.sensitive) return `of ${String(value).length} characters`;
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

const listOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [value]);

/** The names and values of a map; Terraform also writes one as blocks that have a `key`. */
function entriesOf(value: Value): readonly [names: readonly Value[], values: readonly Value[]] {
  if (isBlock(value)) return [Object.keys(value), Object.values(value)];
  return [listOf(value).flatMap((block) => (isBlock(block) ? (block.key ?? []) : [])), listOf(value)];
}

const isBlock = (value: Value): value is { [key: string]: Value } => isObject(value);

/** The names of the members' shapes, by the members' names without underscores and capitals. */
const byPlainName = onceFor(
  (members: Members) =>
    new Map(Object.entries(members).map(([name, shape]) => [plainName(name), shape] as const)),
);

const plainName = (name: string): string => name.replaceAll("_", "").toLowerCase();
