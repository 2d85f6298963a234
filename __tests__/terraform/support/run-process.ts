import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called for each line while the process runs, with the process to act on. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

export interface Finished {
  readonly code: number | null;
  /** Standard output alone. */
  readonly stdout: string;
  /** Both streams as they came, a line each, without what only a terminal understands. */
  readonly lines: readonly string[];
}

/** Runs a program to its end; what it says can be followed meanwhile. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { cwd, env, onLine }: RunOptions,
): Promise<Finished> {
  const child = spawn(command, [...args], { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const stdout: string[] = [];
  const lines: string[] = [];
  const follow = (line: string) => {
    const text = plain(line);
    lines.push(text);
    onLine?.(text, child);
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout.push(line);
    follow(line);
  });
  createInterface({ input: child.stderr }).on("line", follow);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { code, stdout: stdout.join("\n"), lines };
}

/** cdktf moves the cursor even where there is none. */
function plain(line: string): string {
  return stripVTControlCharacters(line).trimEnd();
}
