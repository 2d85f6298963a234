import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contextOf } from "./context";

const RUNNER = `
import { pathToFileURL } from "node:url";
const { handler } = await import(pathToFileURL(process.argv[2]).href);
process.on("message", async ({ event, context, remainingMs }) => {
  try {
    const value = await handler(event, { ...context, getRemainingTimeInMillis: () => remainingMs });
    process.send({ value: value ?? null });
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.send("started");
`;

/** A bundle in a process of its own, invoked as Lambda's runtime does: one event after the other. */
export class BundledFunction {
  #log = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly functionName: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        this.#log += text;
      });
    }
  }

  /** @throws Error with the function's log when it does not start */
  static async start(file: string, env: Readonly<Record<string, string>>): Promise<BundledFunction> {
    const runner = join(dirname(file), "runner.mjs");
    writeFileSync(runner, RUNNER);
    const child = fork(runner, [file], { env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] });
    const started = new BundledFunction(child, env.AWS_LAMBDA_FUNCTION_NAME ?? "");
    const outcome = await Promise.race([once(child, "message"), once(child, "close").then(() => "closed")]);
    if (outcome === "closed") throw new Error(`The function did not start: ${started.#log}`);
    return started;
  }

  get log(): string {
    return this.#log;
  }

  /** The handler's answer as `{ value }`, or what it threw as `{ error }`. */
  async invoke(event: unknown, remainingMs = 10_000): Promise<unknown> {
    const answered = once(this.child, "message");
    this.child.send({ event, context: contextOf(this.functionName), remainingMs });
    const [answer] = await answered;
    return answer;
  }

  /** Ends the process; its log is complete after that. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, "close");
    this.child.kill();
    await closed;
  }
}
