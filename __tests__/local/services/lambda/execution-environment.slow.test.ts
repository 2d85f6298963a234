import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { administrator, createWorld, functionArn, type TestFunction, useWorld, type World } from "./support";

let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

function run(fn: Omit<TestFunction, "name">, event: unknown = {}, name = "F") {
  world ??= createWorld({ functions: [{ ...fn, name }] });
  return runIn(world, event, name);
}

function runIn({ functions }: World, event: unknown, name = "F") {
  return functions.invoke({
    functionArn: functionArn(name),
    payload: JSON.stringify(event),
    principal: administrator,
  });
}

const answerOf = async (fn: Omit<TestFunction, "name">, event?: unknown) =>
  JSON.parse((await run(fn, event)).payload);

/** A function that runs the statements in its event. */
const running: TestFunction = {
  name: "F",
  source: `
    import fs, { writeFileSync as named } from "node:fs";
    const Statements = Object.getPrototypeOf(async () => {}).constructor;
    export const handler = async (statements) => {
      try {
        return await new Statements("fs", "named", "here", statements)(fs, named, import.meta.url);
      } catch (error) {
        return [error.code, error.errno];
      }
    };`,
};

describe("a function's files", () => {
  const files = useWorld({ functions: [running] });
  const resultOf = async (statements: string) => JSON.parse((await runIn(files(), statements)).payload);

  test("lie in the working directory, which is the task root", async () => {
    const [read, same, file] = await resultOf(
      "return [fs.readFileSync('./index.mjs', 'utf8').length > 0, process.cwd() === process.env.LAMBDA_TASK_ROOT, here]",
    );

    expect([read, same]).toEqual([true, true]);
    expect(fileURLToPath(file).endsWith(join("F", "task", "index.mjs"))).toBe(true);
  });

  test("are loaded by a runtime that is an ES module: there is no main module", async () => {
    expect(await resultOf("return [typeof process.mainModule]")).toEqual(["undefined"]);
  });

  test("can be written to in /tmp, and read anywhere", async () => {
    const file = join(tmpdir(), `written-by-a-function-${process.pid}`);
    const path = JSON.stringify(file);

    expect(
      await resultOf(
        `fs.writeFileSync(${path}, 'x'); fs.readdirSync('.'); return fs.readFileSync(${path}, 'utf8')`,
      ),
    ).toBe("x");
    rmSync(file);
  });

  test("are a copy, which is gone when the runtime closes", async () => {
    const root = await answerOf({ source: "export const handler = async () => process.cwd();" });
    expect(readdirSync(root)).toEqual(["index.mjs"]);

    await world?.close();

    expect(existsSync(root)).toBe(false);
  });

  // Lambda Developer Guide, "Lambda execution environment": only /tmp can be written to.
  test.each([
    ["writeFileSync", "fs.writeFileSync('./a.txt', '')"],
    [
      "writeFile with a callback",
      "await new Promise((r, j) => fs.writeFile('a.txt', '', (e) => e ? j(e) : r()))",
    ],
    ["fs.promises", "await fs.promises.writeFile(new URL('a.txt', here), '')"],
    ["a named import", "named('a.txt', '')"],
    [
      "a write stream",
      "await new Promise((r, j) => fs.createWriteStream('a.txt').on('error', j).on('finish', r).end('x'))",
    ],
    ["mkdir", "fs.mkdirSync('folder/deep', { recursive: true })"],
    ["unlink", "fs.unlinkSync('index.mjs')"],
    ["rename", "await fs.promises.rename('index.mjs', '/tmp/moved.mjs')"],
    ["rm", "fs.rmSync('index.mjs')"],
    ["opening to append", "fs.openSync('index.mjs', 'a')"],
    ["copying into it", "fs.copyFileSync('index.mjs', 'copy.mjs')"],
    ["a home folder", "fs.writeFileSync('/home/a.txt', '')"],
  ])("cannot be written to by %s", async (_, statement) => {
    expect(await resultOf(statement)).toEqual(["EROFS", -30]);
  });
});

