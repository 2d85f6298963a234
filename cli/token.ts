import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { clientConfig } from "./common/aws-clients";
import { type Command, readOptions, runAsProcess } from "./common/command";
import { DEFAULT_ENDPOINTS_FILE } from "./common/endpoints";
import { signIn } from "./common/sign-in";
import { findUserPool, readTarget, requireCredentials, targetOptions } from "./verification/choose-target";

const usage = `
Signs in and prints the ID token, and nothing else.

  npm run --silent token -- --pool MyUserPool1
  npm run --silent token -- --pool MyUserPool1 --environment NAME --email EMAIL --password PASSWORD

  --pool NAME           the user pool
  --endpoints FILE      the file that npm start writes (default: ${DEFAULT_ENDPOINTS_FILE})
  --environment NAME    a deployed environment, instead of the local runtime
  --email, --password   the user; locally the one that npm start made
`;

export const tokenCommand: Command = {
  usage,
  async run(argv, { stdout, signal, project }) {
    const { values } = readOptions(argv, {
      ...targetOptions,
      email: { type: "string" },
      password: { type: "string" },
    });
    const target = await readTarget(values, project);
    const pool = findUserPool(target, values.pool);
    const client = new CognitoIdentityProviderClient(clientConfig(target));
    const token = await signIn(client, pool.clientId, requireCredentials(pool, values), signal);
    stdout.write(`${token}\n`);
    return 0;
  },
};

if (require.main === module) void runAsProcess(tokenCommand);
