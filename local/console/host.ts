import type { Deployment } from "../deployment/deployment";
import { Activity } from "../kernel/activity";
import { Inbox } from "../kernel/inbox";
import { Kept } from "../kernel/kept";
import { TraceLog } from "../kernel/trace";
import { within } from "../kernel/within";
import { startRuntime } from "../runtime";
import type { Runtime, RuntimeOptions } from "../runtime-options";
import { EditableDeployment } from "./editable-deployment";

export type HostOptions = Omit<RuntimeOptions, "traces" | "activity" | "inbox" | "kept">;

/** Takes something out of a copy of the deployment. */
export type Patch = (deployment: EditableDeployment) => void;

/** What is served since when. */
interface Generation {
  readonly since: number;
  /** Ids of the patches that it was started with. */
  readonly patched: readonly string[];
}

const MOST_PATIENCE_MS = 250;

/** What a restart cannot take along. */
export const LOST = [
  "messages on their way for longer than a quarter of a second",
  "the levels of the throttle's buckets and of quotas",
  "sign-ins that had not come to an end",
];

/**
 * Serves a deployment and serves it again, changed, on the same port. Requests, runs, log lines, messages in queues, what the web ACL
 * counted, users, groups, devices, sessions, the pools' keys and the warm instances of functions outlive that, so that a token of
 * before is as good after it. The deployment itself is never changed: each start gets a copy.
 */
export class Host {
  state: "running" | "restarting" | "failed" = "running";
  readonly #generations: Generation[];
  #runtime: Runtime;
  #deployment: Deployment;
  #patches: ReadonlyMap<string, Patch> = new Map();
  readonly #changed = new Set<() => void>();
  readonly #noticed: Set<(text: string) => void>;
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(
    private readonly options: HostOptions,
    private readonly shared: Required<Pick<RuntimeOptions, "traces" | "activity" | "inbox" | "kept">>,
    runtime: Runtime,
    noticed: Set<(text: string) => void>,
  ) {
    this.#noticed = noticed;
    this.#runtime = runtime;
    this.#deployment = options.deployment;
    this.#generations = [{ since: this.now(), patched: [] }];
  }

  /** @throws as `startRuntime` */
  static async start(options: HostOptions): Promise<Host> {
    const shared = {
      traces: new TraceLog(),
      activity: new Activity(),
      inbox: new Inbox(),
      kept: new Kept(),
    };
    const noticed = new Set<(text: string) => void>();
    const onNotice = (text: string) => {
      options.onNotice?.(text);
      for (const listener of noticed) listener(text);
    };
    const own = { ...options, onNotice };
    return new Host(own, shared, await startRuntime({ ...own, ...shared }), noticed);
  }

  get runtime(): Runtime {
    return this.#runtime;
  }

  /** The deployment as it was given, without any patch. */
  get original(): Deployment {
    return this.#deployment;
  }

  get generation(): number {
    return this.#generations.length;
  }

  get patched(): readonly string[] {
    return this.#generations.at(-1)?.patched ?? [];
  }

  /** When the services were started last. */
  get since(): number {
    return this.#generations.at(-1)?.since ?? 0;
  }

  /** What was patched at that time. */
  patchedAt(time: number): readonly string[] {
    return this.#generations.findLast(({ since }) => since <= time)?.patched ?? [];
  }

  now(): number {
    return this.options.clock?.now() ?? Date.now();
  }

  /** Tells of what the terminal is told. @returns what ends that */
  onNotice(listener: (text: string) => void): () => void {
    this.#noticed.add(listener);
    return () => void this.#noticed.delete(listener);
  }

  /** @returns what ends that */
  onChanged(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /**
   * Serves the deployment with these patches, on the same port.
   *
   * @throws as `startRuntime`; the deployment without patches is served then
   */
  serveWith(patches: ReadonlyMap<string, Patch>): Promise<void> {
    return this.#queue(() => this.#restart(this.#deployment, patches, new Map()));
  }

  /**
   * Serves another deployment, on the same port and with the patches in force.
   *
   * @throws as `startRuntime`; the former one is served on then
   */
  serve(deployment: Deployment): Promise<void> {
    return this.#queue(() => this.#restart(deployment, this.#patches, this.#patches));
  }

  /** Resolves when nothing is being started anew. */
  async ready(): Promise<void> {
    await this.#work.catch(() => {});
  }

  /** What is asked of it from now on is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.ready();
    await this.#runtime.close();
    await this.shared.kept.close();
  }

  #queue(task: () => Promise<void>): Promise<void> {
    const work = this.#work
      .catch(() => {})
      .then(() => {
        if (this.#closed) throw new Error("nothing is served anew: the services are being closed");
        return task();
      });
    this.#work = work;
    return work;
  }

  /** @param otherwise the patches with which the present deployment is served where this fails */
  async #restart(
    deployment: Deployment,
    patches: ReadonlyMap<string, Patch>,
    otherwise: ReadonlyMap<string, Patch>,
  ): Promise<void> {
    const { port } = this.#runtime;
    this.#become("restarting");
    // What a request has set off comes to its end, unless it takes long.
    await within(MOST_PATIENCE_MS, this.#runtime.settled());
    await this.#runtime.close();
    // A function of another deployment may have other code in the same place.
    if (deployment !== this.#deployment) await this.shared.kept.close();
    try {
      await this.#start(deployment, port, patches);
    } catch (error) {
      await this.#start(this.#deployment, port, otherwise).catch((reason: unknown) => {
        this.#become("failed");
        throw reason;
      });
      throw error;
    }
  }

  async #start(original: Deployment, port: number, patches: ReadonlyMap<string, Patch>): Promise<void> {
    const copy = new EditableDeployment(original);
    for (const patch of patches.values()) patch(copy);
    const deployment = copy.toDeployment();
    this.#runtime = await startRuntime({ ...this.options, ...this.shared, deployment, port });
    this.#deployment = original;
    this.#patches = patches;
    this.#generations.push({ since: this.now(), patched: [...patches.keys()] });
    this.#become("running");
  }

  #become(state: Host["state"]): void {
    this.state = state;
    for (const listener of this.#changed) listener();
  }
}
