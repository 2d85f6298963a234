import type { StartedInstance } from "./instances";
import { ProcessGuard } from "./process-guard";
import { TaskRoots } from "./task-roots";

/**
 * Instances that wait for their next event while the services are started anew, and what they live on. As on AWS, an environment
 * goes on where nothing of its own function has changed.
 */
export class WarmInstances {
  readonly roots = new TaskRoots();
  readonly guard = new ProcessGuard(() => this.roots.folder);
  readonly #waiting: StartedInstance[] = [];

  keep(started: StartedInstance): void {
    this.#waiting.push(started);
  }

  take(startedWith: string): StartedInstance | undefined {
    const isSame = (started: StartedInstance) => started.startedWith === startedWith;
    const index = this.#waiting.findLastIndex((started) => isSame(started) && started.instance.usable);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  /** Ends those that wait. */
  async stop(): Promise<void> {
    await Promise.all(this.#waiting.splice(0).map(({ instance }) => instance.stop()));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.roots.close();
    this.guard.close();
  }
}
