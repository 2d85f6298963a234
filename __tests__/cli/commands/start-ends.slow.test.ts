import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { isRunning } from "../../../local/command/process-state";
import { eventually } from "../../support/local-runtime";
import { endpointsIn, startBehindParent } from "../support/command-process";
import { type Ran, runWords } from "../support/run-words";
import { Starts, send } from "../support/starts";

// A busy machine takes seconds to start a process.
jest.setTimeout(60_000);

const starts = new Starts();

afterAll(() => starts.end());

/** A command that ends by itself, in this process. */
const run = (...words: string[]): Promise<Ran> => runWords(words, { project: PROJECT });

describe("npm start ends", () => {
  it("without a word when nobody reads its output any more", async () => {
    const serving = await starts.serve("unread.json");
    serving.process.child.stdout.destroy();

    await send(serving, "/lambda1").catch(() => undefined);

    expect(await serving.process.ending()).toMatchObject({ exitCode: 0 });
    expect(serving.process.stderr).toBe("");
    expect(existsSync(serving.file)).toBe(false);
  });

  it("when the npm process that it belongs to is killed", async () => {
    const npm = startBehindParent("start", starts.servingTo("orphan.json"), { npm_lifecycle_event: "start" });
    const file = path.join(starts.files, "orphan.json");
    const { pid } = await endpointsIn(file, npm);

    await npm.kill();

    await eventually(() => !isRunning(pid) || undefined);
    expect(existsSync(file)).toBe(false);
  });

  it("with 2 where it is called wrongly", async () => {
    expect(await run("start", "--port=local")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'error: --port is "local"; accepted: a port from 0 to 65535 (npm start -- --help says more)\n',
    });
  });

  it("with 130 on Ctrl-C while it synthesizes, and leaves nothing behind", async () => {
    const process = starts.start(["--port", "0", "--endpoints-file", path.join(starts.files, "never.json")]);
    const local = path.join(PROJECT, ".local");
    const own = () => readdirSync(local).filter((name) => name.startsWith(`synthesized-${process.pid}-`));
    await process.until(() => (existsSync(local) && own().length > 0) || undefined);

    const ending = await process.interruptAgainAndAgain("SIGINT");

    expect(ending).toEqual({ exitCode: 130, signal: null });
    expect(process.stderr).toBe("interrupted\n");
    expect(own()).toEqual([]);
    expect(existsSync(path.join(starts.files, "never.json"))).toBe(false);
  });

  it("with what the stacks say of a wrong setting, without a stack trace", async () => {
    process.env.THROTTLE_RATE = "lots";
    const refused = await run(
      "start",
      "--port",
      "0",
      "--endpoints-file",
      path.join(starts.files, "never.json"),
    );
    delete process.env.THROTTLE_RATE;

    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toBe(
      'error: the stacks cannot be synthesized: THROTTLE_RATE is "lots"; accepted: a whole number from 1 to 10000\n',
    );
  });
});
