import { type Command, readOptions, runAsProcess, UsageError } from "./common/command";
import type { Credentials } from "./common/credentials";
import { DEFAULT_ENDPOINTS_FILE } from "./common/endpoints";
import { painter } from "./common/terminal";
import { readTarget } from "./verification/choose-target";
import { hasFailed, renderCheck, renderSummary } from "./verification/report";
import { verify } from "./verification/verify";

const usage = `
Runs the end-to-end check against a running local runtime or a deployed environment.

  npm run verify -- [--endpoints FILE] [--json]
  npm run verify -- --environment NAME [--user POOL=EMAIL:PASSWORD ...] [--json]

  --endpoints FILE      the file that npm start writes (default: ${DEFAULT_ENDPOINTS_FILE})
  --environment NAME    the environment that was deployed from this folder
  --user POOL=EMAIL:PASSWORD
                        sign in as this user; without it a temporary user is made and removed
  --json                the checks as JSON

Exit code 1 when a check failed, 130 after Ctrl-C.
`;

export const verifyCommand: Command = {
  usage,
  cleansUp: true,
  async run(argv, { stdout, signal, project }) {
    const { values } = readOptions(argv, {
      endpoints: { type: "string" },
      environment: { type: "string" },
      user: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    });
    if (values.user.length > 0 && values.environment === undefined) {
      throw new UsageError(
        "--user goes with --environment: the local runtime's users stand in its endpoints file",
      );
    }
    const target = await readTarget(values, project, usersOf(values.user));
    const paint = painter(stdout);
    const say = (text: string) => {
      if (!values.json) stdout.write(`${text}\n`);
    };
    const checks = await verify(target, { signal, onCheck: (check) => say(renderCheck(check, paint)) });
    say(`\n${renderSummary(checks, paint)}`);
    if (values.json) stdout.write(`${JSON.stringify({ target: target.invokeUrl, checks }, null, 2)}\n`);
    return hasFailed(checks) ? 1 : 0;
  },
};

function usersOf(words: readonly string[]): Map<string, Credentials> {
  return new Map(
    words.map((word) => {
      const [, pool, email, password] = /^([^=]+)=([^:]+):(.+)$/.exec(word) ?? [];
      if (pool === undefined || email === undefined || password === undefined) {
        throw new UsageError("--user takes POOL=EMAIL:PASSWORD, for instance MyUserPool1=ada@example.com:…");
      }
      return [pool, { email, password }];
    }),
  );
}

if (require.main === module) void runAsProcess(verifyCommand);
