import path from "node:path";
import type { CommandContext } from "../../local/command/command";
import { DEFAULT_ENDPOINTS_FILE, type Endpoints, readEndpoints } from "../../local/command/endpoints";
import { isRunning } from "../../local/command/process-state";
import { columns, type Paint, painter } from "../../local/command/terminal";
import type { FunctionPermissions } from "../../local/console/contract";
import { UserError } from "../../local/kernel/user-error";
import { readPermissions } from "../serving/permissions-file";

interface PermissionsWords {
  readonly endpoints: string | undefined;
  readonly json: boolean;
}

/**
 * Says what each function called, what its role grants, and the smallest policy for what was seen: of the runtime that runs,
 * else of the last one that ran.
 */
export async function permissions(words: PermissionsWords, context: CommandContext): Promise<number> {
  const { stdout, project, signal } = context;
  const running = runningRuntime(words.endpoints, project);
  const functions =
    running === undefined ? readPermissions(project).functions : await askConsole(running, signal);
  stdout.write(
    words.json ? `${JSON.stringify({ functions }, null, 2)}\n` : `${render(functions, painter(stdout))}\n`,
  );
  return 0;
}

/** @throws UserError where a file was named and cannot be read */
function runningRuntime(file: string | undefined, project: string): Endpoints | undefined {
  try {
    const endpoints = readEndpoints(file ?? path.join(project, DEFAULT_ENDPOINTS_FILE));
    return isRunning(endpoints.pid) ? endpoints : undefined;
  } catch (error) {
    if (file === undefined) return undefined;
    throw error;
  }
}

async function askConsole(
  { consoleUrl }: Endpoints,
  signal: AbortSignal,
): Promise<readonly FunctionPermissions[]> {
  if (consoleUrl === undefined)
    throw new UserError("the runtime was started with --console-port off: stop it, and run this again");
  const url = new URL("/api/permissions", consoleUrl);
  const answer = await fetch(url, { headers: { "X-Console-Token": consoleUrl.split("#")[1] ?? "" }, signal });
  if (!answer.ok)
    throw new UserError(`the console at ${url.origin} answered ${answer.status}: start the runtime again`);
  const { data } = (await answer.json()) as { readonly data: readonly FunctionPermissions[] };
  return data;
}

function render(functions: readonly FunctionPermissions[], paint: Paint): string {
  const colours = { used: "green", "never used": "yellow", denied: "red" } as const;
  return functions
    .map(({ functionName, roleArn, rows, smallestPolicy, calls }) => {
      const cells = rows.map(({ verdict, count, action, resource, statement }) => [
        count > 0 ? `${verdict} ${count}×` : verdict,
        action,
        resource,
        statement === undefined ? "" : `${statement.policy}, ${statement.statement}`,
      ]);
      const table = columns(cells, (cell, row, column) => {
        const verdict = rows[row]?.verdict;
        return column === 0 && verdict !== undefined ? paint(colours[verdict], cell) : cell;
      });
      return [
        paint("bold", functionName),
        paint("dim", `${roleArn}, ${calls} permissions asked for`),
        table,
        "",
        ...(smallestPolicy === undefined
          ? ["Nothing was seen of it."]
          : ["The smallest policy for what was seen:", JSON.stringify(smallestPolicy, null, 2)]),
        "",
      ].join("\n");
    })
    .join("\n");
}
