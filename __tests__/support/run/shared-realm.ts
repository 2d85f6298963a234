import { ModernFakeTimers } from "@jest/fake-timers";
import { ModuleMocker } from "jest-mock";

/**
 * A suite runs in the realm of its worker, and leaves the environment, the console and the working directory as it found them.
 * Jest's own environment is a context for each suite, whose every global is read through a proxy, and for which every module is
 * compiled anew.
 */
export default class SharedRealm {
  readonly global = globalThis;
  readonly moduleMocker = new ModuleMocker(globalThis);
  readonly fakeTimersModern: ModernFakeTimers;
  readonly #found = { console, env: { ...process.env }, directory: process.cwd(), exit: process.exit };

  constructor({
    projectConfig,
  }: { projectConfig: ConstructorParameters<typeof ModernFakeTimers>[0]["config"] }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup(): Promise<void> {}

  async teardown(): Promise<void> {
    this.fakeTimersModern.dispose();
    globalThis.console = this.#found.console;
    process.exit = this.#found.exit;
    process.chdir(this.#found.directory);
    for (const name of Object.keys(process.env)) if (!(name in this.#found.env)) delete process.env[name];
    Object.assign(process.env, this.#found.env);
  }

  exportConditions(): string[] {
    return ["node", "node-addons"];
  }

  getVmContext(): null {
    return null;
  }
}
