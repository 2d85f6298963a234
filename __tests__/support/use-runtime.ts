import { startTestRuntime, type TestRuntime, type TestRuntimeOptions } from "./local-runtime";

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
