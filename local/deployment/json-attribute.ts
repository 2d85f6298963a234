import type { Attributes } from "./attributes";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses an attribute that carries a JSON object as text. */
export function jsonObject(resource: Attributes, key: string, text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Reported below, with the address.
  }
  return resource.fail(key, "a JSON object");
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
