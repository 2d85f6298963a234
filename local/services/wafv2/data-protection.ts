import { createHash } from "node:crypto";
import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { lowerCase } from "./byte-string";
import type { Pair } from "./request-view";

export type Protect = (headers: readonly Pair[]) => Pair[];
type Conceal = (value: string) => string;

/**
 * Conceals in samples what the web ACL's `data_protection_config` names. AWS WAF samples every other header as it came,
 * `Authorization` too: "Data protection", AWS WAF Developer Guide. Samples hold the path and the headers, so of the
 * field types only headers and cookies concern them.
 */
export function compileDataProtection(webAcl: Attributes, accountId: string): Protect {
  const headers = new Map<string, Conceal>();
  const cookies = new Map<string, Conceal>();
  for (const protection of webAcl.block("data_protection_config")?.blocks("data_protection") ?? []) {
    const field = protection.block("field") ?? protection.fail("field", "one block");
    const names = field.strings("field_keys").map(lowerCase);
    const conceal = readConceal(protection, accountId);
    const type = field.string("field_type");
    if (type === "SINGLE_HEADER") for (const name of names) headers.set(name, conceal);
    else if (type === "SINGLE_COOKIE") for (const name of names) cookies.set(name, conceal);
    else if (!["SINGLE_QUERY_ARGUMENT", "QUERY_STRING", "BODY"].includes(type))
      throw new DeploymentError(`${field.address}: field_type ${type} is not known`);
  }

  const protectCookies = (value: string) =>
    value.replace(/([^;=\s]+)(\s*=)([^;]*)/g, (whole, name: string, equals: string, content: string) => {
      const conceal = cookies.get(lowerCase(name));
      return conceal === undefined ? whole : name + equals + conceal(content);
    });
  return (pairs) =>
    pairs.map(({ name, value }) => {
      const key = lowerCase(name);
      const conceal = headers.get(key);
      if (conceal !== undefined) return { name, value: conceal(value) };
      return { name, value: key === "cookie" && cookies.size > 0 ? protectCookies(value) : value };
    });
}

function readConceal(protection: Attributes, accountId: string): Conceal {
  const action = protection.string("action");
  if (action === "SUBSTITUTION") return () => "REDACTED";
  if (action !== "HASH") return protection.fail("action", "SUBSTITUTION or HASH");
  return (value) =>
    createHash("sha256")
      .update(accountId + value, "latin1")
      .digest("base64");
}
