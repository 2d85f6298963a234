import { isObject } from "../../../kernel/json";
import { STEP, spend, TemplateError } from "./values";

type Step =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: "all" | "descendants" };

const PATTERN =
  /^(?:(\.\.)|\.?\[\s*('(?:[^'\\]|\\.)*'(?:\s*,\s*'(?:[^'\\]|\\.)*')*|"(?:[^"\\]|\\.)*")\s*\]|\.?\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]|\.?\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]|\.?\[\s*(\*)\s*\]|\.?(\*)|\.?([^.[\]*()?@'"\s]+))/;

/**
 * What a JSONPath leads to: the value, `undefined` where there is none, a list where the path can lead to several (JSONPath for
 * Java, which the Developer Guide names). Filters and functions are not served.
 *
 * @throws TemplateError for a path that is not served
 */
export function jsonPath(value: unknown, path: string): unknown {
  const steps = stepsOf(path);
  let found: readonly unknown[] = [value];
  for (const step of steps) found = found.flatMap((item) => follow(item, step));
  return steps.every(isDefinite) ? found[0] : found;
}

function stepsOf(path: string): Step[] {
  let rest = path.trim().replace(/^\$/, "");
  const steps: Step[] = [];
  while (rest !== "") {
    const [whole = "", descendants, quoted, indexes, from, to, bracketStar, star, name] =
      PATTERN.exec(rest) ?? [];
    if (whole === "") throw new TemplateError(`the JSONPath ${JSON.stringify(path)} is not served locally`);
    rest = rest.slice(whole.length);
    if (descendants !== undefined) steps.push({ kind: "descendants" });
    else if (quoted !== undefined) steps.push({ kind: "names", names: unquoted(quoted) });
    else if (indexes !== undefined) steps.push({ kind: "indexes", indexes: indexes.split(",").map(Number) });
    else if (from !== undefined) steps.push({ kind: "slice", from: bound(from), to: bound(to) });
    else if (bracketStar !== undefined || star !== undefined) steps.push({ kind: "all" });
    else steps.push({ kind: "names", names: [name ?? ""] });
  }
  return steps;
}

const bound = (digits: string | undefined) =>
  digits === undefined || digits === "" ? undefined : Number(digits);

function unquoted(list: string): string[] {
  return [...list.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map(([, single, double]) =>
    (single ?? double ?? "").replace(/\\(.)/g, "$1"),
  );
}

function isDefinite(step: Step): boolean {
  return (
    (step.kind === "names" && step.names.length === 1) ||
    (step.kind === "indexes" && step.indexes.length === 1)
  );
}

function follow(value: unknown, step: Step): readonly unknown[] {
  spend(STEP);
  switch (step.kind) {
    case "names":
      return step.names.flatMap((name) =>
        isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [],
      );
    case "indexes":
      return Array.isArray(value)
        ? step.indexes.flatMap((index) => value.slice(index, index + 1 || undefined))
        : [];
    case "slice":
      return Array.isArray(value) ? value.slice(step.from, step.to) : [];
    case "all":
      return children(value);
    case "descendants":
      return withDescendants(value);
  }
}

/** A value before what it holds. In one list, so that depth costs no more than breadth. */
function withDescendants(value: unknown, found: unknown[] = []): unknown[] {
  spend(STEP);
  found.push(value);
  for (const child of children(value)) withDescendants(child, found);
  return found;
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}
