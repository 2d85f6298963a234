import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CommandContext } from "../../local/command/command";
import { openInBrowser } from "../../local/command/open-in-browser";
import { UsageError, UserError } from "../../local/kernel/user-error";
import { clientConfig } from "../common/aws-clients";
import { type LoginPlace, signInInBrowser } from "../common/browser-sign-in";
import { signIn } from "../common/sign-in";
import {
  findUserPool,
  readTarget,
  requireCredentials,
  type Target,
  type TargetUserPool,
  type TargetWords,
} from "../common/target";

interface TokenWords extends TargetWords {
  readonly pool?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  readonly browser: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

/** Signs in, and prints the ID token alone: a script reads it. */
export async function token(
  words: TokenWords,
  context: CommandContext,
  open: (address: string) => Promise<unknown> = openInBrowser,
): Promise<number> {
  const target = await readTarget(words, context);
  const pool = findUserPool(target, words.pool);
  const tokens = words.browser
    ? await tokensOfBrowser(target, pool, words, context, open)
    : { id_token: await tokenOfPassword(target, pool, words, context) };
  context.stdout.write(`${words.json ? JSON.stringify(tokens, null, 2) : tokens.id_token}\n`);
  return 0;
}

async function tokenOfPassword(
  target: Target,
  pool: TargetUserPool,
  words: TokenWords,
  { signal }: CommandContext,
): Promise<string> {
  const client = new CognitoIdentityProviderClient(clientConfig(target));
  const { idToken } = await signIn(client, pool, requireCredentials(pool, words), signal);
  return idToken;
}

async function tokensOfBrowser(
  target: Target,
  pool: TargetUserPool,
  words: TokenWords,
  { signal, stderr }: CommandContext,
  open: (address: string) => Promise<unknown>,
) {
  if (words.email !== undefined || words.password !== undefined)
    throw new UsageError("--browser asks for e-mail and password on the login page: leave them out");
  const show = (address: string) => {
    stderr.write(`sign in here, if no browser opens by itself:\n  ${address}\n`);
    void open(address);
  };
  const place = await loginPlaceOf(target, pool, signal);
  return signInInBrowser(place, { signal, timeoutMs: words.timeout * 1000, show });
}

async function loginPlaceOf(target: Target, pool: TargetUserPool, signal: AbortSignal): Promise<LoginPlace> {
  const { loginPageUrl, clientId } = pool;
  if (loginPageUrl === undefined) throw new UserError(`${pool.name} has no login page`);
  if (pool.callbackUrls !== undefined) return { loginPageUrl, clientId, callbackUrls: pool.callbackUrls };
  if (target.kind === "aws")
    throw new UserError("the outputs do not say where the login page may send a user back to: deploy again");
  const client = new CognitoIdentityProviderClient(clientConfig(target));
  const input = { UserPoolId: pool.id, ClientId: clientId };
  const { UserPoolClient } = await client.send(new DescribeUserPoolClientCommand(input), {
    abortSignal: signal,
  });
  return { loginPageUrl, clientId, callbackUrls: UserPoolClient?.CallbackURLs ?? [] };
}
