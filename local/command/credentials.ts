import { randomBytes } from "node:crypto";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** A password that any policy takes: 24 random characters and one of each class. */
export function randomPassword(): string {
  return `${randomBytes(18).toString("base64url")}aA1!`;
}
