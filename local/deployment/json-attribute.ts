import { isObject, type JsonObject, parseJson } from "../kernel/json";
import type { Attributes } from "./attributes";

export { isObject, type JsonObject } from "../kernel/json";

/** Parses an attribute that carries a JSON object as text. */
export function jsonObject(resource: Attributes, key: string, text: string): JsonObject {
  const value = parseJson(text);
  return isObject(value) ? value : resource.fail(key, "a JSON object");
}
