import { AwsError } from "../../kernel/aws-error";
import type { AttributeSchema } from "./attribute-schema";
import type { ClientSettings } from "./client-settings";
import { invalidParameter, notAuthorized } from "./errors";
import type { PoolSettings } from "./pool-settings";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/** No space and no control character: the address appears on the terminal, where an escape sequence would run. */
const emailAddress = /^[^\s\p{C}@]+@[^\s\p{C}@]+\.[^\s\p{C}@]+$/u;

function isEmailAddress(value: string): boolean {
  return value.length <= 256 && emailAddress.test(value);
}

/**
 * The attributes of a new user, fit for the pool's schema. Where the e-mail address is the user name it is an attribute
 * too.
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
  return attributes;
}

/**
 * A person who signs up has to give every required attribute; an administrator need not, and the user is asked at the first
 * sign-in (API reference, AdminCreateUser, UserAttributes).
 */
export function requireComplete(pool: PoolSettings, attributes: ReadonlyMap<string, string>): void {
  const missing = missingAttributes(pool, attributes);
  if (missing.length === 0) return;
  const list = missing.map((name) => `${name}: The attribute ${name} is required`);
  throw invalidParameter(`Attributes did not conform to the schema: ${list.join("\n")}\n`);
}

/** The required attributes that have no value. */
export function missingAttributes(pool: PoolSettings, attributes: ReadonlyMap<string, string>): string[] {
  return [...pool.schema]
    .filter(([name, { required }]) => required && !attributes.get(name))
    .map(([name]) => name);
}

/** Well-formed values for the required attributes that are missing, for a user that the runtime creates by itself. */
export function exampleAttributes(
  pool: PoolSettings,
  given: ReadonlyMap<string, string>,
): Map<string, string> {
  const missing = missingAttributes(pool, given);
  return new Map(missing.map((name) => [name, exampleOf(name, pool.schema.get(name))]));
}

const examples: Readonly<Record<string, string>> = {
  birthdate: "2000-01-31",
  email: "user@example.com",
  phone_number: "+12065550100",
  locale: "en-US",
  picture: "https://example.com/picture.png",
  profile: "https://example.com/profile",
  website: "https://example.com",
  zoneinfo: "Europe/London",
};

function exampleOf(name: string, schema: AttributeSchema | undefined): string {
  const { dataType, min = 0, max = 2048 } = schema ?? { dataType: "String" };
  if (dataType === "Number") return String(schema?.min ?? schema?.max ?? 1);
  if (dataType === "Boolean") return "true";
  if (dataType === "DateTime") return "2000-01-31T12:00:00Z";
  const example = examples[name] ?? `example-${name.slice(name.lastIndexOf(":") + 1)}`;
  return example.padEnd(min, "-").slice(0, max);
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

/**
 * Refuses what the client may not write: above all `email_verified`, which a user could else declare for himself.
 *
 * A client without `write_attributes` may write all of them. The evidence conflicts: the API reference says the standard
 * attributes; the console said "All attributes are readable and writable by default because none are selected"
 * (aws/aws-aspnet-cognito-identity-provider#89), and aws/aws-cdk#7607 and ustaxcourt/ef-cms#782 met custom ones that
 * anybody could write. This is the reading under which a hole shows.
 */
export function checkWritable(pool: PoolSettings, client: ClientSettings, names: Iterable<string>): void {
  for (const name of names) {
    const writable =
      client.writeAttributes?.has(name) ?? (!/^(custom|dev):/.test(name) || isOwnCustom(pool, name));
    if (!writable || name.endsWith("_verified")) {
      throw notAuthorized("A client attempted to write unauthorized attribute");
    }
  }
}

function isOwnCustom({ schema }: PoolSettings, name: string): boolean {
  return name.startsWith("custom:") && schema.has(name);
}

/** Whether the client may read the attribute; a client without `read_attributes` may read all but the developer's. */
export function isReadable(client: ClientSettings, name: string): boolean {
  return client.readAttributes?.has(name) ?? !name.startsWith("dev:");
}

/**
 * Changes attributes. A new e-mail address is unverified unless `email_verified` says otherwise in the same call, and
 * counts only once it is verified where the pool keeps the old one until then (API reference, AdminUpdateUserAttributes
 * and UserAttributeUpdateSettingsType).
 *
 * @returns the new address where a code is to be sent to it
 */
export function changeAttributes(
  pool: UserPool,
  user: User,
  changes: ReadonlyMap<string, string>,
): string | undefined {
  const { settings, users, clock } = pool;
  checkUpdate(settings, changes);
  const attributes = new Map(changes);
  const email = attributes.get("email");
  const isNewEmail = email !== undefined && email !== user.attributes.get("email");
  if (!isNewEmail) {
    users.update(user, attributes, clock.now());
    return undefined;
  }
  checkAddressIsFree(pool, user, email);
  const isVerified = attributes.get("email_verified") === "true";
  user.pendingEmail = undefined;
  if (!isVerified && settings.keepsEmailUntilVerified) {
    user.pendingEmail = email;
    attributes.delete("email");
    attributes.delete("email_verified");
  } else {
    attributes.set("email_verified", String(isVerified));
  }
  users.update(user, attributes, clock.now());
  return !isVerified && (settings.verifiesEmail || settings.keepsEmailUntilVerified) ? email : undefined;
}

/** Where the address is a name to sign in with, no two users may have the same. */
export function checkAddressIsFree(pool: UserPool, user: User, email: string): void {
  const holder = pool.settings.emailIsUsername ? pool.users.find(email) : undefined;
  if (holder !== undefined && holder !== user) {
    throw new AwsError("AliasExistsException", "An account with the given email already exists.");
  }
}

function checkSchema(pool: PoolSettings, attributes: ReadonlyMap<string, string>): void {
  for (const [name, value] of attributes) {
    if (name === "sub") throw invalidParameter("Cannot modify the non-mutable attribute sub");
    const schema = pool.schema.get(name);
    const problem =
      schema === undefined ? "Attribute does not exist in the schema.\n" : problemOf(schema, value);
    if (problem !== undefined) {
      throw invalidParameter(`Attributes did not conform to the schema: ${name}: ${problem}`);
    }
    if (name === "email" && !isEmailAddress(value)) throw invalidParameter("Invalid email address format.");
    if (name === "phone_number" && !/^\+[1-9]\d{1,14}$/.test(value)) {
      throw invalidParameter("Invalid phone number format.");
    }
  }
}

function problemOf({ dataType, min, max }: AttributeSchema, value: string): string | undefined {
  if (dataType === "Number") {
    if (!/^-?\d+(\.\d+)?$/.test(value)) return "Attribute is not a number\n";
    if (min !== undefined && Number(value) < min) return `Number must be at least ${min}\n`;
    if (max !== undefined && Number(value) > max) return `Number must be at most ${max}\n`;
  }
  if (dataType === "String") {
    if (min !== undefined && value.length < min) return `String must be at least ${min} characters long\n`;
    if (max !== undefined && value.length > max) return `String must be no longer than ${max} characters\n`;
  }
  return undefined;
}
