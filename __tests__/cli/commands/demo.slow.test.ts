import { readdirSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { RatesProvider } from "../../support/rates-provider";
import { CommandProcess } from "../support/command-process";
import { LoadedModules } from "../support/loaded-modules";

jest.setTimeout(60_000);

const processes: CommandProcess[] = [];

afterAll(() => Promise.all(processes.map((process) => process.kill())));

function demo(...how: [env?: Record<string, string>, wrap?: LoadedModules["watch"]]): CommandProcess {
  const process = new CommandProcess("demo", [], ...how);
  processes.push(process);
  return process;
}

function leftBehindBy({ pid }: CommandProcess): string[] {
  return readdirSync(path.join(PROJECT, ".local")).filter((name) => name.includes(`-${pid}-`));
}

describe("npm run demo", () => {
  it("synthesizes, serves, passes every row, says what is not enforced here, and leaves nothing behind", async () => {
    // With the API for rates as well, over a provider on this machine.
    const provider = await RatesProvider.start();
    const modules = new LoadedModules();
    try {
      const env = { RATES_PROVIDER_URL: provider.url, API_CLIENTS: "partner" };
      const process = demo(env, modules.watch);

      const ending = await process.ending();

      expect(ending).toEqual({ exitCode: 0, signal: null });
      expect(process.stderr).toBe("");
      expect(process.stdout).toMatch(/^1\/3 .*\n2\/3 .*\n3\/3 .*\n\npass {2}POST \/lambda1, no token\n/);
      expect(process.stdout.match(/^pass {2}/gm)).toHaveLength(22);
      expect(process.stdout.match(/^pass {2}GET \/rates.*$/gm)).toEqual(
        expect.arrayContaining([
          "pass  GET /rates/{currency}, no token",
          "pass  GET /rates/{currency}, a token of MyUserPool1, no API key",
          "pass  GET /rates/{currency}, a token of MyUserPool1, a bad API key",
          "pass  GET /rates/{currency}, a token of MyUserPool1",
          "pass  GET /rates/{currency}, a token of MyUserPool2",
        ]),
      );
      expect(process.stdout).toMatch(/\n22 checks: 22 passed\n\nnot enforced here:\n( {2}.{1,108}\n)+$/);
      expect(leftBehindBy(process)).toEqual([]);
      // The stacks' classes are for the process that synthesizes.
      expect(modules.parts).toContain("stacks/secure-edge");
      expect([...modules.parts].filter((part) => /^(@?cdktf|constructs)/.test(part))).toEqual([]);
    } finally {
      await provider.stop();
      modules.remove();
    }
  });

  it("ends with 130 on Ctrl-C, however often it comes, in the middle of the check, and leaves nothing behind", async () => {
    const process = demo();
    await process.says("pass");

    const ending = await process.interruptAgainAndAgain("SIGINT");

    expect(ending).toEqual({ exitCode: 130, signal: null });
    expect(process.stderr).toBe("interrupted\n");
    expect(process.stdout).not.toContain(" checks");
    expect(leftBehindBy(process)).toEqual([]);
  });
});
