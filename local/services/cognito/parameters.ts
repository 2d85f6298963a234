import type { Input } from "../../kernel/input";
import { invalidParameter } from "./errors";

/** `AuthParameters` or `ChallengeResponses` of a call, empty where they are not given. */
export function parametersIn(input: Input, name: string): Parameters {
  return new Parameters(input.textMap(name));
}

/** A list of `{ Name, Value }`, empty where it is not given; a value left out is the empty string. */
export function attributesIn(input: Input, name: string): Map<string, string> {
  return new Map(
    input
      .structures(name)
      .map((attribute) => [attribute.text("Name"), attribute.optionalText("Value") ?? ""] as const),
  );
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