describe("a function finds", () => {
  // The code lies in this project's folder, as synthesized code does, below its node_modules.
  test.each([
    [
      "a package that is not in its bundle, imported",
      "index.mjs",
      "import 'valibot'; export const handler = async () => 1;",
      "Error",
    ],
    [
      "a package that is not in its bundle, required",
      "index.js",
      "require('valibot'); exports.handler = async () => 1;",
      "Runtime.ImportModuleError",
    ],
    ["jest", "index.cjs", "require('jest'); exports.handler = async () => 1;", "Runtime.ImportModuleError"],
  ])("not: %s", async (_, file, source, errorType) => {
    const parent = join(process.cwd(), ".local");
    mkdirSync(parent, { recursive: true });
    world = createWorld({ functions: [{ name: "F", file, source }], parent });

    const answer = await answerOf({ file, source });

    expect(answer.errorType).toBe(errorType);
    expect(answer.errorMessage).toMatch(/Cannot find (package|module) '(valibot|jest)'/);
  });

  // Lambda Developer Guide, "Runtime-included SDK versions": version 3 from nodejs18.x on.
  test.each([
    [
      "index.mjs",
      "SNSClient",
      "import { SNSClient } from '@aws-sdk/client-sns'; export const handler = async () => SNSClient.name;",
    ],
    [
      "index.js",
      "fromEnv",
      "exports.handler = async () => require('@aws-sdk/credential-provider-env').fromEnv.name;",
    ],
  ])("the SDK that the runtime brings along, in %s: %s", async (file, name, source) => {
    expect(await answerOf({ file, source, values: { memory_size: 512, timeout: 30 } })).toBe(name);
  });
});

describe("an ES module in a CommonJS module", () => {
  const module = JSON.stringify(join(tmpdir(), "module.mjs"));
  const source = `
    require("node:fs").writeFileSync(${module}, "export const answer = 42;");
    exports.handler = async () => require(${module}).answer;`;
  const typed = "export const handler = async () => 42;";
  const asked = (NODE_OPTIONS: string) => ({ environment: [{ variables: { NODE_OPTIONS } }] });

  test.each(["nodejs20.x", "nodejs22.x"])("is not loaded by require in %s, as on AWS", async (runtime) => {
    expect(await answerOf({ file: "index.cjs", source, values: { runtime } })).toMatchObject({
      errorMessage: expect.stringContaining("require() of ES Module"),
    });
  });

  // Whether Node.js can do it here depends on its version.
  test("is loaded where NODE_OPTIONS asks for it", async () => {
    const values = asked("--experimental-require-module");

    expect(await answerOf({ file: "index.cjs", source, values })).toBe(42);
  });

  test("is not told by its syntax in nodejs22.x", async () => {
    expect(
      await answerOf({ file: "index.js", source: typed, values: { runtime: "nodejs22.x" } }),
    ).toMatchObject({
      errorType: "Runtime.UserCodeSyntaxError",
    });
  });
});

test("a part of the SDK that the project lacks is named in the log, with the remedy", async () => {
  const { logTail } = await run({ source: "import '@aws-sdk/client-no-such-service';" });

  expect(logTail).toContain("npm install --save-dev @aws-sdk/client-no-such-service\n");
});

