import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import { evaluateJson, evaluateName, type Scope, withNames } from "./expression";

/** What an item of a `for_each` or a `dynamic` block is called in expressions. */
export interface Item {
  readonly key: string;
  readonly value: Value;
}

/** The items of a map in the order of its keys, or of a set, each of which is its own key. A list counts as a set. */
export function itemsOf(collection: Value, where: string): Item[] {
  if (Array.isArray(collection)) return collection.map((value) => ({ key: keyOf(value), value }));
  if (isObject(collection))
    return Object.entries(collection)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ key, value }));
  throw new DeploymentError(
    `${where}: for_each must be a map or a set of texts, received ${JSON.stringify(collection)}`,
  );
}

function keyOf(value: Value): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Evaluates a resource's arguments or a block's, each of its `dynamic` blocks as the blocks that it produces. */
export function evaluateBlock(body: unknown, where: string, scope: Scope): Value {
  if (Array.isArray(body)) return body.map((item) => evaluateBlock(item, where, scope));
  if (!isObject(body)) return evaluateJson(body, where, scope);
  const { dynamic, ...own } = body;
  const generated = isDynamic(dynamic) ? dynamicBlocks(dynamic, where, scope) : [];
  const blocks = new Map<string, Value>(
    Object.entries(isDynamic(dynamic) ? own : body).map(([name, value]) => [
      evaluateName(name, where, scope),
      evaluateBlock(value, where, scope),
    ]),
  );
  for (const [name, block] of generated) {
    const written = blocks.get(name) ?? [];
    blocks.set(name, [...(Array.isArray(written) ? written : [written]), block]);
  }
  return Object.fromEntries(blocks);
}

type Dynamic = Readonly<Record<string, unknown>>;

/** By the blocks' name; the one thing in a body that has `for_each`. */
function isDynamic(value: unknown): value is Dynamic {
  return (
    isObject(value) &&
    Object.values(value)
      .flat()
      .some((block) => isObject(block) && block.for_each !== undefined)
  );
}

function dynamicBlocks(dynamic: Dynamic, where: string, scope: Scope): (readonly [string, Value])[] {
  return Object.entries(dynamic).flatMap(([name, blocks]) =>
    [blocks].flat().flatMap((block) => {
      const { for_each: collection, iterator, content } = toObject(block);
      if (content === undefined)
        throw new DeploymentError(
          `${where}: the dynamic block ${name} has no content; say what each block holds`,
        );
      const body: unknown = Array.isArray(content) && content.length === 1 ? content[0] : content;
      return itemsOf(evaluateJson(collection, where, scope), `${where}: dynamic ${name}`).map((item) => {
        const names = { [typeof iterator === "string" ? iterator : name]: { ...item } };
        return [name, evaluateBlock(body, where, withNames(scope, names))] as const;
      });
    }),
  );
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
