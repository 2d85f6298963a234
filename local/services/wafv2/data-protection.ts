import { createHash } from "node:crypto";
import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { lowerCase } from "./byte-string";
import type { Pair } from "./request-view";

/** Conceals what samples and logs show of a request. */
export interface Protect {
  headers(pairs: readonly Pair[]): Pair[];
  query(queryString: string): string;
}

type Conceal = (value: string) => string;

/**
 * Conceals in samples and logs what the web ACL's `data_protection_config` names. AWS WAF shows every other part as it
 * came, `Authorization` too: "Data protection", AWS WAF Developer Guide. Neither samples nor logs hold the body.
 */
export function compileDataProtection(webAcl: Attributes, accountId: string): Protect {
  const named: Record<"header" | "cookie" | "argument", Map<string, Conceal>> = {
    header: new Map(),
    cookie: new Map(),
    argument: new Map(),
  };
  let concealQuery: Conceal | undefined;
  for (const protection of webAcl.block("data_protection_config")?.blocks("data_protection") ?? []) {
    const field = protection.block("field") ?? protection.fail("field", "one block");
    const names = field.strings("field_keys").map(lowerCase);
    const conceal = readConceal(protection, accountId);
    const type = field.string("field_type");
    const kind = kinds.get(type);
    if (kind !== undefined) for (const name of names) named[kind].set(name, conceal);
    else if (type === "QUERY_STRING") concealQuery = conceal;
    else if (type !== "BODY") throw new DeploymentError(`${field.address}: field_type ${type} is not known`);
  }

  return {
    headers: (pairs) =>
      pairs.map(({ name, value }) => {
        const key = lowerCase(name);
        const conceal = named.header.get(key);
        if (conceal !== undefined) return { name, value: conceal(value) };
        return { name, value: key === "cookie" ? concealIn(value, COOKIE, named.cookie) : value };
      }),
    query: (text) => concealQuery?.(text) ?? concealIn(text, ARGUMENT, named.argument),
  };
}

const kinds: ReadonlyMap<string, "header" | "cookie" | "argument"> = new Map([
  ["SINGLE_HEADER", "header"],
  ["SINGLE_COOKIE", "cookie"],
  ["SINGLE_QUERY_ARGUMENT", "argument"],
] as const);

const COOKIE = /([^;=\s]+)(\s*=)([^;]*)/g;
const ARGUMENT = /([^&=]+)(=)([^&]*)/g;

function concealIn(text: string, pair: RegExp, byName: ReadonlyMap<string, Conceal>): string {
  if (byName.size === 0) return text;
  return text.replace(pair, (whole, name: string, equals: string, content: string) => {
    const conceal = byName.get(lowerCase(name));
    return conceal === undefined ? whole : name + equals + conceal(content);
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
