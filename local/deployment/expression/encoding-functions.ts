import { createHash, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { isObject } from "../../kernel/json";
import { load } from "../../kernel/load";
import type { Value } from "../attributes";
import { byCodePoint, decodeJson, encodeJson, encodeString } from "./json";
import { binary, type TerraformFunction, unary, variadic } from "./terraform-function";
import { ExpressionFailure, toBoolean, toList, toNumber, toText, unify } from "./values";

const hash = (algorithm: string, encoding: "hex" | "base64") =>
  unary((value) => createHash(algorithm).update(toText(value)).digest(encoding));

/** Functions that turn a value into another form of it. */
export const encodingFunctions: Readonly<Record<string, TerraformFunction>> = {
  jsonencode: unary(encodeJson),
  jsondecode: unary((value) => decodeJson(toText(value))),
  yamlencode: unary((value) => `${encodeYaml(value, "")}\n`.replace(/^\n/, "")),
  yamldecode: unary((value) => decodeYaml(toText(value))),
  csvdecode: unary((value) => decodeCsv(toText(value))),
  md5: hash("md5", "hex"),
  sha1: hash("sha1", "hex"),
  sha256: hash("sha256", "hex"),
  sha512: hash("sha512", "hex"),
  base64sha256: hash("sha256", "base64"),
  base64sha512: hash("sha512", "base64"),
  base64encode: unary((value) => Buffer.from(toText(value)).toString("base64")),
  base64decode: unary((value) => Buffer.from(toText(value), "base64").toString()),
  base64gzip: unary((value) => gzipSync(toText(value)).toString("base64")),
  textencodebase64: binary((value, encoding) =>
    Buffer.from(toText(value), encodingOf(toText(encoding))).toString("base64"),
  ),
  textdecodebase64: binary((value, encoding) =>
    Buffer.from(toText(value), "base64").toString(encodingOf(toText(encoding))),
  ),
  uuid: variadic(0, () => randomUUID(), 0),
  uuidv5: binary((namespace, name) => uuidOfName(toText(namespace), toText(name))),
  // A `null` converts to a `null` of the type.
  tostring: unary((value) => (value === null ? null : toText(value))),
  tonumber: unary((value) => (value === null ? null : toNumber(value))),
  tobool: unary((value) => (value === null ? null : toBoolean(value))),
  tolist: unary((value) => (value === null ? null : unify(toList(value)))),
  sensitive: unary((value) => value),
  nonsensitive: unary((value) => value),
  ephemeralasnull: unary((value) => value),
  issensitive: unary(() => false),
};

/** Block style, every text in quotes, as Terraform writes it. */
function encodeYaml(value: Value, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return value
      .map((item) => `\n${indent}- ${encodeYaml(item, `${indent}  `).replace(/^\n */, "")}`)
      .join("");
  }
  if (!isObject(value)) return encodeJson(value);
  const keys = Object.keys(value).sort(byCodePoint);
  if (keys.length === 0) return "{}";
  return keys
    .map((key) => {
      const member = value[key] ?? null;
      const below = Array.isArray(member) ? indent : `${indent}  `;
      const encoded = encodeYaml(member, below);
      return `\n${indent}${encodeString(key)}:${encoded.startsWith("\n") ? "" : " "}${encoded}`;
    })
    .join("");
}

function decodeYaml(text: string): Value {
  const { parse }: typeof import("yaml") = load("yaml");
  try {
    // JSON in between: what YAML has beside it (dates, maps with keys of any kind) becomes text, as in Terraform, whose YAML is 1.1.
    const parsed: unknown = parse(text, { version: "1.1", maxAliasCount: 100 });
    return JSON.parse(JSON.stringify(parsed).replace(/("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.000Z"/g, '$1Z"'));
  } catch (error) {
    throw new ExpressionFailure(`the text is not YAML: ${error instanceof Error ? error.message : error}`);
  }
}

/** A map a line, by the names in the first (RFC 4180). */
function decodeCsv(text: string): Value[] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  const [names = [], ...lines] = rows.filter((row) => row.length > 1 || row[0] !== "");
  return lines.map((line) => {
    if (line.length !== names.length)
      throw new ExpressionFailure(`a line has ${line.length} fields, the first line has ${names.length}`);
    return Object.fromEntries(names.map((name, index) => [name, line[index] ?? ""]));
  });
}

/** Of IANA's names for encodings, those that Node.js has. */
function encodingOf(name: string): BufferEncoding {
  const known = new Map<string, BufferEncoding>([
    ["UTF-8", "utf8"],
    ["UTF-16LE", "utf16le"],
    ["US-ASCII", "ascii"],
    ["ISO-8859-1", "latin1"],
  ]).get(name.toUpperCase());
  if (known === undefined) throw new ExpressionFailure(`the encoding ${name} is not supported`);
  return known;
}

const NAMESPACES: Readonly<Record<string, string>> = {
  dns: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  url: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
  oid: "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
  x500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
};

/** A UUID of version 5: the hash of a namespace and a name (RFC 9562, 5.5). */
function uuidOfName(namespace: string, name: string): string {
  const space = Buffer.from((NAMESPACES[namespace] ?? namespace).replaceAll("-", ""), "hex");
  if (space.length !== 16) throw new ExpressionFailure(`the namespace ${namespace} is not a UUID`);
  const bytes = createHash("sha1").update(space).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
