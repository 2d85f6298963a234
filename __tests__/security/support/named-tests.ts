import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync } from "@swc/core";

const SECURITY = path.join(__dirname, "..");
const PLACEHOLDER = /%[sid]|\$\w+/;

/**
 * Whether a test of that name is in its file: `api2-authentication.test.ts › refuses an access token`. What a title has a
 * placeholder for must stand as a text in the file, or in one of those beside this one, where the rows are.
 */
export function isNamedTest(reference: string): boolean {
  const [file = "", name = ""] = reference.split(" › ");
  if (!readdirSync(SECURITY).includes(file)) return false;
  const { titles, texts } = readTexts(path.join(SECURITY, file));
  const known = new Set([...texts, ...supportTexts()]);
  return titles.some((title) => {
    const found = new RegExp(`^${title.split(PLACEHOLDER).map(escaped).join("(.+)")}$`).exec(name);
    return found?.slice(1).every((value) => known.has(value)) ?? false;
  });
}

interface Texts {
  /** Of the tests. */
  readonly titles: readonly string[];
  readonly texts: readonly string[];
}

const read = new Map<string, Texts>();

function readTexts(file: string): Texts {
  const known = read.get(file);
  if (known !== undefined) return known;
  const nodes = [...nodesIn(parseSync(readFileSync(file, "utf8"), { syntax: "typescript" }))];
  const texts = {
    titles: nodes.filter(isTest).flatMap((node) => textsIn([...nodesIn(node.arguments)].slice(0, 1))),
    texts: textsIn(nodes),
  };
  read.set(file, texts);
  return texts;
}

function supportTexts(): string[] {
  return readdirSync(__dirname).flatMap((file) => readTexts(path.join(__dirname, file)).texts);
}

type Node = Readonly<Record<string, unknown>>;

function* nodesIn(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if ("type" in value) yield value as Node;
  for (const child of Object.values(value)) yield* nodesIn(child);
}

/** `it("…", …)` and `it.each(…)("…", …)`. */
function isTest({ type, callee }: Node): boolean {
  return type === "CallExpression" && /^it(\.each\(\))?$/.test(spell(callee));
}

function spell(callee: unknown): string {
  const [node] = nodesIn(callee);
  if (node?.type === "Identifier") return String(node.value);
  if (node?.type === "MemberExpression") return `${spell(node.object)}.${spell(node.property)}`;
  return node?.type === "CallExpression" ? `${spell(node.callee)}()` : "";
}

function textsIn(nodes: readonly Node[]): string[] {
  return nodes.filter(({ type }) => type === "StringLiteral").map(({ value }) => String(value));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
