import { spawn } from "node:child_process";
import { UserError } from "./command";
import { PROJECT } from "./project";

/**
 * Synthesizes the stacks into a folder, in a process of their own as the cdktf CLI does.
 *
 * @param signal ends the synthesis; when this then throws its reason, nothing writes into the folder any more
 * @throws UserError with what the stacks said when they cannot be synthesized
 */
export async function synthesize(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: PROJECT,
    env: { ...process.env, ...settings, CDKTF_OUTDIR: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ending = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject).once("close", (code, killedBy) => resolve(code ?? killedBy));
  });
  signal?.removeEventListener("abort", kill);
  signal?.throwIfAborted();
  if (ending === 0) return;
  const said = withoutStack(errors) || `the process ended with ${ending}`;
  throw new UserError(`the stacks cannot be synthesized\n${said}`);
}

/** Node.js prints an uncaught error with its source line and stack: what helps is the message between the two. */
function withoutStack(text: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^\w*Error: /.test(line));
  if (start < 0) return text.trim();
  const end = lines.findIndex((line, index) => index > start && /^\s+at /.test(line));
  return lines
    .slice(start, end < 0 ? undefined : end)
    .join("\n")
    .trim();
}
