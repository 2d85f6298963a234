import { randomUUID } from "node:crypto";
import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { type Credentials, randomPassword } from "../../local/command/credentials";
import { reasonOf } from "../../local/command/describe-error";
import { UserError } from "../../local/kernel/user-error";
import { addToGroup, createUser, deleteUser } from "../common/sign-in";
import type { TargetUserPool } from "../common/target";

/** Users created for a check. Each is removed at the end, also one whose creation failed half-way. */
export class TemporaryUsers {
  private readonly created: { readonly pool: TargetUserPool; readonly email: string }[] = [];

  constructor(private readonly cognito: CognitoIdentityProviderClient) {}

  /** @param group the user is in it */
  async create(pool: TargetUserPool, group?: string, signal?: AbortSignal): Promise<Credentials> {
    const credentials = { email: temporaryEmail(), password: randomPassword() };
    // Before the call: one that is cut off may have created the user all the same.
    this.created.push({ pool, email: credentials.email });
    await createUser(this.cognito, pool.id, credentials, signal);
    if (group !== undefined) await addToGroup(this.cognito, pool.id, credentials.email, group, signal);
    return credentials;
  }

  /** @throws UserError naming each user that is left, when one cannot be removed */
  async removeAll(): Promise<void> {
    const left: string[] = [];
    for (const { pool, email } of this.created.splice(0)) {
      await deleteUser(this.cognito, pool.id, email).catch((error: unknown) => {
        if (!isGone(error)) left.push(`${email} in ${pool.name} (${reasonOf(error)})`);
      });
    }
    if (left.length > 0) {
      throw new UserError(
        `temporary users could not be removed, remove them with npm run user -- delete: ${left.join(", ")}`,
      );
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === "UserNotFoundException";
}

/** An address that nobody has: `example.com` is reserved. */
function temporaryEmail(): string {
  return `verify-${randomUUID()}@example.com`;
}
