import { createHash } from "node:crypto";
import type { Value } from "../attributes";
import { collectionFunctions } from "./collection-functions";
import { decodeJson, encodeJson } from "./json";
import { type TerraformFunction, unary } from "./terraform-function";
import { textFunctions } from "./text-functions";
import { ExpressionFailure, toBoolean, toList, toNumber, toText, unify } from "./values";

const hash = (algorithm: string, encoding: "hex" | "base64") =>
  unary((value) => createHash(algorithm).update(toText(value)).digest(encoding));

const conversionFunctions: Readonly<Record<string, TerraformFunction>> = {
  jsonencode: unary(encodeJson),
  jsondecode: unary((value) => decodeJson(toText(value))),
  md5: hash("md5", "hex"),
  sha1: hash("sha1", "hex"),
  sha256: hash("sha256", "hex"),
  sha512: hash("sha512", "hex"),
  base64sha256: hash("sha256", "base64"),
  base64sha512: hash("sha512", "base64"),
  base64encode: unary((value) => Buffer.from(toText(value)).toString("base64")),
  base64decode: unary((value) => Buffer.from(toText(value), "base64").toString()),
  // A `null` converts to a `null` of the type.
  tostring: unary((value) => (value === null ? null : toText(value))),
  tonumber: unary((value) => (value === null ? null : toNumber(value))),
  tobool: unary((value) => (value === null ? null : toBoolean(value))),
  tolist: unary((value) => (value === null ? null : unify(toList(value)))),
  sensitive: unary((value) => value),
  nonsensitive: unary((value) => value),
};

const functions: ReadonlyMap<string, TerraformFunction> = new Map(
  Object.entries({ ...conversionFunctions, ...textFunctions, ...collectionFunctions }),
);

/** @throws ExpressionFailure for a function that the runtime does not have, and for arguments that do not fit it */
export function callFunction(name: string, values: readonly Value[]): Value {
  const found = functions.get(name);
  if (found === undefined) throw new ExpressionFailure(`the function ${name}() is not supported`);
  if (values.length < found.least || values.length > found.most)
    throw new ExpressionFailure(`${name}: called with ${values.length} arguments`);
  try {
    return found.call(values);
  } catch (error) {
    if (error instanceof ExpressionFailure && !error.message.startsWith(`${name}: `))
      throw new ExpressionFailure(`${name}: ${error.message}`);
    throw error;
  }
}
