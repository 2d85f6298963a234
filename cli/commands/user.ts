import {
  AdminAddUserToGroupCommand,
  AdminRemoveUserFromGroupCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
  paginateAdminListGroupsForUser,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CommandContext } from "../../local/command/command";
import { randomPassword } from "../../local/command/credentials";
import { columns, printable } from "../../local/command/terminal";
import { clientConfig } from "../common/aws-clients";
import { createUser, deleteUser } from "../common/sign-in";
import { findUserPool, readTarget, type TargetUserPool, type TargetWords } from "../common/target";

interface PoolWords extends TargetWords {
  readonly pool?: string | undefined;
  readonly json: boolean;
}

interface UserWords extends PoolWords {
  readonly email: string;
}

export async function create(
  words: UserWords & { readonly password?: string | undefined },
  context: CommandContext,
): Promise<number> {
  const { client, pool, print } = await open(words, context);
  const { email, password = randomPassword() } = words;
  await createUser(client, pool.id, { email, password }, context.signal);
  const text = `created ${email} in ${pool.name}`;
  print({ email, password }, words.password === undefined ? `${text}, password ${password}` : text);
  return 0;
}

export async function remove(words: UserWords, context: CommandContext): Promise<number> {
  const { client, pool, print } = await open(words, context);
  await deleteUser(client, pool.id, words.email);
  print({ email: words.email }, `deleted ${words.email} from ${pool.name}`);
  return 0;
}

export async function list(words: PoolWords, context: CommandContext): Promise<number> {
  const { client, pool, print } = await open(words, context);
  const users = await listUsers(client, pool.id, context.signal);
  const rows = users.map((user) => Object.values(user).map(printable));
  print(users, columns([["email", "status", "created"], ...rows]));
  return 0;
}

interface GroupWords extends UserWords {
  readonly group: string;
}

/** The next token has the group among its `cognito:groups`. */
export async function join(words: GroupWords, context: CommandContext): Promise<number> {
  return changeGroup(
    words,
    context,
    AdminAddUserToGroupCommand,
    (group) => `added ${words.email} to ${group}`,
  );
}

export async function leave(words: GroupWords, context: CommandContext): Promise<number> {
  return changeGroup(
    words,
    context,
    AdminRemoveUserFromGroupCommand,
    (group) => `took ${words.email} out of ${group}`,
  );
}

async function changeGroup(
  words: GroupWords,
  context: CommandContext,
  Change: typeof AdminAddUserToGroupCommand | typeof AdminRemoveUserFromGroupCommand,
  done: (group: string) => string,
): Promise<number> {
  const { client, pool, print } = await open(words, context);
  const { email, group } = words;
  const input = { UserPoolId: pool.id, Username: email, GroupName: group };
  await client.send(new Change(input), { abortSignal: context.signal });
  print({ email, group }, done(`the group ${group} of ${pool.name}`));
  return 0;
}

export async function groups(words: UserWords, context: CommandContext): Promise<number> {
  const { client, pool, print } = await open(words, context);
  const names: string[] = [];
  const input = { UserPoolId: pool.id, Username: words.email };
  for await (const page of paginateAdminListGroupsForUser({ client }, input, { abortSignal: context.signal }))
    names.push(...(page.Groups ?? []).map(({ GroupName }) => GroupName ?? ""));
  print(names, columns([["group"], ...names.map((name) => [printable(name)])]));
  return 0;
}

interface OpenPool {
  readonly client: CognitoIdentityProviderClient;
  readonly pool: TargetUserPool;
  print(result: object, text: string): void;
}

async function open(words: PoolWords, context: CommandContext): Promise<OpenPool> {
  const target = await readTarget(words, context);
  return {
    client: new CognitoIdentityProviderClient(clientConfig(target)),
    pool: findUserPool(target, words.pool),
    print: (result, text) => context.stdout.write(`${words.json ? JSON.stringify(result, null, 2) : text}\n`),
  };
}

async function listUsers(
  client: CognitoIdentityProviderClient,
  poolId: string,
  abortSignal: AbortSignal,
): Promise<{ email: string; status: string; created: string }[]> {
  const users = [];
  let token: string | undefined;
  do {
    const page = await client.send(new ListUsersCommand({ UserPoolId: poolId, PaginationToken: token }), {
      abortSignal,
    });
    users.push(...(page.Users ?? []));
    token = page.PaginationToken;
  } while (token !== undefined);
  return users.map((user) => ({
    email: user.Attributes?.find(({ Name }) => Name === "email")?.Value ?? user.Username ?? "",
    status: user.UserStatus ?? "",
    created: user.UserCreateDate?.toISOString() ?? "",
  }));
}
