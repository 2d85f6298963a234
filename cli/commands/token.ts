import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { clientConfig } from "../common/aws-clients";
import type { CommandContext } from "../common/command";
import { signIn } from "../common/sign-in";
import { findUserPool, readTarget, requireCredentials, type TargetWords } from "../common/target";

interface TokenWords extends TargetWords {
  readonly pool?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
}

/** Signs in, and prints the ID token alone: a script reads it. */
export async function token(words: TokenWords, context: CommandContext): Promise<number> {
  const target = await readTarget(words, context);
  const pool = findUserPool(target, words.pool);
  const client = new CognitoIdentityProviderClient(clientConfig(target));
  const { idToken } = await signIn(client, pool, requireCredentials(pool, words), context.signal);
  context.stdout.write(`${idToken}\n`);
  return 0;
}
