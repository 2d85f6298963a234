import {
  brokenNumberRule,
  brokenSizeRule,
  brokenTextRule,
  type NumberRule,
  type SizeRule,
  type TextRule,
} from "./constraint";
import type { InputDialect } from "./input-dialect";
import { isObject } from "./json";

export type { NumberRule, SizeRule, TextRule } from "./constraint";
export type { InputDialect } from "./input-dialect";

/** An operation's input or output: the members as the service's API model spells them (`TopicArn`, `restApiId`). */
export type Members = Record<string, unknown>;

/** Reads the members of an operation's input. What does not fit fails with the error of the service. */
export class Input {
  constructor(
    readonly members: Members,
    private readonly dialect: InputDialect,
    private readonly path = "",
  ) {}

  has(name: string): boolean {
    const value = this.members[name];
    return value !== undefined && value !== null;
  }

  /** `rule`: what the API model says, unless the service's table of texts has it. */
  text(name: string, rule?: TextRule): string {
    return this.optionalText(name, rule) ?? this.missing(name);
  }

  optionalText(name: string, rule = this.dialect.texts?.[name] ?? {}): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") return this.wrongType(name, "String");
    const broken = brokenTextRule(value, rule);
    return broken === undefined ? value : this.refuse(name, broken);
  }

  integer(name: string, rule: NumberRule = {}): number {
    return this.optionalInteger(name, rule) ?? this.missing(name);
  }

  /** A form and a query string know only text: digits count as a number there and everywhere. */
  optionalInteger(name: string, rule: NumberRule = {}): number | undefined {
    const given = this.value(name);
    if (given === undefined) return undefined;
    const value = typeof given === "string" && /^-?\d{1,15}$/.test(given) ? Number(given) : given;
    if (typeof value !== "number" || !Number.isInteger(value)) return this.wrongType(name, "Integer");
    const broken = brokenNumberRule(value, rule);
    return broken === undefined ? value : this.refuse(name, broken);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "number") return value;
    return this.wrongType(name, "Number");
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    return this.wrongType(name, "Boolean");
  }

  /** `false` where it is not given. */
  boolean(name: string): boolean {
    return this.optionalBoolean(name) ?? false;
  }

  /** This input, whose member must be given: for a list that may not be left out. */
  requiring(name: string): this {
    return this.has(name) ? this : this.missing(name);
  }

  /** A list of texts, empty where it is not given. `rule`: for each text, unless the service's table has it. */
  texts(name: string, size?: SizeRule, rule?: TextRule): string[] {
    return this.optionalTexts(name, size, rule) ?? [];
  }

  optionalTexts(
    name: string,
    size: SizeRule = {},
    rule = this.dialect.texts?.[name] ?? {},
  ): string[] | undefined {
    return this.list(name, size)?.map((item) => {
      if (typeof item !== "string") return this.wrongType(name, "String");
      const broken = brokenTextRule(item, rule);
      return broken === undefined ? item : this.refuse(name, broken);
    });
  }

  /** A list in a query string, where a list of one is a text. */
  queryTexts(name: string): string[] {
    return typeof this.value(name) === "string" ? [this.text(name)] : this.texts(name);
  }

  structure(name: string): Input {
    return this.optionalStructure(name) ?? this.missing(name);
  }

  optionalStructure(name: string): Input | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : this.nested(name, value, this.pathOf(name));
  }

  /** A list of structures, empty where it is not given. */
  structures(name: string, size: SizeRule = {}): Input[] {
    return (this.list(name, size) ?? []).map((item, index) =>
      this.nested(name, item, `${this.pathOf(name)}.${index + 1}.member`),
    );
  }

  /** A map of structures, empty where it is not given. */
  structureMap(name: string): ReadonlyMap<string, Input> {
    const { members } = this.optionalStructure(name) ?? { members: {} };
    return new Map(
      Object.entries(members).map(([key, item]) => [
        key,
        this.nested(name, item, `${this.pathOf(name)}.${key}.member`),
      ]),
    );
  }

  /** A map of texts, empty where it is not given. */
  textMap(name: string): ReadonlyMap<string, string> {
    const { members } = this.optionalStructure(name) ?? { members: {} };
    // A map without the trait "sparse" has no null: servers leave it out (Smithy 2.0, "sparse trait"). Clients do send it:
    // amazon-cognito-identity-js 6.3.21 in a browser, as the `DEVICE_KEY` that it does not have.
    const given = Object.entries(members).filter(([, item]) => item !== null);
    return new Map(
      given.map(([key, item]) => [key, typeof item === "string" ? item : this.wrongType(name, "String")]),
    );
  }

  /** A map of lists of texts, empty where it is not given. */
  textsMap(name: string): ReadonlyMap<string, readonly string[]> {
    const map = this.optionalStructure(name);
    return new Map(Object.keys(map?.members ?? {}).map((key) => [key, map?.texts(key) ?? []]));
  }

  /** The raw body of a REST call, empty where there is none. */
  blob(name: string): Buffer {
    const value = this.value(name);
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  }

  /** Refuses the member for breaking a constraint. */
  refuse(name: string, constraint: string): never {
    throw this.dialect.error({
      kind: "constraint",
      member: name,
      path: this.pathOf(name),
      value: this.members[name],
      constraint,
    });
  }

  private value(name: string): unknown {
    return this.members[name] ?? undefined;
  }

  private list(name: string, size: SizeRule): unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.wrongType(name, "list");
    const broken = brokenSizeRule(value, size);
    return broken === undefined ? value : this.refuse(name, broken);
  }

  private nested(name: string, value: unknown, path: string): Input {
    return isObject(value) ? new Input(value, this.dialect, `${path}.`) : this.wrongType(name, "structure");
  }

  private missing(name: string): never {
    throw this.dialect.error({ kind: "missing", member: name, path: this.pathOf(name), value: undefined });
  }

  private wrongType(name: string, expected: string): never {
    const value = this.members[name];
    throw this.dialect.error({ kind: "type", member: name, path: this.pathOf(name), value, expected });
  }

  private pathOf(name: string): string {
    return this.path + name.charAt(0).toLowerCase() + name.slice(1);
  }
}
