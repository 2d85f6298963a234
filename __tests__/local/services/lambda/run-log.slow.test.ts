import { administrator, functionArn, outOfTime, type TestFunction, useWorlds, type World } from "./support";

const createWorld = useWorlds();
const createWarmWorld = useWorlds({ warm: true });

afterEach(() => {
  jest.restoreAllMocks();
});

const start = (definition: TestFunction): World => createWorld({ functions: [definition] });
const fine: TestFunction = { name: "F", source: "export const handler = async () => 'fine';" };

const invoke = (started: World) =>
  started.functions.invoke({ functionArn: functionArn("F"), payload: "{}", principal: administrator });

describe("the log of a run", () => {
  test("has START, the function's lines, END and REPORT in Lambda's format, with Init Duration on a cold start only", async () => {
    const started = start({
      name: "F",
      source: "export const handler = async () => { console.log('Hello %s', 'Ada', { a: 1 }); };",
    });

    const cold = await invoke(started);
    const warm = await invoke(started);

    const number = "\\d+\\.\\d\\d";
    const line = `\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\\t${cold.requestId}\\tINFO\\tHello Ada \\{ a: 1 \\}\\n`;
    const report = `REPORT RequestId: ${cold.requestId}\\tDuration: ${number} ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB\\t`;
    expect(started.log("F").slice(0, 4)).toEqual([
      `START RequestId: ${cold.requestId} Version: $LATEST\n`,
      expect.stringMatching(new RegExp(`^${line}$`)),
      `END RequestId: ${cold.requestId}\n`,
      expect.stringMatching(new RegExp(`^${report}Init Duration: ${number} ms\\t\\n$`)),
    ]);
    expect(cold.logTail).toBe(started.log("F").slice(0, 4).join(""));
    expect(warm.logTail).not.toContain("Init Duration");
    expect(warm.logTail).not.toContain(cold.requestId);
  });

  test("bills initialization, too", async () => {
    const started = start({
      name: "F",
      source: "export const handler = async () => {};",
    });
    // Whoever looks twice in a row sees 60 ms go by.
    let looks = 0;
    jest.spyOn(performance, "now").mockImplementation(() => 60 * looks++);

    const { logTail } = await invoke(started);

    const [, duration, billed, init] =
      /Duration: ([\d.]+) ms\tBilled Duration: (\d+) ms.*Init Duration: ([\d.]+) ms/.exec(logTail) ?? [];
    expect(Number(init)).toBe(60);
    expect(Number(billed)).toBeGreaterThanOrEqual(Math.floor(Number(duration) + Number(init)));
  });

  test("has each console method with its level, and what is written to the streams as it is", async () => {
    const started = start({
      name: "F",
      source: `
        import { Console } from "node:console";
        const plain = new Console({ stdout: process.stdout, stderr: process.stderr });
        export const handler = async () => {
          console.debug("d"); console.warn("w"); console.error("e"); console.trace("t");
          plain.log('{"level":"INFO"}'); plain.error("to stderr");
          process.stdout.write("two\\nlines, the last one open");
          await new Promise((resolve) => process.stderr.write(Buffer.from("bytes\\n"), resolve));
        };`,
    });

    await invoke(started);

    const lines = started.log("F").slice(1, -2);
    expect(lines.slice(0, 4).map((line) => line.split("\t").slice(2).join("\t"))).toEqual([
      "DEBUG\td\n",
      "WARN\tw\n",
      "ERROR\te\n",
      "TRACE\tt\n",
    ]);
    expect(lines.slice(4)).toEqual([
      '{"level":"INFO"}\n',
      "to stderr\n",
      "two\n",
      "bytes\n",
      "lines, the last one open\n",
    ]);
  });

  test("has undefined in place of the request id for lines written while the module loads", async () => {
    const started = start({
      name: "F",
      source: "console.log('loading'); export const handler = async () => {};",
    });

    await invoke(started);

    expect(started.log("F")[0]).toMatch(/Z\tundefined\tINFO\tloading\n$/);
  });

  test("tells when the handler took too long to load; it then loads on the time of the run", async () => {
    const started = createWorld({
      functions: [{ name: "F", source: "export const handler = async () => 'loaded';" }],
      options: { initLimitMs: 1 },
    });

    const result = await invoke(started);

    expect(result.payload).toBe('"loaded"');
    expect(started.log("F").slice(0, 2)).toEqual([
      expect.stringMatching(/^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout\n$/),
      `START RequestId: ${result.requestId} Version: $LATEST\n`,
    ]);
  });

  test("has the timeout of a function whose handler never loads", async () => {
    const started = createWorld({
      functions: [
        { name: "F", source: "await new Promise((r) => setTimeout(r, 1e6));", values: { timeout: 1 } },
      ],
      options: { initLimitMs: 1 },
    });

    const result = await outOfTime(started, "F", invoke(started));

    expect(result).toMatchObject({ ok: false, cause: "timeout" });
  });

  test("gives the caller the last 4 KB", async () => {
    const started = start({
      name: "F",
      source:
        "export const handler = async () => { for (let i = 0; i < 500; i++) console.log('é'.repeat(50)); };",
    });

    const { logTail } = await invoke(started);

    expect(Buffer.byteLength(logTail)).toBeLessThanOrEqual(4100);
    expect(Buffer.byteLength(logTail)).toBeGreaterThan(3900);
    expect(logTail).toMatch(/REPORT.*\n$/);
  });

  test("goes to a stream of its own for each instance, in the group that the function names", async () => {
    const started = createWorld({
      functions: [
        {
          name: "F",
          // Neither ends before the other has begun.
          source: "export const handler = () => new Promise((resolve) => setTimeout(resolve, 500));",
          values: { logging_config: { log_format: "Text", log_group: "/custom" } },
        },
      ],
      resources: [["aws_cloudwatch_log_group", { name: "/custom" }]],
    });

    await Promise.all([invoke(started), invoke(started)]);

    expect(started.log("F")).toEqual([]);
    expect(started.logs.group("/custom")?.streams.size).toBe(2);
  });

  test("is dropped without an error when the deployment has no such log group", async () => {
    const started = createWarmWorld({ functions: [fine], withoutLogGroups: true });

    const result = await invoke(started);

    expect(result.payload).toBe('"fine"');
    expect(started.logs.groups()).toEqual([]);
  });

  test.each(["logs:CreateLogStream", "logs:PutLogEvents"])(
    "is dropped when the function's role lacks %s",
    async (action) => {
      const started = createWarmWorld({ functions: [fine] });
      started.access.deny = (request) => request.action === action;

      const result = await invoke(started);

      expect(result.payload).toBe('"fine"');
      expect(started.log("F")).toEqual([]);
      expect(started.access.requests).toContainEqual({
        action,
        principal: expect.objectContaining({ kind: "role", roleArn: "arn:aws:iam::123456789012:role/F" }),
        resource: expect.stringMatching(
          /^arn:aws:logs:us-east-1:123456789012:log-group:\/aws\/lambda\/F:log-stream:2025\/10\/26\/\[\$LATEST\]/,
        ),
      });
    },
  );
});
