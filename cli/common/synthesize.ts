import { spawn } from "node:child_process";
import path from "node:path";
import { UserError } from "./command";

export const PROJECT = path.resolve(__dirname, "../..");

/**
 * Synthesizes the stacks into a folder, in a process of their own as the cdktf CLI does.
 *
 * @throws UserError with what the stacks said when they cannot be synthesized
 */
export async function synthesize(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: PROJECT,
    env: { ...process.env, ...settings, CDKTF_OUTDIR: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code !== 0) throw new UserError(`the stacks cannot be synthesized\n${withoutStack(errors)}`);
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
