import { CognitoIdentityProviderClient, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { clientConfig } from "./common/aws-clients";
import { type Command, readOptions, runAsProcess, UsageError } from "./common/command";
import { randomPassword } from "./common/credentials";
import { DEFAULT_ENDPOINTS_FILE } from "./common/endpoints";
import { createUser, deleteUser } from "./common/sign-in";
import { columns, printable } from "./common/terminal";
import { findUserPool, readTarget, targetOptions } from "./verification/choose-target";

const usage = `
Makes, removes and lists the users of a user pool.

  npm run user -- create --pool MyUserPool1 --email ada@example.com [--password PASSWORD]
  npm run user -- delete --pool MyUserPool1 --email ada@example.com
  npm run user -- list   --pool MyUserPool1 [--json]

  --pool NAME           the user pool
  --email ADDRESS       the user
  --password PASSWORD   a final password; without it one is made up and printed
  --endpoints FILE      the file that npm start writes (default: ${DEFAULT_ENDPOINTS_FILE})
  --environment NAME    a deployed environment, instead of the local runtime
  --json                output as JSON
`;

export const userCommand: Command = {
  usage,
  cleansUp: true,
  async run(argv, { stdout, signal, project }) {
    const { values, positionals } = readOptions(
      argv,
      {
        ...targetOptions,
        email: { type: "string" },
        password: { type: "string" },
        json: { type: "boolean", default: false },
      },
      true,
    );
    const [action, ...rest] = positionals;
    if (action === undefined || rest.length > 0 || !["create", "delete", "list"].includes(action)) {
      const received = positionals.length > 0 ? JSON.stringify(positionals.join(" ")) : "nothing";
      throw new UsageError(`user takes create, delete or list, received ${received}`);
    }
    const target = await readTarget(values, project);
    const pool = findUserPool(target, values.pool);
    const client = new CognitoIdentityProviderClient(clientConfig(target));
    const print = (result: object, text: string) =>
      stdout.write(`${values.json ? JSON.stringify(result, null, 2) : text}\n`);

    if (action === "list") {
      const users = await listUsers(client, pool.id, signal);
      print(
        users,
        columns([["email", "status", "created"], ...users.map((user) => Object.values(user).map(printable))]),
      );
      return 0;
    }
    if (values.email === undefined) throw new UsageError("--email is missing");
    if (action === "delete") {
      await deleteUser(client, pool.id, values.email);
      print({ email: values.email }, `deleted ${values.email} from ${pool.name}`);
      return 0;
    }
    const password = values.password ?? randomPassword();
    await createUser(client, pool.id, { email: values.email, password }, signal);
    const text = `created ${values.email} in ${pool.name}`;
    print(
      { email: values.email, password },
      values.password === undefined ? `${text}, password ${password}` : text,
    );
    return 0;
  },
};

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

if (require.main === module) void runAsProcess(userCommand);
