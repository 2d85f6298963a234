import { type Clock, StandingClock } from "./kernel/clock";
import type { Mail } from "./kernel/inbox";
import type { RequestTrace } from "./kernel/trace";
import { UserError } from "./kernel/user-error";
import { startRuntime } from "./runtime";
import type { Runtime, RuntimeOptions } from "./runtime-options";
import { deploymentOf, type Source } from "./source";
import { TestUser } from "./test-user";

/** What a test sends: what `fetch` takes, and the sender. */
export interface TestRequest extends Omit<RequestInit, "body" | "headers"> {
  readonly headers?: Readonly<Record<string, string>>;
  /** The user pool whose test user calls, by name: `MyUserPool1`. Left out for a call without a token. */
  readonly as?: string;
  /** Goes as JSON, with POST unless `method` says otherwise. */
  readonly json?: unknown;
  readonly body?: string;
  /** The name of an API key of the deployment. */
  readonly apiKey?: string;
}

/** A served deployment in a test's hands. */
export interface TestApi {
  readonly runtime: Runtime;
  /** Stands still until the test moves it. Starts at the system's time, rounded to a second. */
  readonly clock: MovableClock;
  /** Sends a request to the first stage: `fetch("/orders/1", { as: "MyUserPool1" })`. */
  fetch(path: string, request?: TestRequest): Promise<Response>;
  /** An ID token of the pool's test user. */
  token(pool: string): Promise<string>;
  /** How the newest request went through the layers: which one decided it, and why. */
  lastRequest(): RequestTrace;
  /** What a function has logged, once nothing is on its way any more. */
  logs(functionName: string): Promise<string[]>;
  /** The bodies of the messages that wait in a queue, once nothing is on its way any more. */
  queued(queueName: string): Promise<string[]>;
  /** What AWS would have sent to people by e-mail or as a text message, oldest first. */
  mails(): readonly Mail[];
}

export interface MovableClock extends Clock {
  advance(seconds: number): void;
}

export type TestOptions = Pick<
  RuntimeOptions,
  "faults" | "managedRules" | "retryDelayScale" | "makeKeyPair" | "ownEndpoints"
>;

/**
 * Serves a deployment on a free port, with a user in each pool and a clock that stands still.
 *
 * @throws as `start` of the package
 */
export async function startTestApi(
  options: Source & TestOptions = {},
): Promise<TestApi & { close(): Promise<void> }> {
  const clock = movableClock();
  const deployment = deploymentOf(options);
  const runtime = await startRuntime({ ...options, deployment, port: 0, clock });
  const { ports, call } = runtime.inside;
  const users = new Map(runtime.userPools.map((pool) => [pool.name, new TestUser(pool, call, clock)]));
  for (const { id, name } of runtime.userPools) {
    const user = users.get(name);
    if (user !== undefined) runtime.createUser(id, user);
  }
  const named = (type: string, key: string, name: string, attribute: string): string => {
    const resource = deployment.find(type, key, name);
    if (resource !== undefined) return resource.string(attribute);
    const known = deployment.ofType(type).map((other) => other.string(key));
    throw new TestApiError(
      `the deployment has no ${type} ${JSON.stringify(name)}; it has ${known.join(", ") || "none"}`,
    );
  };

  const token = async (name: string): Promise<string> => {
    const user = users.get(name);
    if (user === undefined)
      throw new TestApiError(
        `the deployment has no user pool ${JSON.stringify(name)}; it has ${[...users.keys()].join(", ")}`,
      );
    return user.idToken();
  };
  return {
    runtime,
    clock,
    token,
    async fetch(path, { as, json, apiKey, headers = {}, ...init } = {}) {
      const [url] = runtime.invokeUrls;
      return fetch(`${url}${path}`, {
        ...(json === undefined ? {} : { method: "POST", body: JSON.stringify(json) }),
        ...init,
        headers: {
          ...(json === undefined ? {} : { "Content-Type": "application/json" }),
          ...(as === undefined ? {} : { Authorization: await token(as) }),
          ...(apiKey === undefined
            ? {}
            : { "x-api-key": named("aws_api_gateway_api_key", "name", apiKey, "value") }),
          ...headers,
        },
      });
    },
    lastRequest() {
      const [trace] = runtime.traces.recent(1);
      if (trace === undefined) throw new TestApiError("no request has been sent yet");
      return trace;
    },
    async logs(functionName) {
      named("aws_lambda_function", "function_name", functionName, "function_name");
      await runtime.settled();
      const { events } = await call("logs", "FilterLogEvents", {
        logGroupName: `/aws/lambda/${functionName}`,
      });
      return (events as { readonly message: string }[]).map(({ message }) => message);
    },
    async queued(queueName) {
      const arn = named("aws_sqs_queue", "name", queueName, "arn");
      await runtime.settled();
      return ports.queues.look(arn).map(({ body }) => body);
    },
    mails: () => runtime.inbox.recent().reverse(),
    close: () => runtime.close(),
  };
}

/** A call of the helper that cannot be answered. */
export class TestApiError extends UserError {
  override readonly name = "TestApiError";
}

/** The hooks of a test runner that has them as globals, as jest does, and vitest with `globals: true`. */
export interface TestHooks {
  beforeAll(work: () => Promise<void>): unknown;
  afterAll(work: () => Promise<void>): unknown;
}

/**
 * Starts what `start` starts before the first test of the file or block, and closes it after the last.
 *
 * @param hooks of the test runner. @default its globals
 */
export function useTestApi(
  start: () => Promise<TestApi & { close(): Promise<void> }>,
  hooks: TestHooks = globalThis as unknown as TestHooks,
): TestApi {
  let running: (TestApi & { close(): Promise<void> }) | undefined;
  hooks.beforeAll(async () => {
    running = await start();
  });
  hooks.afterAll(async () => running?.close());
  const current = (): TestApi => {
    if (running === undefined)
      throw new TestApiError("the API is served from beforeAll on; use it inside a test");
    return running;
  };
  return {
    get runtime() {
      return current().runtime;
    },
    get clock() {
      return current().clock;
    },
    fetch: (...args) => current().fetch(...args),
    token: (pool) => current().token(pool),
    lastRequest: () => current().lastRequest(),
    logs: (name) => current().logs(name),
    queued: (name) => current().queued(name),
    mails: () => current().mails(),
  };
}

function movableClock(): MovableClock {
  const clock = new StandingClock(Math.floor(Date.now() / 1000) * 1000);
  return {
    now: () => clock.now(),
    onMoved: (listener) => clock.onMoved(listener),
    advance: (seconds) => clock.move(seconds * 1000),
  };
}
