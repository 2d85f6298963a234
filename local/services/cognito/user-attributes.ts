import type { ClientSettings } from "./client-settings";
import { invalidParameter, notAuthorized } from "./errors";
import type { PoolSettings } from "./pool-settings";

/** No space and no control character: the address appears on the terminal, where an escape sequence would run. */
const emailAddress = /^[^\s\p{C}@]+@[^\s\p{C}@]+\.[^\s\p{C}@]+$/u;

export function isEmailAddress(value: string): boolean {
  return value.length <= 256 && emailAddress.test(value);
}

/**
 * The attributes of a new user, complete and fit for the pool's schema. Where the e-mail address is the user name it is
 * an attribute too.
 */
export function attributesOfNewUser(
  pool: PoolSettings,
  username: string,
  given: ReadonlyMap<string, string>,
): Map<string, string> {
  const attributes = new Map(given);
  if (pool.emailIsUsername) {
    if (!isEmailAddress(username)) throw invalidParameter("Username should be an email.");
    // Another address as the attribute would get the code, and be the name to sign in with, in this one's place.
    if (attributes.has("email") && attributes.get("email") !== username) {
      throw invalidParameter("The attribute email must equal the user name in this user pool.");
    }
    attributes.set("email", username);
  }
  checkSchema(pool, attributes);
  const missing = [...pool.schema].filter(([name, { required }]) => required && !attributes.get(name));
  if (missing.length > 0) {
    const list = missing.map(([name]) => `${name}: The attribute ${name} is required`);
    throw invalidParameter(`Attributes did not conform to the schema: ${list.join("\n")}\n`);
  }
  return attributes;
}

/** Refuses a change to attributes that the schema does not have or does not let change. */
export function checkUpdate(pool: PoolSettings, attributes: ReadonlyMap<string, string>): void {
  checkSchema(pool, attributes);
  for (const name of attributes.keys()) {
    if (pool.schema.get(name)?.mutable === false) {
      throw invalidParameter(`user.${name}: Attribute cannot be updated.\n`);
    }
  }
}

/** Refuses what the client may not write: above all `email_verified`, which a user could else declare for himself. */
export function checkWritable(client: ClientSettings, attributes: ReadonlyMap<string, string>): void {
  for (const name of attributes.keys()) {
    const writable = client.writeAttributes?.has(name) ?? !name.startsWith("custom:");
    if (!writable || name.endsWith("_verified")) {
      throw notAuthorized("A client attempted to write unauthorized attribute");
    }
  }
}

function checkSchema(pool: PoolSettings, attributes: ReadonlyMap<string, string>): void {
  for (const [name, value] of attributes) {
    const schema = pool.schema.get(name);
    if (name === "sub") throw invalidParameter("Cannot modify the non-mutable attribute sub");
    if (schema === undefined) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.\n`,
      );
    }
    if (value.length > 2048) throw invalidParameter(`Attribute ${name} is longer than 2048 characters`);
    if (schema.dataType === "Number" && !/^-?\d+(\.\d+)?$/.test(value)) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: Attribute is not a number\n`,
      );
    }
    if (name === "email" && !isEmailAddress(value)) throw invalidParameter("Invalid email address format.");
  }
}
