import { randomBytes } from "node:crypto";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * A password that any policy takes: one of each class, and 24 random characters. It can be pasted into a command: it does not begin as
 * an option does, and no shell makes anything of its characters.
 */
export function randomPassword(): string {
  return `aA1-${randomBytes(18).toString("base64url")}`;
}

/** Variables that lead nowhere but where what is started with them is told to: no keys, profile or endpoint of the user's. */
export function withoutAccount(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_")));
}
