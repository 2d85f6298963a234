import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FunctionSettings } from "./function-settings";
import type { EventMessage, InstanceData, InstanceMessage } from "./instance-messages";

/** The end of an instance's thread: by itself (`process.exit`), for want of memory, or stopped. */
export interface InstanceExit {
  readonly type: "exit";
  readonly code: number;
  readonly outOfMemory: boolean;
}

export type InstanceReport = Exclude<InstanceMessage, { type: "log" }> | InstanceExit;

/**
 * One execution environment of a function: a worker thread with its own modules, environment and memory limit, that
 * runs one event at a time and keeps its module state between them. It is no sandbox: the code has the rights of this
 * process, and is not frozen between two events.
 */
export class Instance {
  /** The most memory seen, in bytes: the thread's own heap, which is less than what AWS counts. */
  peakMemoryBytes = 0;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #usable = true;
  #reports: InstanceReport[] = [];
  #taker: ((report: InstanceReport) => void) | undefined;

  constructor(
    settings: FunctionSettings,
    environment: Readonly<Record<string, string>>,
    readonly logStream: string,
    private readonly onLog: (text: string) => void,
  ) {
    const data: InstanceData = {
      codeFolder: settings.codeFolder,
      handler: settings.handler,
      context: {
        functionName: settings.name,
        functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION ?? "$LATEST",
        memoryLimitInMB: String(settings.memoryMb),
        logGroupName: settings.logGroup,
        logStreamName: logStream,
      },
    };
    // The only option of NODE_OPTIONS that a thread can have for itself; the others are this process's own.
    const sourceMaps = environment.NODE_OPTIONS?.split(/\s+/).includes("--enable-source-maps") ?? false;
    const { NODE_OPTIONS: _, ...env } = environment;
    this.#worker = new Worker(join(__dirname, "instance-bootstrap.mjs"), {
      name: settings.name,
      workerData: data,
      env,
      execArgv: sourceMaps ? ["--enable-source-maps"] : [],
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
    });
    let outOfMemory = false;
    this.#worker.on("message", (message: InstanceMessage) => this.#receive(message));
    this.#worker.on("error", (error: object) => {
      outOfMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#usable = false;
        this.#report({ type: "exit", code, outOfMemory });
        resolve();
      });
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
    this.#worker.ref();
    this.#worker.postMessage(event);
    return this.#nextReport();
  }

  /** Lets the process end while the instance only waits for its next event. */
  rest(): void {
    this.#worker.unref();
  }

  async stop(): Promise<void> {
    this.#usable = false;
    await this.#worker.terminate();
    await this.#exited;
  }

  #receive(message: InstanceMessage): void {
    if (message.type === "log") {
      this.onLog(message.text);
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
