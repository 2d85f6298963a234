import type { InputDialect } from "./input-dialect";
import { isObject } from "./json";

export type { InputDialect } from "./input-dialect";

/** An operation's input or output: the members as the service's API model spells them (`TopicArn`, `restApiId`). */
export type Members = Record<string, unknown>;

/** Reads the members of an operation's input, which is what the service's API model says: of these types, within these limits. */
export class Input {
  constructor(
    readonly members: Members,
    private readonly dialect: InputDialect,
    /** Looks at a member before it is read, for an input that was not looked at as a whole. */
    private readonly check: (member: string) => void = () => {},
    private readonly path = "",
  ) {}

  has(name: string): boolean {
    const value = this.members[name];
    return value !== undefined && value !== null;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === "string" ? value : unexpected(name);
  }

  integer(name: string): number {
    return this.optionalInteger(name) ?? this.missing(name);
  }

  optionalInteger(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : (wholeNumber(value) ?? unexpected(name));
  }

  optionalNumber(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === "number" ? value : unexpected(name);
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "boolean") return value;
    return value === "true" || value === "false" ? value === "true" : unexpected(name);
  }

  /** `false` where it is not given. */
  boolean(name: string): boolean {
    return this.optionalBoolean(name) ?? false;
  }

  /** A list of texts, empty where it is not given. */
  texts(name: string): string[] {
    return this.optionalTexts(name) ?? [];
  }

  optionalTexts(name: string): string[] | undefined {
    return this.list(name)?.map((item) => (typeof item === "string" ? item : unexpected(name)));
  }

  structure(name: string): Input {
    return this.optionalStructure(name) ?? this.missing(name);
  }

  optionalStructure(name: string): Input | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : this.nested(name, value, this.pathOf(name));
  }

  /** A list of structures, empty where it is not given. */
  structures(name: string): Input[] {
    return (this.list(name) ?? []).map((item, index) =>
      this.nested(name, item, `${this.pathOf(name)}.${index + 1}.member`),
    );
  }

  /** A map of structures, empty where it is not given. */
  structureMap(name: string): ReadonlyMap<string, Input> {
    return this.map(name, (item, key) => this.nested(name, item, `${this.pathOf(name)}.${key}.member`));
  }

  /** A map of texts, empty where it is not given. */
  textMap(name: string): ReadonlyMap<string, string> {
    return this.map(name, (item) => (typeof item === "string" ? item : unexpected(name)));
  }

  /**
   * A map without the trait "sparse" has no null: servers leave it out (Smithy 2.0, "sparse trait"). Clients do send it:
   * amazon-cognito-identity-js 6.3.21 in a browser, as the `DEVICE_KEY` that it does not have.
   */
  private map<T>(name: string, read: (item: unknown, key: string) => T): ReadonlyMap<string, T> {
    const { members } = this.optionalStructure(name) ?? { members: {} };
    const given = Object.entries(members).filter(([, item]) => item !== null);
    return new Map(given.map(([key, item]) => [key, read(item, key)]));
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
    throw this.dialect({
      kind: "constraint",
      member: name,
      path: this.pathOf(name),
      value: this.members[name],
      constraint,
    });
  }

  private value(name: string): unknown {
    this.check(name);
    return this.members[name] ?? undefined;
  }

  private list(name: string): unknown[] | undefined {
    const value = this.value(name);
    return value === undefined || Array.isArray(value) ? value : unexpected(name);
  }

  private nested(name: string, value: unknown, path: string): Input {
    return isObject(value) ? new Input(value, this.dialect, undefined, `${path}.`) : unexpected(name);
  }

  private missing(name: string): never {
    throw this.dialect({ kind: "missing", member: name, path: this.pathOf(name), value: undefined });
  }

  private pathOf(name: string): string {
    return this.path + name.charAt(0).toLowerCase() + name.slice(1);
  }
}

/** A whole number. A form and a query string know only text: digits count as a number there and everywhere. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}

/** A defect of the operation: it reads a member otherwise than the API model has it. */
function unexpected(name: string): never {
  throw new TypeError(`the API model has ${name} as another type than the operation reads`);
}
