import { readFileSync } from "node:fs";
import path from "node:path";
import type { CommandContext } from "../../../local/command/command";
import { Interruption } from "../../../local/command/interruption";
import {
  emailOf,
  TEST_PASSWORD,
  type TestRuntime,
  type TestRuntimeOptions,
} from "../../support/local-runtime";
import { useRuntimes } from "../../support/use-runtime";
import { CapturedText } from "../support/captured-text";
import { DeployedRuntime } from "../support/deployed-runtime";
import { type Ran, runWords } from "../support/run-words";

jest.setTimeout(60_000);

const { withRuntime } = useRuntimes();
let test: TestRuntime;
let deployed: DeployedRuntime;

async function deploy(options: TestRuntimeOptions = {}): Promise<void> {
  test = await withRuntime(options, async (served) => served);
  deployed = new DeployedRuntime(test);
}

function run(words: readonly string[], context: Partial<CommandContext> = {}): Promise<Ran> {
  return runWords([...words, "--environment", "development"], { project: deployed.project, ...context });
}

/** The users of both pools, temporary ones among them. */
async function emails(): Promise<string[]> {
  const lists = await Promise.all(
    ["MyUserPool1", "MyUserPool2"].map((pool) => run(["user", "list", "--pool", pool, "--json"])),
  );
  const users = lists.flatMap(({ stdout }): { email: string }[] => JSON.parse(stdout));
  return users.map(({ email }) => email);
}

const REGULAR = ["MyUserPool1", "MyUserPool2"].map(emailOf);

describe("npm run verify -- --environment", () => {
  beforeAll(() => deploy());
  afterAll(() => deployed.remove());

  it("signs in as users that it makes, passes every row and removes them", async () => {
    const signedIn: unknown[] = [];
    const stdout = {
      write: async (text: string) => {
        if (text.includes("POST /lambda1, no token")) signedIn.push(emails());
      },
    };

    const report = path.join(deployed.project, "report.xml");

    const { exitCode, stderr } = await run(["verify", "--junit", report], { stdout });

    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(readFileSync(report, "utf8")).toMatch(/<testsuites tests="\d+" failures="0" skipped="\d+">/);
    expect(await Promise.all(signedIn)).toEqual([
      expect.arrayContaining([expect.stringMatching(/^verify-.*@example\.com$/)]),
    ]);
    expect(await emails()).toEqual(REGULAR);
  });

  it("signs in as the users that it is given, and makes none", async () => {
    const users = ["MyUserPool1", "MyUserPool2"].flatMap((pool) => [
      "--user",
      `${pool}=${emailOf(pool)}:${TEST_PASSWORD}`,
    ]);

    const { exitCode, stdout } = await run(["verify", ...users, "--json"]);

    const report = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(report.target).toBe(test.runtime.invokeUrls[0]);
    expect(report.checks).toHaveLength(13);
    expect(await emails()).toEqual(REGULAR);
  });

  it("stops at Ctrl-C in the middle, and removes its users", async () => {
    const controller = new AbortController();
    const printed = new CapturedText();
    const stdout = {
      write: (text: string) => {
        printed.write(text);
        if (text.includes("POST /lambda1, a bad token"))
          controller.abort(new Interruption("interrupted", 130));
      },
    };

    const { exitCode, stderr } = await run(["verify"], { stdout, signal: controller.signal });

    expect([exitCode, stderr]).toEqual([130, "interrupted\n"]);
    expect(printed.text.match(/^pass {2}/gm)).toHaveLength(2);
    expect(await emails()).toEqual(REGULAR);
  });

  it("stops before it makes a user where it is interrupted at once", async () => {
    const signal = AbortSignal.abort(new Interruption("interrupted", 130));

    const { exitCode, stdout } = await run(["verify"], { signal });

    expect([exitCode, stdout]).toEqual([130, ""]);
    expect(await emails()).toEqual(REGULAR);
  });

  it.each(["MyUserPool1", "MyUserPool1=ada@example.com", "=a:b"])("refuses --user %s", async (user) => {
    const { exitCode, stderr } = await run(["verify", "--user", user]);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: --user takes POOL=EMAIL:PASSWORD, .*\n$/);
  });
});

describe("npm run verify -- --environment, of stacks of its own,", () => {
  afterEach(() => deployed.remove());

  it("sets up an authenticator app for users that it makes, where the pools ask for one", async () => {
    await deploy({ env: { MFA: "on" } });

    const { exitCode, stderr } = await run(["verify"]);
    const token = await run([
      ...["token", "--pool", "MyUserPool1", "--email", emailOf("MyUserPool1")],
      ...["--password", TEST_PASSWORD],
    ]);

    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(await emails()).toEqual(REGULAR);
    expect([token.exitCode, token.stdout]).toEqual([1, ""]);
    expect(token.stderr).toMatch(
      /^error: .* cannot sign in with a password alone: .*MFA=on.*login_page_url.*\n$/,
    );
  });

  it("ends with 1 where a row fails, and removes its users all the same", async () => {
    await deploy({
      edit: ({ edge }) => {
        const method = edge.resource("aws_api_gateway_method.POST-lambda1");
        delete method.authorization;
        delete method.authorizer_id;
      },
    });

    const { exitCode, stdout } = await run(["verify"]);

    expect(exitCode).toBe(1);
    expect(stdout).toContain("FAIL  POST /lambda1, no token\n");
    expect(stdout).toMatch(/\n13 checks: 10 passed, 3 failed\n$/);
    expect(await emails()).toEqual(REGULAR);
  });

  // The last one, because it stops what was served.
  it("names the users that it could not remove, and how to", async () => {
    await deploy();
    const stdout = {
      write: (text: string) => {
        // AWS is out of reach from the last row on.
        if (text.includes("sampled requests")) void test.runtime.close();
      },
    };

    const { exitCode, stderr } = await run(["verify"], { stdout });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: temporary users could not be removed, remove them with npm run user -- delete: verify-\S+ in MyUserPool1 \(.+\), verify-\S+ in MyUserPool2 \(.+\)\n$/,
    );
  });
});
