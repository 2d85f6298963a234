import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  administrator,
  functionArn,
  outOfTime,
  type TestFunction,
  useWorld,
  useWorlds,
  type World,
} from "./support";

const createWorld = useWorlds();

const start = (...functions: readonly TestFunction[]) => createWorld({ functions });

const invoke = (started: World, name: string, event: unknown = {}) =>
  started.functions.invoke({
    functionArn: functionArn(name),
    payload: JSON.stringify(event),
    principal: administrator,
  });

const errorOf = (payload: string): { errorType: string; errorMessage: string; trace: string[] } =>
  JSON.parse(payload);

/** Each does what the event's `act` says: one process shows all that a handler of its kind may do. */
const asynchronous: TestFunction = {
  name: "Async",
  source: `
    let count = 0;
    const acts = {
      echo: (event) => ({ got: event.name }),
      nothing: () => {},
      count: () => ++count,
      context: (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() }),
      environment: () => process.env,
      error: () => { throw new TypeError("no " + ++count); },
      text: () => { throw "plain"; },
      circle: () => { const a = {}; a.a = a; return a; },
    };
    export const handler = async (event, context) => acts[event.act](event, context);`,
  values: {
    memory_size: 256,
    timeout: 5,
    environment: [{ variables: { GREETING: "Hello", AWS_ENDPOINT_URL: "http://elsewhere" } }],
  },
};
const callingBack: TestFunction = {
  name: "Callback",
  source: `
    const acts = {
      late: (callback) => { setTimeout(() => console.log("late"), 1); callback(null, "called"); },
      never: () => new Promise(() => {}),
      thrown: () => { throw new RangeError("sync"); },
      error: (callback) => callback(new Error("called")),
    };
    export const handler = (event, context, callback) => acts[event.act](callback);`,
};

