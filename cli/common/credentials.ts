import { randomBytes, randomUUID } from "node:crypto";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** A password that any policy takes: 24 random characters and one of each class. */
export function randomPassword(): string {
  return `${randomBytes(18).toString("base64url")}aA1!`;
}

/** An address that nobody has: `example.com` is reserved. */
export function temporaryEmail(): string {
  return `verify-${randomUUID()}@example.com`;
}
