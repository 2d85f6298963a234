import type { Attributes } from "../../deployment/attributes";
import { lowerCase } from "./byte-string";
import { PathFilter, scanJson } from "./json-body";
import { type Limited, type Pair, type RequestView, valuesOf } from "./request-view";
import { NotEvaluable } from "./statement";

/** The values to inspect, of which one has to match; or what the field's own settings decide without looking. */
export type Extraction = readonly string[] | "match" | "no match";
export type Extract = (view: RequestView) => Extraction;

const fields: Readonly<Record<string, (block: Attributes) => Extract>> = {
  uri_path: () => (view) => [view.path],
  query_string: () => (view) => [view.queryString],
  method: () => (view) => [view.method],
  single_header: (block) => {
    const name = block.string("name");
    return (view) => view.header(name);
  },
  single_query_argument: (block) => {
    const name = block.string("name");
    return (view) => valuesOf(view.queryArguments(), name);
  },
  all_query_arguments: () => (view) => view.queryArguments().map(({ value }) => value),
  body: (block) => {
    const handle = compileOversize(block);
    return (view) => handle(view.body) ?? [view.body.content];
  },
  json_body: compileJsonBody,
  headers: (block) => compilePairs(block, "headers", (view) => view.headers),
  cookies: (block) => compilePairs(block, "cookies", (view) => view.cookies()),
};

const unavailable = ["header_order", "ja3_fingerprint", "ja4_fingerprint", "uri_fragment"];

/** Reads a statement's `field_to_match`: which part of a request it inspects. */
export function compileField(statement: Attributes): Extract {
  const field = statement.block("field_to_match") ?? statement.fail("field_to_match", "one block");
  for (const [name, compile] of Object.entries(fields)) {
    const block = field.block(name);
    if (block !== undefined) return compile(block);
  }
  const missing = unavailable.find((name) => field.block(name) !== undefined);
  if (missing !== undefined) throw new NotEvaluable(`the field ${missing} is not available`);
  return statement.fail("field_to_match", `a block with one of ${Object.keys(fields).join(", ")}`);
}

function compileOversize(block: Attributes): (part: Limited<unknown>) => "match" | "no match" | undefined {
  switch (block.optionalString("oversize_handling") ?? "CONTINUE") {
    case "CONTINUE":
      return () => undefined;
    case "MATCH":
      return ({ oversize }) => (oversize ? "match" : undefined);
    case "NO_MATCH":
      return ({ oversize }) => (oversize ? "no match" : undefined);
    default:
      return block.fail("oversize_handling", "CONTINUE, MATCH or NO_MATCH");
  }
}

type Scope = { readonly names: boolean; readonly values: boolean };

function compileScope(block: Attributes): Scope {
  const scope = block.string("match_scope");
  if (!["ALL", "KEY", "VALUE"].includes(scope)) return block.fail("match_scope", "ALL, KEY or VALUE");
  return { names: scope !== "VALUE", values: scope !== "KEY" };
}

function compilePairs(
  block: Attributes,
  kind: "headers" | "cookies",
  read: (view: RequestView) => Limited<readonly Pair[]>,
): Extract {
  const handle = compileOversize(block);
  const scope = compileScope(block);
  const pattern = readMatchPattern(block);
  const included = new Set(pattern.strings(`included_${kind}`).map(lowerCase));
  const excluded = new Set(pattern.strings(`excluded_${kind}`).map(lowerCase));
  const inspects = ({ name }: Pair) =>
    included.size > 0 ? included.has(lowerCase(name)) : !excluded.has(lowerCase(name));

  return (view) => {
    const part = read(view);
    const pairs = part.content.filter(inspects);
    return (
      handle(part) ??
      pairs.flatMap(({ name, value }) => [...(scope.names ? [name] : []), ...(scope.values ? [value] : [])])
    );
  };
}

/** Names what is looked at, or has the block `all`, which has no arguments. */
function readMatchPattern(block: Attributes): Attributes {
  const pattern = block.block("match_pattern") ?? block.fail("match_pattern", "one block");
  pattern.blocks("all");
  return pattern;
}

function compileJsonBody(block: Attributes): Extract {
  const handle = compileOversize(block);
  const scope = compileScope(block);
  const pattern = readMatchPattern(block);
  const paths = pattern.strings("included_paths");
  const filter = paths.length > 0 ? PathFilter.of(paths) : PathFilter.everything;
  const fallback = block.optionalString("invalid_fallback_behavior");
  if (fallback !== undefined && !["MATCH", "NO_MATCH", "EVALUATE_AS_STRING"].includes(fallback))
    return block.fail("invalid_fallback_behavior", "MATCH, NO_MATCH or EVALUATE_AS_STRING");

  return (view) => {
    const decided = handle(view.body);
    if (decided !== undefined) return decided;
    const scan = scanJson(view.body.content, filter);
    if (!scan.complete) {
      if (fallback === "MATCH") return "match";
      if (fallback === "NO_MATCH") return "no match";
      if (fallback === "EVALUATE_AS_STRING") return [view.body.content];
    }
    return [...(scope.names ? scan.keys : []), ...(scope.values ? scan.values : [])];
  };
}
