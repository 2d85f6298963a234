import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Command, runToExitCode } from "../../cli/common/command";
import { publishEndpoints } from "../../cli/common/endpoints";
import { tokenCommand } from "../../cli/token";
import { userCommand } from "../../cli/user";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";
import { CapturedText } from "./support/captured-text";

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), "endpoints of users "));
const endpointsFile = path.join(folder, "endpoints.json");
let test: TestRuntime;

beforeAll(async () => {
  test = await startTestRuntime({ env: { ENVIRONMENT: "staging" } });
  const { awsEndpointUrl, invokeUrls, region, userPools } = test.runtime;
  publishEndpoints(endpointsFile, {
    ...{ pid: process.pid, invokeUrl: invokeUrls[0] ?? "", awsEndpointUrl, region },
    userPools: userPools.map((pool) => ({
      ...pool,
      user: { email: emailOf(pool.name), password: TEST_PASSWORD },
    })),
  });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await test.close();
});

async function run(
  command: Command,
  ...words: string[]
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new CapturedText(), new CapturedText()];
  const context = { stdout, signal: new AbortController().signal, project: "" };
  const exitCode = await runToExitCode(command, [...words, "--endpoints", endpointsFile], context, stderr);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe("npm run user", () => {
  const ada = ["--pool", "MyUserPool1", "--email", "ada@example.com"];

  it("makes a user who can sign in at once, lists and deletes it", async () => {
    const created = await run(userCommand, "create", ...ada);
    const password = /, password (\S+)\n$/.exec(created.stdout)?.[1] ?? "";
    const token = await run(tokenCommand, ...ada, "--password", password);
    const listed = await run(userCommand, "list", "--pool", "MyUserPool1-staging");
    const deleted = await run(userCommand, "delete", ...ada);
    const after = await run(userCommand, "list", "--pool", "MyUserPool1", "--json");

    expect(created.stdout).toMatch(/^created ada@example\.com in MyUserPool1, password /);
    expect(token).toMatchObject({ exitCode: 0, stderr: "" });
    expect(token.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(listed.stdout).toMatch(
      /^email +status +created\n(.*\n)*ada@example\.com +CONFIRMED +\d{4}-\d\d-\d\dT\S+Z\n$/,
    );
    expect(deleted.stdout).toBe("deleted ada@example.com from MyUserPool1\n");
    expect(JSON.parse(after.stdout)).toEqual([
      { email: emailOf("MyUserPool1-staging"), status: "CONFIRMED", created: expect.any(String) },
    ]);
  });

  it("takes a password, prints it in JSON alone, and gives the user to be removed", async () => {
    const words = ["--pool", "MyUserPool2", "--email", "eve@example.com", "--password", TEST_PASSWORD];

    const text = await run(userCommand, "create", ...words);
    await run(userCommand, "delete", "--pool", "MyUserPool2", "--email", "eve@example.com");
    const json = await run(userCommand, "create", ...words, "--json");

    expect(text.stdout).toBe("created eve@example.com in MyUserPool2\n");
    expect(JSON.parse(json.stdout)).toEqual({ email: "eve@example.com", password: TEST_PASSWORD });
  });

  it("leaves no user behind whose password the pool does not take", async () => {
    const created = await run(userCommand, "create", ...ada, "--password", "short");

    expect(created.exitCode).toBe(1);
    expect(created.stderr).toMatch(/^error: InvalidPasswordException: .*\n$/);
    expect((await run(userCommand, "list", "--pool", "MyUserPool1")).stdout).not.toContain("ada@");
  });

  it.each([
    [
      ["create", "--pool", "MyUserPool1", "--email", emailOf("MyUserPool1-staging")],
      "UsernameExistsException: ",
    ],
    [["delete", "--pool", "MyUserPool1", "--email", "nobody@example.com"], "UserNotFoundException: "],
    [["create", "--pool", "MyUserPool1"], "--email is missing"],
    [["list"], "--pool is missing; there are MyUserPool1, MyUserPool2"],
    [[], "user takes create, delete or list, received nothing"],
    [["list", "all"], 'user takes create, delete or list, received "list all"'],
    [["destroy"], 'user takes create, delete or list, received "destroy"'],
  ])("%j ends with 1 and one line", async (words, message) => {
    const { exitCode, stdout, stderr } = await run(userCommand, ...words);

    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(message);
  });
});

describe("npm run token", () => {
  it("ends with 1 where the password is wrong, in AWS's words, and prints no token", async () => {
    const { exitCode, stdout, stderr } = await run(
      tokenCommand,
      "--pool",
      "MyUserPool1",
      "--password",
      "wrong",
    );

    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toBe("error: NotAuthorizedException: Incorrect username or password.\n");
  });
});