describe("a function's run", () => {
  const shared = useWorld({ functions: [asynchronous, callingBack] });

  test("hands the event to the handler and answers with its result as JSON", async () => {
    const result = await invoke(shared(), "Async", { act: "echo", name: "Ada" });

    expect(result).toMatchObject({ ok: true, payload: '{"got":"Ada"}' });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test("answers null for a handler that returns nothing", async () => {
    const result = await invoke(shared(), "Async", { act: "nothing" });

    expect(result).toMatchObject({ ok: true, payload: "null" });
  });

  test("keeps the module state of a warm instance between events", async () => {
    await invoke(shared(), "Async", { act: "count" });
    const second = await invoke(shared(), "Async", { act: "count" });

    expect(second.payload).toBe("2");
  });

  test("runs events side by side on instances of their own", async () => {
    const started = start({
      name: "Slow",
      source:
        "import { readdirSync, writeFileSync } from 'node:fs'; let count = 0; export const handler = async (folder) => { const own = ++count; writeFileSync(`${folder}/${process.pid}`, ''); while (readdirSync(folder).length < 2) await new Promise((next) => setTimeout(next, 5)); return own; };",
    });

    const meeting = mkdtempSync(join(tmpdir(), "meeting "));

    const results = await Promise.all([invoke(started, "Slow", meeting), invoke(started, "Slow", meeting)]);
    rmSync(meeting, { recursive: true });

    expect(results.map((result) => result.payload)).toEqual(["1", "1"]);
  });

  test("loads a CommonJS module, a nested export and a file in a subfolder's stead", async () => {
    const started = start(
      { name: "Common", file: "index.js", source: "exports.handler = async () => 'common';" },
      {
        name: "Nested",
        file: "index.cjs",
        source: "module.exports = { a: { b: () => Promise.resolve('nested') } };",
        values: { handler: "index.a.b" },
      },
    );

    const results = await Promise.all([invoke(started, "Common"), invoke(started, "Nested")]);

    expect(results.map((result) => result.payload)).toEqual(['"common"', '"nested"']);
  });

  test("waits for a callback and for the event loop to be empty", async () => {
    const result = await invoke(shared(), "Callback", { act: "late" });

    expect(result).toMatchObject({ ok: true, payload: '"called"' });
    expect(result.logTail).toContain("\tINFO\tlate\n");
  });

  test("answers a callback at once when the function says so", async () => {
    const started = start({
      name: "Hurried",
      source:
        "export const handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1000); callback(null, 'now'); };",
    });

    const result = await invoke(started, "Hurried");

    expect(result).toMatchObject({ ok: true, payload: '"now"' });
  });

  test("answers null when neither result nor callback ever comes, and goes on to serve", async () => {
    const never = () => invoke(shared(), "Callback", { act: "never" });

    const results = [await never(), await never()];

    expect(results).toMatchObject([
      { ok: true, payload: "null" },
      { ok: true, payload: "null" },
    ]);
  });

  test("gives the handler the documented context", async () => {
    const result = await invoke(shared(), "Async", { act: "context" });

    const context = JSON.parse(result.payload);
    expect(context).toMatchObject({
      functionName: "Async",
      functionVersion: "$LATEST",
      invokedFunctionArn: functionArn("Async"),
      memoryLimitInMB: "256",
      awsRequestId: result.requestId,
      logGroupName: "/aws/lambda/Async",
      callbackWaitsForEmptyEventLoop: true,
    });
    expect(context.logStreamName).toMatch(/^2025\/10\/26\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(context.remaining).toBeGreaterThan(0);
    expect(context.remaining).toBeLessThanOrEqual(5000);
  });

  test("gives the function its own environment and nothing of the host's", async () => {
    process.env.HOST_SECRET = "do not leak";
    const started = start(asynchronous);

    const result = await invoke(started, "Async", { act: "environment" });

    delete process.env.HOST_SECRET;
    const env = JSON.parse(result.payload);
    expect(env).toMatchObject({
      GREETING: "Hello",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ENDPOINT_URL: "http://127.0.0.1:3000",
      AWS_LAMBDA_FUNCTION_NAME: "Async",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/Async",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session",
      _HANDLER: "index.handler",
      TZ: ":UTC",
    });
    expect(env).not.toHaveProperty("HOST_SECRET");
  });
});

describe("a function that fails", () => {
  const shared = useWorld({ functions: [asynchronous, callingBack] });

  test("reports a thrown error as Lambda's runtime does and stays warm", async () => {
    await invoke(shared(), "Async", { act: "error" });
    const result = await invoke(shared(), "Async", { act: "error" });

    expect(result).toMatchObject({ ok: false, cause: "error" });
    const error = errorOf(result.payload);
    expect(error).toMatchObject({ errorType: "TypeError", errorMessage: "no 2" });
    expect(error.trace[0]).toBe("TypeError: no 2");
    expect(result.logTail).toMatch(
      /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"no 2","stack":\[/,
    );
  });

  test.each([
    ["a string", "Async", "text", { errorType: "string", errorMessage: "plain", trace: [] }],
    ["from a synchronous handler", "Callback", "thrown", { errorType: "RangeError", errorMessage: "sync" }],
    ["by callback", "Callback", "error", { errorType: "Error", errorMessage: "called" }],
    [
      ...["with a result that is not JSON", "Async", "circle"],
      { errorType: "Error", errorMessage: "Unable to stringify response body" },
    ],
  ] as const)("reports an error thrown as %s", async (_, name, act, expected) => {
    const result = await invoke(shared(), name, { act });

    expect(result.ok).toBe(false);
    expect(errorOf(result.payload)).toMatchObject(expected);
  });

  test.each([
    [
      "a module that is not there",
      { file: "other.mjs", source: "" },
      "Runtime.ImportModuleError",
      "Error: Cannot find module 'index'",
    ],
    [
      "a dependency that is not there, required",
      { file: "index.js", source: "require('no-such-package');" },
      "Runtime.ImportModuleError",
      "Error: Cannot find module 'no-such-package'\nRequire stack:\n- ",
    ],
    [
      "a dependency that is not there, imported",
      { source: "import 'no-such-package';" },
      "Error",
      "Cannot find package 'no-such-package' imported from ",
    ],
    ["a syntax error", { source: "export const = 1;" }, "Runtime.UserCodeSyntaxError", "SyntaxError"],
    [
      "a handler that is not exported",
      { source: "export const other = 1;" },
      "Runtime.HandlerNotFound",
      "index.handler is undefined or not exported",
    ],
    [
      "a handler that is not a function",
      { source: "export const handler = 1;" },
      "Runtime.HandlerNotFound",
      "index.handler is not a function",
    ],
    [
      "a handler name without a dot",
      { source: "", values: { handler: "index" } },
      "Runtime.MalformedHandlerName",
      "Bad handler",
    ],
    ["a module that throws", { source: "throw new RangeError('at start');" }, "RangeError", "at start"],
  ])("reports %s as an error of initialization", async (_, given, type, message) => {
    const started = start({ name: "Init", ...given });

    const result = await invoke(started, "Init");

    expect(result).toMatchObject({ ok: false, cause: "error" });
    expect(errorOf(result.payload)).toMatchObject({
      errorType: type,
      errorMessage: expect.stringContaining(message),
    });
    expect(started.log("Init").join("")).toMatch(
      new RegExp(
        `INIT_REPORT Init Duration: \\d+\\.\\d\\d ms\\tPhase: init\\tStatus: error\\tError Type: ${type}\\n`,
      ),
    );
  });

  test("reports process.exit as the end of the runtime and starts a new instance for the next event", async () => {
    const started = start({
      name: "Exit",
      source:
        "let count = 0; export const handler = async (event) => { count += 1; if (event.exit) process.exit(3); return count; };",
    });

    const result = await invoke(started, "Exit", { exit: true });
    const next = await invoke(started, "Exit");

    const errorMessage = `RequestId: ${result.requestId} Error: Runtime exited with error: exit status 3`;
    expect(result).toMatchObject({ ok: false, cause: "crash" });
    expect(JSON.parse(result.payload)).toEqual({ errorType: "Runtime.ExitError", errorMessage });
    expect(result.logTail).toContain(`${errorMessage}\nRuntime.ExitError\n`);
    expect(result.logTail).toMatch(/Status: error\tError Type: Runtime\.ExitError\t\n$/);
    expect(next.payload).toBe("1");
  });

  test("reports process.exit(0), too", async () => {
    const started = start({ name: "Exit0", source: "export const handler = async () => process.exit(0);" });

    const result = await invoke(started, "Exit0");

    expect(errorOf(result.payload).errorMessage).toMatch(/Error: Runtime exited without providing a reason$/);
  });

  test("ends an instance that takes more memory than the function has, and no other", async () => {
    const started = start(
      {
        name: "Hungry",
        source:
          "export const handler = async () => { const all = []; for (;;) all.push(new Array(1e7).fill(0.5)); };",
        values: { timeout: 60 },
      },
      { name: "Modest", source: "export const handler = async () => 'still here';" },
    );

    const result = await invoke(started, "Hungry");
    const other = await invoke(started, "Modest");

    expect(result).toMatchObject({ ok: false, cause: "crash" });
    expect(errorOf(result.payload)).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("signal: aborted"),
    });
    expect(other.payload).toBe('"still here"');
  }, 60_000);

  test("gets no more memory than it has, and neither do its threads, while it is loaded and later", async () => {
    const started = start({
      name: "Threads",
      source: `
        import { getHeapStatistics } from "node:v8";
        import { Worker } from "node:worker_threads";
        const code = 'require("worker_threads").parentPort.postMessage(require("v8").getHeapStatistics().heap_size_limit)';
        const ofThread = () => new Promise((resolve) => new Worker(code, { eval: true }).once("message", resolve));
        const first = await ofThread();
        export const handler = async () => [getHeapStatistics().heap_size_limit, first, await ofThread()];`,
      values: { memory_size: 256 },
    });

    const { payload } = await invoke(started, "Threads");

    for (const bytes of JSON.parse(payload)) {
      expect(bytes).toBeGreaterThan(256 * 1024 ** 2);
      expect(bytes).toBeLessThan(512 * 1024 ** 2);
    }
  });

  test.each([
    [
      "an error outside of the handler's promise",
      "export const handler = () => new Promise(() => { setTimeout(() => { throw new Error('outside'); }, 1); });",
      "Error",
      "outside",
      "Uncaught Exception",
    ],
    [
      "a rejection that nobody handles",
      "export const handler = () => { Promise.reject(new Error('lost')); return new Promise(() => setTimeout(() => {}, 5000)); };",
      "Runtime.UnhandledPromiseRejection",
      "Error: lost",
      "Unhandled Promise Rejection",
    ],
  ])("reports %s and gives the instance up", async (_, source, errorType, errorMessage, logged) => {
    const started = start({ name: "Outside", source: `let count = 0; ${source}` });

    const result = await invoke(started, "Outside");

    expect(result.ok).toBe(false);
    expect(errorOf(result.payload)).toMatchObject({ errorType, errorMessage });
    expect(result.logTail).toContain(`\tERROR\t${logged} `);
  });

  test("ends a function at its timeout, even one that never yields", async () => {
    const started = start({
      name: "Endless",
      source:
        "let count = 0; export const handler = async (event) => { count += 1; if (event.endless) { console.log('last words'); for (;;); } return count; };",
      values: { timeout: 1 },
    });

    const result = await outOfTime(
      started,
      "Endless",
      invoke(started, "Endless", { endless: true }),
      "last words",
    );
    const next = await invoke(started, "Endless");

    expect(result).toMatchObject({ ok: false, cause: "timeout" });
    expect(JSON.parse(result.payload)).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(result.logTail).toContain(
      `2025-10-26T12:00:00.000Z ${result.requestId} Task timed out after 1.00 seconds\n\n`,
    );
    expect(result.logTail).toMatch(/Status: timeout\t\n$/);
    expect(result.logTail).toContain("\tINFO\tlast words\n");
    expect(next.payload).toBe("1");
  });
});
