import { createHash } from "node:crypto";
import type { Attributes } from "../../deployment/attributes";
import { lowerCase } from "./byte-string";
import { decodeHtmlEntities, decodePercent, decodePercentUnicode } from "./decoders";
import { normalizePath } from "./normalize-path";
import { NotEvaluable } from "./statement-context";

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
