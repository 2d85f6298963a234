import { AwsError } from "../kernel/aws-error";
import type { Members } from "../kernel/input";

/** A node of a form's tree: the value at a key, and what is below it. */
interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

const maxDepth = 32;

/**
 * Decodes the members of a query protocol's form. Lists (`Names.member.1`) become arrays, maps
 * (`MessageAttributes.entry.1.Name` and `.Value`) become objects by name, other dots become nested objects.
 * All values are strings: a form knows no other type.
 *
 * @throws AwsError `MalformedQueryString` for members nested deeper than any API has them
 */
export function decodeForm(parameters: Iterable<readonly [string, string]>): Members {
  const root: Node = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    const path = name.split(".");
    if (path.length > maxDepth) {
      throw new AwsError(
        "MalformedQueryString",
        `a member may have at most ${maxDepth} parts, received ${path.length}`,
      );
    }
    let node = root;
    for (const part of path) {
      const next = node.children.get(part) ?? { value: undefined, children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.value = value;
  }
  return structure(root);
}

function decode(node: Node): unknown {
  if (node.children.size === 0) return node.value;
  const items = numbered(node, "member");
  if (items !== undefined) return items.map(decode);
  const entries = numbered(node, "entry");
  if (entries !== undefined) return Object.fromEntries(entries.map(entry));
  return structure(node);
}

/** `Object.fromEntries` defines properties and never calls a setter: a member named `__proto__` is harmless. */
function structure(node: Node): Members {
  return Object.fromEntries([...node.children].map(([key, child]) => [key, decode(child)]));
}

/** The children of the only child of that name in the order of their numbers, if they have numbers. */
function numbered(node: Node, name: string): Node[] | undefined {
  const list = node.children.size === 1 ? node.children.get(name) : undefined;
  if (list === undefined || list.children.size === 0) return undefined;
  const items = [...list.children];
  if (!items.every(([key]) => /^[1-9]\d{0,8}$/.test(key))) return undefined;
  return items.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}

/** APIs differ in how they spell an entry's parts. */
function entry(node: Node): [string, unknown] {
  const key = node.children.get("Name") ?? node.children.get("key") ?? node.children.get("Key");
  const value = node.children.get("Value") ?? node.children.get("value");
  if (key?.value === undefined || value === undefined) {
    throw new AwsError("MalformedQueryString", "an entry of a map must have a name and a value");
  }
  return [key.value, decode(value)];
}
