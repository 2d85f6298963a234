import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import type { ProcessGuard } from "../process-guard";
import type { EventMessage, InstanceMessage } from "./messages";

/** The end of an instance's process: by itself (`process.exit`), by a signal, or stopped. */
export interface InstanceExit {
  readonly type: "exit";
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type InstanceReport = Exclude<InstanceMessage, { type: "log" }> | InstanceExit;

/** What an instance is started with. */
export interface InstanceOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** The working directory, and all that the function finds of its code. */
  readonly taskRoot: string;
  readonly memoryMb: number;
  readonly guard: ProcessGuard;
  /** Where a debugger finds it. */
  readonly inspectPort: number | undefined;
  readonly onLog: (text: string) => void;
}

/**
 * What newer versions of Node.js do by themselves and Lambda switches off up to nodejs22.x, unless NODE_OPTIONS asks for it
 * (Lambda Developer Guide, "Building Lambda functions with Node.js"); versions that cannot do it do not know the flag.
 */
function switchedOff({
  AWS_EXECUTION_ENV = "",
  NODE_OPTIONS = "",
}: InstanceOptions["environment"]): string[] {
  if (AWS_EXECUTION_ENV.endsWith("nodejs24.x")) return [];
  return ["experimental-require-module", "experimental-detect-module"]
    .filter((name) => process.allowedNodeEnvironmentFlags.has(`--${name}`))
    .filter((name) => !NODE_OPTIONS.split(/\s+/).includes(`--${name}`))
    .map((name) => `--no-${name}`);
}

const start = join(__dirname, "start.cjs");

/**
 * One execution environment of a function: a process with its own working directory, environment and memory limit, that
 * runs one event at a time and keeps its module state between them. Whatever a function does to its process is done to
 * nobody else. It is not a sandbox: the code has the rights of this user, and is not frozen between two events.
 */
export class Instance {
  /** The most memory seen, in bytes. */
  peakMemoryBytes = 0;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #usable = true;
  #reports: InstanceReport[] = [];
  #taker: ((report: InstanceReport) => void) | undefined;

  constructor({ environment, taskRoot, memoryMb, guard, inspectPort, onLog }: InstanceOptions) {
    // A process group of its own: Ctrl-C ends the runtime, which ends its instances when their runs are over.
    const memory = `--max-old-space-size=${memoryMb}`;
    const options = [memory, ...switchedOff(environment), ...inspectorOptions(inspectPort)];
    const command = [process.execPath, ...options, start];
    const [program = "", ...values] = [...wrapperOf(environment, taskRoot), ...command];
    this.#process = spawn(program, values, {
      cwd: taskRoot,
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      detached: true,
      windowsHide: true,
    });
    const { pid } = this.#process;
    if (pid !== undefined) guard.watch(pid);
    // What does not go through the runtime's console: output of V8 and of processes that the function starts.
    eachLine(this.#process.stdout, (line) => onLog(`${line}\n`));
    eachLine(this.#process.stderr, (line) => onLog(`${line}\n`));
    eachLine(this.#process.stdio[4], (line) => this.#receive(JSON.parse(line), onLog));
    // The events of a process that is gone are lost; its end says so.
    for (const stream of this.#process.stdio) stream?.on("error", () => {});
    this.#exited = new Promise((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#usable = false;
        if (pid !== undefined) guard.release(pid);
        this.#report({ type: "exit", code, signal });
        resolve();
      };
      // What a shell would say of a program that is not there, or that it may not start.
      this.#process.once("error", (error: NodeJS.ErrnoException) =>
        ended(error.code === "EACCES" ? 126 : 127, null),
      );
      // Processes that the function started hold its output open; the environment ends with all of them.
      this.#process.once("exit", () => this.#kill());
      this.#process.once("close", ended);
    });
  }

  /** Whether it can run another event. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Waits until the handler is loaded, or failed to load. */
  loaded(): Promise<InstanceReport> {
    return this.#nextReport();
  }

  /** Hands the event to the handler; waits for its end. */
  run(event: EventMessage): Promise<InstanceReport> {
    this.#keepAlive(true);
    const events = this.#process.stdio[3];
    if (events instanceof Socket) events.write(`${JSON.stringify(event)}\n`);
    return this.#nextReport();
  }

  /** Lets this process end while the instance only waits for its next event. */
  rest(): void {
    this.#keepAlive(false);
  }

  async stop(): Promise<void> {
    this.#usable = false;
    // Whoever stops it goes on afterwards: with nothing else to do, Node.js would end before that.
    this.#keepAlive(true);
    this.#kill();
    await this.#exited;
  }

  #keepAlive(alive: boolean): void {
    const method = alive ? "ref" : "unref";
    this.#process[method]();
    for (const stream of this.#process.stdio) if (stream instanceof Socket) stream[method]();
  }

  /** With every process that the function started, where the system has process groups. */
  #kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      if (process.platform === "win32") this.#process.kill("SIGKILL");
      else process.kill(-pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  #receive(message: InstanceMessage, onLog: (text: string) => void): void {
    if (message.type === "log") {
      onLog(message.text);
      return;
    }
    if (message.type === "init-failure" || message.type === "fatal") this.#usable = false;
    if ("memoryBytes" in message) this.peakMemoryBytes = Math.max(this.peakMemoryBytes, message.memoryBytes);
    this.#report(message);
  }

  #report(report: InstanceReport): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#reports.push(report);
    else taker(report);
  }

  #nextReport(): Promise<InstanceReport> {
    const report = this.#reports.shift();
    if (report !== undefined) return Promise.resolve(report);
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }
}

/** The address goes to debuggers that ask for it over HTTP, not into the function's log. */
function inspectorOptions(port: number | undefined): readonly string[] {
  return port === undefined ? [] : [`--inspect=127.0.0.1:${port}`, "--inspect-publish-uid=http"];
}

/** Lambda Developer Guide, "Wrapper scripts": a program of the function's own that starts the runtime. */
function wrapperOf(environment: Readonly<Record<string, string>>, taskRoot: string): string[] {
  const { AWS_LAMBDA_EXEC_WRAPPER: wrapper, LAMBDA_RUNTIME_DIR = "" } = environment;
  const optDir = join(LAMBDA_RUNTIME_DIR, "opt");
  return wrapper === undefined
    ? []
    : [wrapper.replace(/^\/var\/task(?=\/)/, taskRoot).replace(/^\/opt(?=\/)/, optDir)];
}

/** Calls `handle` with each line, also with a last one that has no newline. */
function eachLine(stream: ChildProcess["stdio"][number] | undefined, handle: (line: string) => void): void {
  if (!(stream instanceof Socket)) return;
  let pieces: string[] = [];
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = text.split("\n");
    const rest = lines.pop() ?? "";
    for (const line of lines) {
      handle(pieces.join("") + line);
      pieces = [];
    }
    if (rest !== "") pieces.push(rest);
  });
  stream.on("end", () => {
    if (pieces.length > 0) handle(pieces.join(""));
  });
}
