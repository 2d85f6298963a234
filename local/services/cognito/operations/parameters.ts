import { invalidParameter } from "../errors";
import type { Attempt } from "../sign-in";

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

/** @throws AwsError for a client that does not take the flow */
export function requireFlow({ client }: Attempt, flow: string, message: string): void {
  if (!client.authFlows.has(flow)) throw invalidParameter(message);
}
