import { createHash } from "node:crypto";
import type { Value } from "../attributes";
import type { Resource } from "../deployment";

/** What a resource's computed attributes can depend on besides its own arguments. */
export interface Surroundings {
  readonly region: string;
  readonly accountId: string;
  /** Where Terraform runs the resource's stack: relative paths start here. */
  readonly stackFolder: string;
  /** A resource that is already resolved: every one that this one refers to is. */
  readonly find: (type: string, key: string, value: string) => Resource | undefined;
}

/**
 * The attributes that the AWS provider sets where the stack does not. `own` has the arguments only. What a stack
 * wrote down wins over what this returns.
 */
export type ComputedAttributes = (own: Resource, surroundings: Surroundings) => Record<string, Value>;

/** What AWS makes ids of. */
export const LOWERCASE = "abcdefghijklmnopqrstuvwxyz0123456789";
export const UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS = "0123456789";

/** An id as AWS would draw it at random, but the same for the same resource on every run. */
export function token(own: Resource, purpose: string, length: number, alphabet: string): string {
  const characters: string[] = [];
  for (let block = 0; characters.length < length; block += 1) {
    const bytes = createHash("sha256").update(`${own.stack}/${own.address}/${purpose}/${block}`).digest();
    characters.push(...Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)));
  }
  return characters.slice(0, length).join("");
}

export function uuid(own: Resource, purpose: string): string {
  const hex = token(own, purpose, 32, "0123456789abcdef");
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(hex) ?? [];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

/** The suffix of 26 characters with which the provider makes a name unique. */
export function uniqueSuffix(own: Resource, purpose = "name"): string {
  return token(own, purpose, 26, DIGITS);
}

/** The name, or the one that the provider makes from `name_prefix` or from nothing. */
export function nameOf(own: Resource): string {
  return (
    own.optionalString("name") ?? `${own.optionalString("name_prefix") ?? "terraform-"}${uniqueSuffix(own)}`
  );
}

/** The last part of an ARN, or the name that stands where an ARN may. */
export function nameFromArn(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf(":") + 1);
}
