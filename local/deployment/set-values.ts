import { isObject } from "../kernel/json";
import type { Value } from "./attributes";
import type { Resource } from "./deployment";
import type { ServedType } from "./resource-type";

/**
 * A stack's argument counts as set unless it is `null` or the provider's default. A state has every attribute: there,
 * empty ones count as not set either, unless they are 0 or false where the provider's default is not.
 */
export function isSet(resource: Resource, type: ServedType, path: string, value: Value): boolean {
  if (value === null) return false;
  const fallback = type.defaults?.[path];
  if (JSON.stringify(value) === JSON.stringify(fallback)) return false;
  if (resource.given !== undefined || !isEmpty(value)) return true;
  // A state's 0 or false is a setting where the provider's default is another number, or true.
  return typeof value === typeof fallback && typeof value !== "string" && typeof value !== "object";
}

export function isEmpty(value: Value): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

/** What the stack wrote, or everything that a state has. */
export function setValues(resource: Resource): Readonly<Record<string, Value>> {
  return resource.given ?? resource.values;
}

/** Whether anything is set at a path without indexes: `rule.statement`. */
export function isSetAt(resource: Resource, path: string, type: ServedType): boolean {
  let candidates: Value[] = [{ ...setValues(resource) }];
  for (const key of path.split(".")) {
    candidates = candidates.flatMap((value) => {
      if (!isObject(value)) return [];
      const member = value[key] ?? null;
      return Array.isArray(member) && member.some((item) => typeof item === "object") ? member : [member];
    });
  }
  return candidates.some((value) => isSet(resource, type, path, value) && !isEmpty(value));
}
