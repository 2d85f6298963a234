import * as v from "valibot";
import { refused } from "../../local/command/option-values";
import { UsageError } from "../../local/kernel/user-error";
import { settings } from "../../stacks/common/settings";
import type { DeploymentTarget } from "./deployment-choice";

// What the options of this project's commands take, beside those of every command.

export function environmentName(text: string, option: string): string {
  const { schema, accepted } = settings.ENVIRONMENT;
  if (!v.is(schema, text)) throw refused(option, text, accepted);
  return text;
}

/** Nothing but a known word is ever taken for AWS. */
export function deploymentTarget(text: string, option: string): DeploymentTarget {
  const { schema, accepted } = settings.TARGET;
  const read = v.safeParse(schema, text);
  if (read.success) return read.output;
  throw refused(
    option,
    text,
    text === "local" ? `${accepted}; the target local is called moto now` : accepted,
  );
}

/** Does not repeat what it received: there is a password in it. */
export function poolUser(text: string, option: string) {
  const [, pool, email, password] = /^([^=]+)=([^:]+):(.+)$/.exec(text) ?? [];
  if (pool === undefined || email === undefined || password === undefined)
    throw new UsageError(`${option} takes POOL=EMAIL:PASSWORD, for instance MyUserPool1=ada@example.com:…`);
  return { pool, email, password };
}
