import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../cli/common/project";
import { cpuOfEnded } from "./cpu";
import type { Taken } from "./row";

/** With these, Node.js runs the project's sources. */
export const SOURCES = ["--require", path.join(PROJECT, "typescript.js")];

/**
 * Runs a command to its end.
 *
 * @throws Error with what it wrote to standard error when it does not end well
 */
export async function run(
  cwd: string,
  [command = "", ...words]: readonly string[],
  settings: NodeJS.ProcessEnv = {},
): Promise<Taken> {
  const before = cpuOfEnded();
  const startedAt = performance.now();
  const child = spawn(command, words, {
    ...{ cwd, env: { ...process.env, ...settings } },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${command} ${words.join(" ")} ended with ${code}: ${said}`);
  const after = cpuOfEnded();
  return {
    cpu: before === undefined || after === undefined ? undefined : after - before,
    wall: performance.now() - startedAt,
  };
}

/** As cdktf.json calls it, for the project's own `main.ts` or for another program that synthesizes. */
export function synthesisCommand(main = "main.ts"): string[] {
  const { app }: { app: string } = JSON.parse(readFileSync(path.join(PROJECT, "cdktf.json"), "utf8"));
  return wordsOf(app).map((word) => (word === "main.ts" ? main : word));
}

/** As `npm start` calls it. */
export function startCommand(): string[] {
  const { scripts }: { scripts: { start: string } } = JSON.parse(
    readFileSync(path.join(PROJECT, "package.json"), "utf8"),
  );
  return wordsOf(scripts.start);
}

function wordsOf(command: string): string[] {
  return command.split(" ").map((word) => (word === "node" ? process.execPath : word));
}
