import { ListenError } from "../../local/front-door/server";
import { Kept } from "../../local/kernel/kept";
import { within } from "../../local/kernel/within";
import { WarmInstances } from "../../local/services/lambda/warm-instances";
import { startTestRuntime, type TestRuntime, type TestRuntimeOptions } from "./local-runtime";

const PATIENCE_MS = 250;

/**
 * A port for runtimes that serve one after the other. Each of them is new, but the functions' instances of the one before it wait
 * there with their credentials: a function that is the same in both goes on in its process, as on AWS.
 */
export class WarmPort {
  readonly #warm = new WarmInstances();
  readonly #sessions = new Map<string, unknown>();
  readonly #sessionsByKey = new Map<string, unknown>();
  #port = 0;
  #current: TestRuntime | undefined;

  /** Serves with these options, and ends what was served before. */
  async serve(options: TestRuntimeOptions): Promise<TestRuntime> {
    await this.#end();
    const startAt = (port: number) => startTestRuntime({ ...options, port, kept: this.#kept() });
    const current = await startAt(this.#port).catch((error: unknown) => {
      // Somebody else has got the port meanwhile: functions start anew at another one.
      if (error instanceof ListenError) return startAt(0);
      throw error;
    });
    this.#current = current;
    this.#port = current.runtime.port;
    return current;
  }

  async close(): Promise<void> {
    await this.#end();
    await this.#warm.close();
  }

  async #end(): Promise<void> {
    const former = this.#current;
    this.#current = undefined;
    if (former === undefined) return;
    // An instance that is at work when its runtime is closed is not one that waits.
    await within(PATIENCE_MS, former.runtime.settled());
    await former.close();
  }

  /** What the services find here and go on with: nothing else of the former runtime's. */
  #kept(): Kept {
    const kept = new Kept();
    kept.of("lambda: warm instances", () => this.#warm);
    kept.of("role sessions", () => this.#sessions);
    kept.of("role sessions by access key", () => this.#sessionsByKey);
    return kept;
  }
}
