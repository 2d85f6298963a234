import { readdirSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { RatesProvider } from "../../support/rates-provider";
import { CommandProcess } from "../support/command-process";

jest.setTimeout(60_000);

const processes: CommandProcess[] = [];

afterAll(() => Promise.all(processes.map((process) => process.kill())));

function demo(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): CommandProcess {
  const process = new CommandProcess("demo", words, env);
  processes.push(process);
  return process;
}

function leftBehindBy({ pid }: CommandProcess): string[] {
  return readdirSync(path.join(PROJECT, ".local")).filter((name) => name.includes(`-${pid}-`));
}

describe("npm run demo", () => {
  it("synthesizes, serves, passes every row, says what is not enforced here, and leaves nothing behind", async () => {
    const process = demo();

    const ending = await process.ending();

    expect(ending).toEqual({ exitCode: 0, signal: null });
    expect(process.stderr).toBe("");
    expect(process.stdout.match(/^pass {2}/gm)).toHaveLength(13);
    expect(process.stdout).toMatch(/^1\/3 .*\n2\/3 .*\n3\/3 .*\n\npass {2}POST \/lambda1, no token\n/);
    expect(process.stdout).toMatch(/\n13 checks: 13 passed\n\nnot enforced here:\n( {2}.{1,108}\n)+$/);
    expect(leftBehindBy(process)).toEqual([]);
  });

  it("passes every row with the API for rates as well, over a provider on this machine", async () => {
    const provider = await RatesProvider.start();
    try {
      const process = demo([], { RATES_PROVIDER_URL: provider.url, API_CLIENTS: "partner" });

      const ending = await process.ending();

      expect(ending).toEqual({ exitCode: 0, signal: null });
      const rows = process.stdout.match(/^pass {2}GET \/rates.*$/gm);
      expect(rows).toEqual(
        expect.arrayContaining([
          "pass  GET /rates/{currency}, no token",
          "pass  GET /rates/{currency}, a token of MyUserPool1, no API key",
          "pass  GET /rates/{currency}, a token of MyUserPool1, a bad API key",
          "pass  GET /rates/{currency}, a token of MyUserPool1",
          "pass  GET /rates/{currency}, a token of MyUserPool2",
        ]),
      );
      expect(process.stdout).toMatch(/\n22 checks: 22 passed\n/);
    } finally {
      await provider.stop();
    }
  });

  it("ends with 130 on Ctrl-C, however often it comes, in the middle of the check, and leaves nothing behind", async () => {
    const process = demo();
    await process.says("pass");

    const ending = await process.interruptAgainAndAgain("SIGINT");

    expect(ending).toEqual({ exitCode: 130, signal: null });
    expect(process.stderr).toBe("interrupted\n");
    expect(process.stdout).not.toContain("13 checks");
    expect(leftBehindBy(process)).toEqual([]);
  });
});
