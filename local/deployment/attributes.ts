import { brokenNumberRule, brokenTextRule, type NumberRule, type TextRule } from "../kernel/constraint";
import { isObject, type JsonObject, parseJson } from "../kernel/json";
import { UserError } from "../kernel/user-error";

/** A JSON value, as Terraform writes it. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** A synthesized folder or a state that the runtime cannot serve. The message names the resource's address. */
export class DeploymentError extends UserError {
  override readonly name = "DeploymentError";
}

/** Which attributes of a resource were read so far, by path without indexes: `rule.statement`. The ledger asks. */
export class Reads {
  /** Read with everything below. */
  private readonly whole = new Set<string>();
  /** Looked at, or opened as a block: what is below counts by itself. */
  private readonly opened = new Set<string>();

  markWhole(path: string): void {
    this.whole.add(path);
  }

  markOpened(path: string): void {
    this.opened.add(path);
  }

  isWhole(path: string): boolean {
    return this.whole.has(path);
  }

  isOpened(path: string): boolean {
    return this.opened.has(path);
  }

  /** Every path that was read, sorted. */
  get paths(): string[] {
    return [...new Set([...this.whole, ...this.opened])].sort();
  }
}

/**
 * Reads the attributes of a resource or of a block in it, checking their types. Terraform writes a block as an object
 * or as a list of objects, and leaves out or sets to `null` what is not set: a reader need not care.
 *
 * Every reader throws a `DeploymentError` that names the resource's address, the attribute and the value received. Each
 * read is recorded: what a deployment sets and nobody reads stops the start (see `ledger.ts`).
 */
export class Attributes {
  constructor(
    /** The address, for messages: `aws_sns_topic.UserNames`, followed by the path of the block. */
    readonly address: string,
    /** For what has to see everything. Access to it is not recorded. */
    readonly values: Readonly<Record<string, Value>>,
    readonly reads: Reads = new Reads(),
    /** The block's path from the resource, with a dot at its end; empty for the resource. */
    private readonly path = "",
  ) {}

  /** Whether the attribute is set. A block that is looked at is not read by that. */
  has(key: string): boolean {
    this.reads.markOpened(this.path + key);
    const value = this.values[key];
    return value !== undefined && value !== null;
  }

  /** The attribute as it is, `undefined` where it is not set. Counts as read with everything below. */
  value(key: string): Value | undefined {
    this.reads.markWhole(this.path + key);
    return this.values[key] ?? undefined;
  }

  /** `rule`: what the service's API model says. AWS refuses the rest at deployment. */
  string(key: string, rule?: TextRule): string {
    return this.optionalString(key, rule) ?? this.fail(key, "a string");
  }

  /** `undefined` where the attribute is not set or empty: Terraform's state does not tell the two apart. */
  optionalString(key: string, rule?: TextRule): string | undefined {
    const value = this.value(key);
    if (value === undefined || value === "") return undefined;
    if (typeof value === "object") return this.fail(key, "a string");
    const broken = rule && brokenTextRule(String(value), rule);
    return broken === undefined ? String(value) : this.refuse(key, broken);
  }

  number(key: string, fallback?: number, rule?: NumberRule): number {
    const value = this.value(key);
    if (value === undefined || value === "") return fallback ?? this.fail(key, "a number");
    const number = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
    if (Number.isNaN(number)) return this.fail(key, "a number");
    const broken = rule && brokenNumberRule(number, rule);
    return broken === undefined ? number : this.refuse(key, broken);
  }

  boolean(key: string, fallback?: boolean): boolean {
    const value = this.value(key);
    if (value === undefined) return fallback ?? this.fail(key, "true or false");
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    return this.fail(key, "true or false");
  }

  /** The list of strings, empty where the attribute is not set. */
  strings(key: string): string[] {
    const value = this.value(key) ?? [];
    if (!Array.isArray(value)) return this.fail(key, "a list of strings");
    return value.map((item) => (typeof item === "string" ? item : this.fail(key, "a list of strings")));
  }

  /** The map of strings, empty where the attribute is not set. Numbers and booleans in it become strings. */
  stringMap(key: string): Record<string, string> {
    const value = this.value(key) ?? {};
    if (typeof value !== "object" || Array.isArray(value) || value === null) return this.fail(key, "a map");
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
  }

  /**
   * The tags of the resource, with those that the provider gives all of a stack's. It leaves out what begins with `aws:`
   * (terraform-provider-aws, `KeyValueTags.IgnoreSystem`).
   */
  tags(): Record<string, string> {
    const tags = { ...this.stringMap("tags"), ...this.stringMap("tags_all") };
    return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:")));
  }

  /** The blocks of that name, in order, empty where there is none. */
  blocks(key: string): Attributes[] {
    if (!this.has(key)) return [];
    const value = this.values[key] ?? [];
    const path = `${this.path}${key}.`;
    return (Array.isArray(value) ? value : [value]).map((item, index) => {
      if (!isObject(item)) return this.fail(key, "a block");
      return new Attributes(`${this.address}.${key}[${index}]`, item, this.reads, path);
    });
  }

  /** The only block of that name, `undefined` where there is none. */
  block(key: string): Attributes | undefined {
    const blocks = this.blocks(key);
    if (blocks.length > 1) this.fail(key, "one block");
    return blocks[0];
  }

  /** Refuses what AWS would refuse at deployment, with its reason. */
  refuse(key: string, reason: string): never {
    const value = JSON.stringify(this.values[key]) ?? "nothing";
    throw new DeploymentError(`${this.address}: AWS refuses ${key} ${value}: ${reason}`);
  }

  fail(key: string, expected: string): never {
    const value = JSON.stringify(this.values[key]) ?? "nothing";
    throw new DeploymentError(`${this.address}: ${key} must be ${expected}, received ${value}`);
  }
}

/** Parses an attribute that carries a JSON object as text. */
export function jsonObject(resource: Attributes, key: string, text: string): JsonObject {
  const value = parseJson(text);
  return isObject(value) ? value : resource.fail(key, "a JSON object");
}
