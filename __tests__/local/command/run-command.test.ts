import { spawnSync } from "node:child_process";
import { PROJECT } from "../../../cli/common/project";
import { type CommandContext, command } from "../../../local/command/command";
import { Interruption } from "../../../local/command/interruption";
import { UsageError, UserError } from "../../../local/kernel/user-error";
import { runWords } from "../../cli/support/run-words";

jest.setTimeout(60_000);

function run(body: (context: CommandContext) => Promise<number>, words: string[] = [], reason?: Error) {
  const it = command({
    name: "it",
    summary: "Does it",
    options: { json: { help: "prints JSON" } },
    examples: ["--json"],
    run: (_values, context) => body(context),
  });
  const signal = reason ? AbortSignal.abort(reason) : new AbortController().signal;
  return runWords(["it", ...words], { signal }, [it]);
}

describe("running a command", () => {
  it("gives back the exit code that the command came to", async () => {
    expect(await run(async () => 7)).toEqual({ exitCode: 7, stdout: "", stderr: "" });
  });

  it.each(["--help", "-h"])("prints what it does on %s, and does nothing", async (word) => {
    const ran = jest.fn(async () => 1);

    const ending = await run(ran, ["--json=wrong", word]);

    expect(ending).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ending.stdout).toMatch(/^Usage: npm run it -- \[options\]\n\nDoes it\.\n/);
    expect(ran).not.toHaveBeenCalled();
  });

  it("tells in one line what the user can put right, and ends with 1", async () => {
    const ending = await run(async () => Promise.reject(new UserError("no such thing")));

    expect(ending).toEqual({ exitCode: 1, stdout: "", stderr: "error: no such thing\n" });
  });

  it("points to the help where the words of the call are wrong, in the same line, and ends with 2", async () => {
    const ending = await run(async () => Promise.reject(new UsageError("--port needs a value")));

    expect(ending).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: "error: --port needs a value (npm run it -- --help says more)\n",
    });
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

    const ending = await run((context) => stop(context), [], reason);

    expect(ending).toEqual({ exitCode: 130, stdout: "", stderr: "interrupted\n" });
  });

  it("says nothing where nobody reads", async () => {
    const reason = new Interruption("", 141);

    const ending = await run(async () => Promise.reject(reason), [], reason);

    expect(ending).toEqual({ exitCode: 141, stdout: "", stderr: "" });
  });

  it("tells of what went wrong while it cleaned up, and is still interrupted", async () => {
    const reason = new Interruption("interrupted", 130);

    const ending = await run(async () => Promise.reject(new UserError("a user is left")), [], reason);

    expect(ending).toEqual({ exitCode: 130, stdout: "", stderr: "error: a user is left\n" });
  });
});

describe("a process that runs a command", () => {
  it("ends with its exit code when it is done, though something still waits, with all of its output written", () => {
    const script = `
      const { runAsProcess } = require("./local/command/run-command.ts");
      const it = {
        name: "it",
        summary: "Does it",
        options: {},
        examples: [],
        async run(values, { stdout }) {
          setInterval(() => {}, 1000);
          stdout.write("x".repeat(1_000_000));
          return 3;
        },
      };
      void runAsProcess([it], ["it"], "");
    `;

    const ran = spawnSync(process.execPath, ["--require", "./typescript.js", "-e", script], {
      cwd: PROJECT,
      encoding: "utf8",
    });

    expect(ran.status).toBe(3);
    expect(ran.stdout).toHaveLength(1_000_000);
  });
});
