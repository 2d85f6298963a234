import { parseJson } from "../../../kernel/json";
import { jsonPath } from "./json-path";
import { fromJson, TemplateError, toText, type Vtl, type VtlMap, type VtlObject } from "./values";

/** The parameters of a request by place, each with its last value. */
export interface RequestParameters {
  readonly path: ReadonlyMap<string, string>;
  readonly querystring: ReadonlyMap<string, string>;
  readonly header: ReadonlyMap<string, string>;
}

/** What `$context.requestOverride` and `$context.responseOverride` are set to: for both templates of a request. */
export interface Overrides {
  readonly request: VtlMap;
  readonly response: VtlMap;
}

export function noOverrides(): Overrides {
  const maps = (...names: string[]): VtlMap => new Map(names.map((name) => [name, new Map<string, Vtl>()]));
  return { request: maps("header", "path", "querystring"), response: maps("header") };
}

/**
 * `$input`: the payload, and the request's parameters (Developer Guide, "Variables for data transformations"). An empty payload is
 * `{}` (recorded in localstack's AWS-validated tests, `test_input_body_formatting`).
 */
export function inputOf(payload: string, { path, querystring, header }: RequestParameters): VtlObject {
  let parsed: { readonly value: unknown } | undefined;
  const at = (expression: Vtl | undefined): unknown => {
    parsed ??= { value: parseJson(payload) };
    return jsonPath(parsed.value, toText(expression ?? "$"));
  };
  const places = Object.entries({ path, querystring, header });
  const named = (name: string): Vtl => {
    for (const [, values] of places) {
      const value = values.get(name);
      if (value !== undefined) return value;
    }
    return [...header].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? "";
  };
  return {
    members: { body: payload === "" ? "{}" : payload },
    methods: {
      json: (expression) => JSON.stringify(at(expression) ?? ""),
      path: (expression) => fromJson(at(expression)),
      params: (name) =>
        name === undefined
          ? new Map(places.map(([place, values]) => [place, new Map<string, Vtl>(values)]))
          : named(toText(name)),
    },
  };
}

/** `$util` (ibid.). */
export const util: VtlObject = {
  members: {},
  methods: {
    base64Decode: (text) => Buffer.from(toText(text ?? null), "base64").toString("utf8"),
    base64Encode: (text) => Buffer.from(toText(text ?? null)).toString("base64"),
    escapeJavaScript: (text) => escapeJavaScript(toText(text ?? null)),
    parseJson: (text) => {
      const value = parseJson(toText(text ?? null));
      if (value === undefined) throw new TemplateError("$util.parseJson of what is not JSON");
      return fromJson(value);
    },
    urlDecode: (text) => decoded(toText(text ?? null)),
    // As Java's URLEncoder: letters, digits and .-*_ stay, a space is a plus sign.
    urlEncode: (text) =>
      encodeURIComponent(toText(text ?? null))
        .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll("%20", "+"),
  },
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new TemplateError("$util.urlDecode of what is not encoded");
  }
}

/**
 * As the Java library does, whose function has the name: `'`, `"`, `\` and `/` after a backslash, control characters and what is
 * not ASCII as `\uXXXX` (commons-lang, `StringEscapeUtils.escapeJavaScript`).
 */
function escapeJavaScript(text: string): string {
  const short: Readonly<Record<string, string>> = {
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
  };
  return text.replace(/['"\\/]|[^\x20-\x7e]/g, (character) => {
    if (/['"\\/]/.test(character)) return `\\${character}`;
    return short[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** Nested maps of dotted names: `identity.sourceIp`. */
export function nested(values: Iterable<readonly [name: string, value: Vtl]>): VtlMap {
  const root: VtlMap = new Map();
  for (const [name, value] of values) {
    const keys = name.split(".");
    const last = keys.pop() ?? "";
    let at = root;
    for (const key of keys) {
      const known = at.get(key);
      const next: VtlMap = known instanceof Map ? known : new Map();
      at.set(key, next);
      at = next;
    }
    at.set(last, value);
  }
  return root;
}
