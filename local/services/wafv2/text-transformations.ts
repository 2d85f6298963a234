import { createHash } from "node:crypto";
import type { Attributes } from "../../deployment/attributes";
import { lowerCase, utf8Bytes } from "./byte-string";
import { NotEvaluable } from "./statement";

export type Transform = (bytes: string) => string;

/**
 * AWS WAF's text transformations, on byte strings: "Using text transformations in AWS WAF", AWS WAF Developer Guide.
 * Where that page leaves a detail open, ModSecurity's transformation of the same name decides, which AWS's follow.
 */
const transformations: Readonly<Record<string, Transform>> = {
  NONE: (bytes) => bytes,
  LOWERCASE: lowerCase,
  URL_DECODE: decodePercent,
  URL_DECODE_UNI: decodePercentUnicode,
  HTML_ENTITY_DECODE: decodeHtmlEntities,
  COMPRESS_WHITE_SPACE: (bytes) => bytes.replace(/[\f\t\n\r\v\u00a0 ]+/g, " "),
  CMD_LINE: commandLine,
  // Only what precedes the first invalid character.
  BASE64_DECODE: (bytes) => fromBase64(/^[A-Za-z0-9+/]*/.exec(bytes)?.[0] ?? ""),
  BASE64_DECODE_EXT: (bytes) => fromBase64(bytes.replace(/[^A-Za-z0-9+/]+/g, "")),
  HEX_DECODE: (bytes) => Buffer.from(bytes, "hex").toString("latin1"),
  MD5: (bytes) => createHash("md5").update(bytes, "latin1").digest().toString("latin1"),
  NORMALIZE_PATH: normalizePath,
  NORMALIZE_PATH_WIN: (bytes) => normalizePath(bytes.replaceAll("\\", "/")),
  REMOVE_NULLS: (bytes) => bytes.replaceAll("\0", ""),
  REPLACE_NULLS: (bytes) => bytes.replaceAll("\0", " "),
  REPLACE_COMMENTS: (bytes) => bytes.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, " "),
};

/** The block's transformations as one, in the order of their priorities, whatever order they are written in. */
export function compileTransformations(block: Attributes): Transform {
  const steps = block
    .blocks("text_transformation")
    .map((step) => ({ priority: step.number("priority"), type: step.string("type"), step }))
    .sort((one, other) => one.priority - other.priority);
  const priorities = new Set(steps.map(({ priority }) => priority));
  if (priorities.size < steps.length) block.fail("text_transformation", "blocks with priorities that differ");

  const chain = steps.map(({ type }) => {
    const transform = Object.hasOwn(transformations, type) ? transformations[type] : undefined;
    if (transform === undefined) throw new NotEvaluable(`the text transformation ${type} is not available`);
    return transform;
  });
  return (bytes) => chain.reduce((text, transform) => transform(text), bytes);
}

function commandLine(bytes: string): string {
  return lowerCase(
    bytes
      .replace(/[\\"'^]+/g, "")
      .replace(/[ \t\r\n,;]+/g, " ")
      .replace(/ (?=[/(])/g, ""),
  );
}

const fromBase64 = (text: string): string => Buffer.from(text, "base64").toString("latin1");

/** A code point as bytes: one byte up to 255, UTF-8 above. */
function characterBytes(code: number): string {
  if (code <= 0xff) return String.fromCharCode(code);
  return code > 0x10ffff ? "" : utf8Bytes(String.fromCodePoint(code));
}

const byteOf = (hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** Decodes `%XX` and `+` once; a sequence that is not valid stays as it is. */
export function decodePercent(bytes: string): string {
  return bytes.replaceAll("+", " ").replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => byteOf(hex));
}

/**
 * As `decodePercent`, and Microsoft's `%uXXXX`: full-width ASCII (FF01 to FF5E) becomes the plain character, of any
 * other code the lower byte is taken ("URL decode Unicode", AWS WAF Developer Guide).
 */
function decodePercentUnicode(bytes: string): string {
  return bytes
    .replaceAll("+", " ")
    .replace(/%(?:[uU]([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))/g, (_, unicode?: string, hex?: string) => {
      if (unicode === undefined) return byteOf(hex ?? "");
      const code = Number.parseInt(unicode, 16);
      const fullWidth = code >= 0xff01 && code <= 0xff5e;
      return String.fromCharCode(fullWidth ? (code & 0xff) + 0x20 : code & 0xff);
    });
}

const named: Readonly<Record<string, string>> = { quot: '"', lt: "<", gt: ">", amp: "&", nbsp: "\u00a0" };

/** Decodes numeric character references and the entities that matter in an attack, once. */
function decodeHtmlEntities(bytes: string): string {
  return bytes.replace(
    /&(?:#[xX]([0-9a-fA-F]{1,8});?|#(\d{1,10});?|(quot|lt|gt|amp|nbsp)(?![0-9a-zA-Z]);?)/g,
    (_, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? "";
      return characterBytes(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}

/**
 * Removes repeated slashes, `.` segments and `..` segments with the segment before them. A `..` at the beginning of a
 * relative path stays, and so does a slash at the end.
 */
function normalizePath(path: string): string {
  const absolute = path.startsWith("/");
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!absolute) kept.push(segment);
  }
  const last = segments.at(-1) ?? "";
  const directory = kept.length > 0 && (last === "" || last === "." || last === "..");
  return `${absolute ? "/" : ""}${kept.join("/")}${directory ? "/" : ""}`;
}