describe("a function's environment", () => {
  const source =
    "export const handler = async (event, { clientContext }) => ({ env: process.env, clientContext });";
  const told = useWorld({
    functions: [
      { name: "F", source },
      { name: "Traced", source, values: { tracing_config: [{ mode: "Active" }] } },
    ],
  });
  const envOf = async (name: string) => JSON.parse((await runIn(told(), {}, name)).payload).env;

  test("is the documented one", async () => {
    const env = await envOf("F");

    // localstack's recording of test_introspection_invoke[nodejs22.x], the folders and the addresses apart.
    expect(Object.keys(env).sort()).toEqual([
      "AWS_ACCESS_KEY_ID",
      "AWS_DEFAULT_REGION",
      "AWS_ENDPOINT_URL",
      "AWS_EXECUTION_ENV",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
      "AWS_LAMBDA_FUNCTION_NAME",
      "AWS_LAMBDA_FUNCTION_VERSION",
      "AWS_LAMBDA_INITIALIZATION_TYPE",
      "AWS_LAMBDA_LOG_GROUP_NAME",
      "AWS_LAMBDA_LOG_STREAM_NAME",
      "AWS_LAMBDA_RUNTIME_API",
      "AWS_REGION",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_XRAY_CONTEXT_MISSING",
      "AWS_XRAY_DAEMON_ADDRESS",
      "LAMBDA_RUNTIME_DIR",
      "LAMBDA_TASK_ROOT",
      "LANG",
      "NODE_PATH",
      "PATH",
      "PWD",
      "SHLVL",
      "TZ",
      "_HANDLER",
      "_X_AMZN_TRACE_ID",
    ]);
    expect(env).toMatchObject({
      AWS_LAMBDA_RUNTIME_API: "169.254.100.1:9001",
      AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
      LANG: "en_US.UTF-8",
      PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
      PWD: env.LAMBDA_TASK_ROOT,
    });
  });

  test("has a trace of its own for each event, sampled only where tracing is active", async () => {
    const names = ["F", "F", "Traced"];
    const traces: string[] = [];
    for (const name of names) traces.push((await envOf(name))._X_AMZN_TRACE_ID);

    const pattern = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=(0|1)$/;
    expect(traces.map((trace) => pattern.exec(trace)?.[1])).toEqual(["0", "0", "1"]);
    expect(new Set(traces).size).toBe(names.length);
  });

  test("may set what is not reserved", async () => {
    const variables = { TZ: "Europe/Berlin", LANG: "C", PATH: "/bin", NODE_PATH: "/nowhere" };

    const env = await answerOf({
      source: "export const handler = async () => process.env;",
      values: { environment: [{ variables }] },
    });

    expect(env).toMatchObject(variables);
  });

  test("has NODE_OPTIONS honoured", async () => {
    const source =
      "import fs from 'node:fs'; export const handler = async () => [globalThis.sum, process.env.NODE_OPTIONS];";
    const NODE_OPTIONS = "--require=data:text/javascript,0";

    const refused = await run({ source, values: { environment: [{ variables: { NODE_OPTIONS } }] } });
    await world?.close();
    world = undefined;
    const answer = await answerOf({
      source,
      values: {
        environment: [{ variables: { NODE_OPTIONS: "--import=data:text/javascript,globalThis.sum=42" } }],
      },
    });

    expect(JSON.parse(refused.payload)).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("Runtime exited with error: exit status 1"),
    });
    expect(answer[0]).toBe(42);
  });

  test("hands over the context of the client", async () => {
    const { payload } = await told().functions.invoke({
      functionArn: functionArn("F"),
      payload: "{}",
      principal: administrator,
      clientContext: Buffer.from('{"custom":{"foo":"bar"}}').toString("base64"),
    });

    expect(JSON.parse(payload).clientContext).toEqual({ custom: { foo: "bar" } });
  });
});

