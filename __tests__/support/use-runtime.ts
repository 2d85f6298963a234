import type { Defence } from "../../local/console/defences/defence";
import { startTestRuntime, type TestRuntime, type TestRuntimeOptions } from "./local-runtime";
import { WarmPort } from "./warm-port";

/** A runtime for the tests of this file or `describe`: started before the first of them, closed after the last. */
export function useRuntime(options?: TestRuntimeOptions): TestRuntime {
  let running: TestRuntime | undefined;
  const current = useValue(async () => {
    running = await startTestRuntime(options);
    return running;
  });
  afterAll(() => running?.close());
  return {
    get runtime() {
      return current().runtime;
    },
    get lines() {
      return current().lines;
    },
    get notices() {
      return current().notices;
    },
    get scene() {
      return current().scene;
    },
    token: (pool) => current().token(pool),
    signIn: (pool) => current().signIn(pool),
    send: (request) => current().send(request),
    aws: (target, input) => current().aws(target, input),
    close: () => current().close(),
  };
}

export interface Runtimes {
  /** What `act` finds out about a runtime with these options. */
  withRuntime<T>(options: TestRuntimeOptions, act: (test: TestRuntime) => Promise<T>): Promise<T>;
  /** A runtime from which that defence is taken out; the same one until another is asked for. */
  without(defence: Defence): Promise<TestRuntime>;
}

/** Runtimes that differ in something, for the tests of this file or `describe`: one after the other, on a port that keeps functions warm. */
export function useRuntimes(common: TestRuntimeOptions = {}): Runtimes {
  const port = new WarmPort();
  afterAll(() => port.close());
  let takenOut: { readonly defence: Defence; readonly test: TestRuntime } | undefined;
  const serve = (options: TestRuntimeOptions) => {
    takenOut = undefined;
    return port.serve({ ...common, ...options });
  };
  return {
    withRuntime: async (options, act) => act(await serve(options)),
    async without(defence) {
      if (takenOut?.defence !== defence) takenOut = { defence, test: await serve({ without: [defence] }) };
      return takenOut.test;
    },
  };
}

/** What takes time to get, once before the tests of this file or `describe`. */
export function useValue<T>(make: () => Promise<T>): () => T {
  const values: T[] = [];
  beforeAll(async () => {
    values.push(await make());
  });
  return () => {
    const [value] = values;
    if (value === undefined) throw new Error("beforeAll has not run, or has failed");
    return value;
  };
}
