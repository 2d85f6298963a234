import { spawnSync } from "node:child_process";
import {
  type Command,
  type CommandContext,
  readOptions,
  runToExitCode,
  UsageError,
  UserError,
} from "../../../cli/common/command";
import { Interruption } from "../../../cli/common/interruption";
import { PROJECT } from "../../../cli/common/project";
import { CapturedText } from "../support/captured-text";

jest.setTimeout(60_000);

const usage = `
Does it.

  npm run it -- [--port N] [--json]
`;

async function run(
  body: (context: CommandContext) => Promise<number>,
  { argv = [], reason }: { argv?: string[]; reason?: Error } = {},
) {
  const [stdout, stderr] = [new CapturedText(), new CapturedText()];
  const context = {
    stdout,
    signal: reason ? AbortSignal.abort(reason) : new AbortController().signal,
    project: "",
  };
  const command: Command = { usage, run: (_argv, own) => body(own) };
  const exitCode = await runToExitCode(command, argv, context, stderr);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe("running a command", () => {
  it("gives back the exit code that the command came to", async () => {
    expect(await run(async () => 7)).toEqual({ exitCode: 7, stdout: "", stderr: "" });
  });

  it.each(["--help", "-h"])("prints what it does on %s, and does nothing", async (word) => {
    const ran = jest.fn(async () => 1);

    const ending = await run(ran, { argv: ["--port", word] });

    expect(ending).toEqual({ exitCode: 0, stdout: `${usage.trim()}\n`, stderr: "" });
    expect(ran).not.toHaveBeenCalled();
  });

  it("tells in one line what the user can put right", async () => {
    const ending = await run(async () => Promise.reject(new UserError("no such thing")));

    expect(ending).toEqual({ exitCode: 1, stdout: "", stderr: "error: no such thing\n" });
  });

  it("points to the help where the words of the call are wrong, in the same line", async () => {
    const ending = await run(async () => Promise.reject(new UsageError("--port needs a value")));

    expect(ending.stderr).toBe("error: --port needs a value (npm run it -- --help says more)\n");
    expect(ending.exitCode).toBe(1);
  });

  it("shows the stack of a defect, which is what helps then", async () => {
    const ending = await run(async () => Promise.reject(new TypeError("x is not a function")));

    expect(ending.exitCode).toBe(1);
    expect(ending.stderr).toMatch(/^error: TypeError: x is not a function\n {4}at /);
  });

  it.each([
    ["the reason itself", async ({ signal }: CommandContext) => Promise.reject(signal.reason)],
    ["an error of whoever was aborted", () => Promise.reject(new DOMException("aborted", "AbortError"))],
  ])("ends with the signal's exit code after an interruption that comes out as %s", async (_what, stop) => {
    const reason = new Interruption("interrupted", 130);

    const ending = await run((context) => stop(context), { reason });

    expect(ending).toEqual({ exitCode: 130, stdout: "", stderr: "interrupted\n" });
  });

  it("says nothing where nobody reads", async () => {
    const reason = new Interruption("", 141);

    const ending = await run(async () => Promise.reject(reason), { reason });

    expect(ending).toEqual({ exitCode: 141, stdout: "", stderr: "" });
  });

  it("tells of what went wrong while it cleaned up, and is still interrupted", async () => {
    const reason = new Interruption("interrupted", 130);

    const ending = await run(async () => Promise.reject(new UserError("a user is left")), { reason });

    expect(ending).toEqual({ exitCode: 130, stdout: "", stderr: "error: a user is left\n" });
  });
});

describe("a process that runs a command", () => {
  it("ends with its exit code when it is done, though something still waits, with all of its output written", () => {
    const script = `
      const { runAsProcess } = require("./cli/common/command.ts");
      void runAsProcess({
        usage: "",
        async run(argv, { stdout }) {
          setInterval(() => {}, 1000);
          stdout.write("x".repeat(1_000_000));
          return 3;
        },
      });
    `;

    const ran = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: PROJECT,
      encoding: "utf8",
    });

    expect(ran.status).toBe(3);
    expect(ran.stdout).toHaveLength(1_000_000);
  });
});

describe("the options of a call", () => {
  const options = {
    port: { type: "string", default: "3000" },
    fault: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
  } as const;

  it("are read with their defaults", () => {
    const { values } = readOptions(["--json", "--fault", "a", "--fault", "b"], options);

    expect({ ...values }).toEqual({ port: "3000", fault: ["a", "b"], json: true });
  });

  it.each([
    [["--prot", "1"], "there is no option --prot; there are --port, --fault, --json"],
    [["-x"], "there is no option -x; there are --port, --fault, --json"],
    [["--port"], "--port needs a value"],
    [["--port", "-1"], "--port needs a value"],
    [["--port", ""], "--port is empty"],
    [["--fault", "a", "--fault="], "--fault is empty"],
    [["--json=1"], "--json takes no value"],
    [["3001"], '"3001" is no option; options stand behind --, others npm takes for itself'],
  ])("%j are refused in one line", (argv, message) => {
    expect(() => readOptions(argv, options)).toThrow(new UsageError(message));
  });

  it("may be mixed with words where the command takes some", () => {
    expect(readOptions(["list", "--json"], options, true).positionals).toEqual(["list"]);
  });
});