describe("what a function does to its process", () => {
  const source = `
    const stop = {
      terminate: () => process.kill(process.pid, "SIGTERM"),
      kill: () => process.kill(process.pid, "SIGKILL"),
      interrupt: () => process.kill(process.pid, "SIGINT"),
      abort: () => process.abort(),
      exit: () => process.exit(7),
    };
    export const handler = async (how) => {
      if (!how) return "alive";
      stop[how]();
      await new Promise((r) => setTimeout(r, 1e6));
    };`;
  const two = useWorld({ functions: ["F", "G"].map((name) => ({ name, source, values: { timeout: 60 } })) });

  test.each([
    ["terminate", "signal: terminated"],
    ["kill", "signal: killed"],
    ["interrupt", "signal: interrupt"],
    ["abort", "signal: aborted"],
    ["exit", "exit status 7"],
  ])("ends only its environment: %s", async (how, reason) => {
    const other = await runIn(two(), false, "G");
    const result = await runIn(two(), how);
    const next = [await runIn(two(), false), await runIn(two(), false, "G")];

    expect(result).toMatchObject({ ok: false, cause: "crash" });
    expect(JSON.parse(result.payload)).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${result.requestId} Error: Runtime exited with error: ${reason}`,
    });
    expect([other, ...next].map(({ payload }) => payload)).toEqual(['"alive"', '"alive"', '"alive"']);
    expect(two().logs.group("/aws/lambda/G")?.streams.size).toBe(1);
  });

  test("changes neither the working directory nor the environment of anybody else", async () => {
    const [cwd, home] = [process.cwd(), process.env.HOME];
    const source =
      "export const handler = async () => { process.chdir('/'); process.env.HOME = 'x'; process.umask(0); };";

    await run({ source });

    expect([process.cwd(), process.env.HOME]).toEqual([cwd, home]);
  });

  test("ends, too, when another process of it goes on", async () => {
    const source =
      "import { spawn } from 'node:child_process'; export const handler = async () => { spawn('/bin/sleep', ['1000'], { stdio: 'inherit' }); process.exit(0); };";

    const result = await run({ source });

    expect(result).toMatchObject({ ok: false, cause: "crash" });
  });

  test("goes to the log, also what another process of it prints", async () => {
    const source =
      "import { execFileSync } from 'node:child_process'; export const handler = async () => { execFileSync('/bin/echo', ['from a child'], { stdio: 'inherit' }); process.exit(0); };";

    const { logTail } = await run({ source });

    expect(logTail).toContain("from a child\n");
  });
});

describe("the runtimes differ", () => {
  const nameOf = (runtime: string) => runtime.replace(".", "");
  const callback = "export const handler = (event, context, callback) => callback(null, 'called');";
  const callback4 = "export const handler = (event, context, callback, more) => callback(null, 'called');";
  const asyncThree = "export const handler = async (event, context, callback) => 'async';";
  const optional = "export const handler = async (event, context, callback = undefined) => 'async';";
  const fallback = "export default { handler: async () => 'found' };";
  const named = "const handler = async () => 'found'; export { handler }; export default handler;";
  const plain = "export const handler = () => 'plain';";
  const gone = ["undefined", "undefined", "undefined", false];
  const there = ["function", "function", "function", true];
  const error = (errorType: string) => expect.objectContaining({ errorType });
  const deprecated = error("Runtime.CallbackHandlerDeprecated");

  // github.com/aws/aws-lambda-nodejs-runtime-interface-client, version 3 (JavaScript) and version 4 (TypeScript).
  test.each<[string, string, unknown, unknown]>([
    ["three parameters and a callback", callback, "called", deprecated],
    ["four parameters", callback4, "called", deprecated],
    ["an async handler with three parameters", asyncThree, "async", deprecated],
    ["a third parameter with a default value", optional, "async", "async"],
    ["export default { handler }", fallback, error("Runtime.HandlerNotFound"), "found"],
    ["a handler that is exported by name and as default", named, "found", "found"],
    ["a handler that is not async and returns a value", plain, null, "plain"],
  ])("in %s", async (_, source, before, from24) => {
    const runtimes = ["nodejs22.x", "nodejs24.x"];
    world = createWorld({ functions: inEach(runtimes, source) });

    expect(await answersIn(world, runtimes, {})).toEqual([before, from24]);
  });

  describe("in what an async handler may do", () => {
    const source = `
      const acts = {
        done: (c) => [typeof c.done, typeof c.succeed, typeof c.fail, "callbackWaitsForEmptyEventLoop" in c],
        circle: () => { const a = {}; a.a = a; return a; },
        never: () => new Promise(() => {}),
      };
      export const handler = async (act, context) => acts[act](context);`;
    const runtimes = ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"];
    const all = useWorld({ functions: inEach(runtimes, source) });

    test.each([
      ["context.done and its like", "done", there, gone],
      ["a result that is not JSON", "circle", error("Error"), error("Runtime.JSONStringifyError")],
      ["a promise that is never settled", "never", error("Runtime.NodeJsExit"), error("Runtime.ExitError")],
    ])("%s: from nodejs24.x on, and not before", async (_, act, before, from24) => {
      expect(await answersIn(all(), runtimes, act)).toEqual([before, before, before, from24]);
    });
  });

  /** The same function in each of them. */
  function inEach(runtimes: readonly string[], source: string): TestFunction[] {
    return runtimes.map((runtime) => ({ name: nameOf(runtime), source, values: { runtime } }));
  }

  function answersIn(asked: World, runtimes: readonly string[], event: unknown): Promise<unknown[]> {
    return Promise.all(
      runtimes.map(async (runtime) => JSON.parse((await runIn(asked, event, nameOf(runtime))).payload)),
    );
  }

  test("a warning of callbacks is in the log up to nodejs22.x, unless it is switched off", async () => {
    const off = { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: "1" };
    world = createWorld({
      functions: [
        { name: "F", source: callback },
        { name: "G", source: callback, values: { environment: [{ variables: off }] } },
      ],
    });

    await run({ source: callback });
    await run({ source: callback }, {}, "G");

    const warning = "\tWARN\tAWS Lambda plans to remove support for callback-based function handlers";
    expect(world.log("F").join("")).toContain(warning);
    expect(world.log("G").join("")).not.toContain(warning);
  });
});

describe("a streaming handler", () => {
  const source = `
    const acts = {
      whole: (stream) => {
        stream.setContentType("application/json");
        stream.write('{"a":');
        stream.write(Buffer.from("1"));
        stream.end("}");
      },
      metadata: (stream) => {
        const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
        http.write("hello");
        http.end();
      },
      throws: () => { throw new RangeError("asked"); },
      "never ends its stream": (stream) => stream.write("x"),
    };
    export const handler = awslambda.streamifyResponse(async (act, stream) => acts[act](stream));`;
  const streaming = useWorld({ functions: [{ name: "F", source }] });
  const payloadOf = async (act: string) => (await runIn(streaming(), act)).payload;

  test("is buffered where its answer is not streamed", async () => {
    expect(JSON.parse(await payloadOf("whole"))).toEqual({ a: 1 });
  });

  test("has its metadata in front, 8 zero bytes after it", async () => {
    expect(await payloadOf("metadata")).toBe(`{"statusCode":201}${"\0".repeat(8)}hello`);
  });

  test.each([
    ["throws", { errorType: "RangeError", errorMessage: "asked" }],
    ["never ends its stream", { errorType: "Error", errorMessage: "Response stream is not finished." }],
  ])("fails when it %s", async (act, expected) => {
    expect(JSON.parse(await payloadOf(act))).toMatchObject(expected);
  });

  test("fails when it is not async", async () => {
    const source = "export const handler = awslambda.streamifyResponse((event, stream) => stream.end());";

    expect(await answerOf({ source })).toMatchObject({
      errorMessage: "Streaming does not support non-async handlers.",
    });
  });

  test("finds no awslambda where the function does not want it", async () => {
    const values = { environment: [{ variables: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: "1" } }] };

    const answer = await answerOf({ source: "export const handler = async () => typeof awslambda;", values });

    expect(answer).toBe("undefined");
  });
});

test("an event that nobody waits for any more gives up its place in the queue", async () => {
  const source = "export const handler = async (event) => { console.log(event); return event; };";
  const started = createWorld({ functions: [{ name: "F", source }], options: { maxInstances: 1 } });
  world = started;
  const abandoned = new AbortController();
  const invoke = (payload: string, signal?: AbortSignal) =>
    started.functions.invoke({
      functionArn: functionArn("F"),
      payload,
      principal: administrator,
      ...(signal && { signal }),
    });

  const results = [invoke("1"), invoke("2", abandoned.signal), invoke("3")];
  await Promise.resolve();
  abandoned.abort();

  expect((await Promise.all(results)).map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(started.log("F").filter((line) => line.startsWith("START"))).toHaveLength(2);
});
