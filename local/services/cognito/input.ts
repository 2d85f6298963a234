import { AwsError } from "../../kernel/aws-error";
import type { Members } from "../../aws-api/service";
import { invalidParameter } from "./errors";
import { textRules } from "./input-rules";

/** Reads an operation's input as the API model constrains it; what breaks a constraint fails with AWS's error. */
export class Input {
  constructor(private readonly members: Members) {}

  text(name: string): string {
    return this.optionalText(name) ?? refuse("Value null", name, "Member must not be null");
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name, "string", "String");
    if (value === undefined) return undefined;
    const { min = 0, max = Number.POSITIVE_INFINITY, pattern, oneOf } = textRules[name] ?? {};
    // The value is left out: most of these members are secret, and an error message ends in logs.
    if (value.length < min) refuse("Value", name, `Member must have length greater than or equal to ${min}`);
    if (value.length > max) refuse("Value", name, `Member must have length less than or equal to ${max}`);
    if (pattern !== undefined && !new RegExp(`^(?:${pattern.replace("-_", "\\-_")})$`, "u").test(value)) {
      refuse("Value", name, `Member must satisfy regular expression pattern: ${pattern}`);
    }
    if (oneOf !== undefined && !oneOf.includes(value)) {
      refuse("Value", name, `Member must satisfy enum value set: [${oneOf.join(", ")}]`);
    }
    return value;
  }

  boolean(name: string): boolean {
    return this.value(name, "boolean", "Boolean") ?? false;
  }

  integer(name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    const value = this.value(name, "number", "Integer");
    if (value === undefined) return fallback;
    if (!(value >= min))
      refuse(`Value '${value}'`, name, `Member must have value greater than or equal to ${min}`);
    if (value > max) refuse(`Value '${value}'`, name, `Member must have value less than or equal to ${max}`);
    return value;
  }

  /** A map of strings (`AuthParameters`), empty where it is not given. */
  map(name: string): Parameters {
    const entries = Object.entries(this.object(name) ?? {}).map(
      ([key, value]) => [key, asText(value)] as const,
    );
    return new Parameters(new Map(entries));
  }

  /** A structure, `undefined` where it is not given. */
  structure(name: string): Input | undefined {
    const value = this.object(name);
    return value === undefined ? undefined : new Input(value);
  }

  /** A list of strings, `undefined` where it is not given. */
  list(name: string): string[] | undefined {
    return this.array(name)?.map(asText);
  }

  /** A list of `{ Name, Value }`, empty where it is not given; a value left out is the empty string. */
  attributes(name: string): Map<string, string> {
    const entries = (this.array(name) ?? []).map((item) => {
      const attribute = new Input(asObject(item));
      return [attribute.text("Name"), attribute.optionalText("Value") ?? ""] as const;
    });
    return new Map(entries);
  }

  private object(name: string): Members | undefined {
    const value = this.members[name];
    return value === undefined || value === null ? undefined : asObject(value);
  }

  private array(name: string): unknown[] | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    return Array.isArray(value) ? value : serialization("Expected list or null");
  }

  private value(name: string, type: "string", typeName: string): string | undefined;
  private value(name: string, type: "boolean", typeName: string): boolean | undefined;
  private value(name: string, type: "number", typeName: string): number | undefined;
  private value(name: string, type: string, typeName: string): unknown {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === type) return value;
    return serialization(`${(typeof value).toUpperCase()}_VALUE can not be converted to a ${typeName}`);
  }
}

/** `AuthParameters` or `ChallengeResponses`. */
export class Parameters {
  constructor(private readonly values: ReadonlyMap<string, string>) {}

  required(name: string): string {
    const value = this.values.get(name);
    if (value === undefined || value === "") throw invalidParameter(`Missing required parameter ${name}`);
    return value;
  }

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  /** Those whose name starts so, by the rest of the name. */
  startingWith(prefix: string): Map<string, string> {
    const matching = [...this.values].filter(([name]) => name.startsWith(prefix));
    return new Map(matching.map(([name, value]) => [name.slice(prefix.length), value]));
  }
}

function asObject(value: unknown): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    serialization("Start of structure or map found where not expected.");
  return Object.fromEntries(Object.entries(value));
}

function asText(value: unknown): string {
  return typeof value === "string"
    ? value
    : serialization(`${(typeof value).toUpperCase()}_VALUE can not be converted to a String`);
}

function refuse(value: string, member: string, constraint: string): never {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  throw invalidParameter(
    `1 validation error detected: ${value} at '${name}' failed to satisfy constraint: ${constraint}`,
  );
}

function serialization(message: string): never {
  throw new AwsError("SerializationException", message);
}
