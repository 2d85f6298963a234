import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publishEndpoints } from "../../../local/command/endpoints";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";
import { type Ran, runWords } from "../support/run-words";

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), "endpoints of users "));
const endpointsFile = path.join(folder, "endpoints.json");
let test: TestRuntime;

beforeAll(async () => {
  test = await startTestRuntime({ env: { ENVIRONMENT: "staging" } });
  const { awsEndpointUrl, inboxUrl, invokeUrls, region, userPools } = test.runtime;
  publishEndpoints(endpointsFile, {
    ...{ pid: process.pid, invokeUrl: invokeUrls[0] ?? "", awsEndpointUrl, inboxUrl, region },
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

function run(...words: string[]): Promise<Ran> {
  return runWords([...words, "--endpoints", endpointsFile]);
}

describe("npm run user", () => {
  const ada = ["--pool", "MyUserPool1", "--email", "ada@example.com"];

  it("makes a user who can sign in at once, lists and deletes it", async () => {
    const created = await run("user", "create", ...ada);
    const password = /, password (\S+)\n$/.exec(created.stdout)?.[1] ?? "";
    const token = await run("token", ...ada, "--password", password);
    const listed = await run("user", "list", "--pool", "MyUserPool1-staging");
    const deleted = await run("user", "delete", ...ada);
    const after = await run("user", "list", "--pool", "MyUserPool1", "--json");

    expect(created.stdout).toMatch(/^created ada@example\.com in MyUserPool1, password /);
    // As a word of a command: no option, and nothing to a shell.
    expect(password).toMatch(/^\w[\w-]+$/);
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

    const text = await run("user", "create", ...words);
    await run("user", "delete", "--pool", "MyUserPool2", "--email", "eve@example.com");
    const json = await run("user", "create", ...words, "--json");

    expect(text.stdout).toBe("created eve@example.com in MyUserPool2\n");
    expect(JSON.parse(json.stdout)).toEqual({ email: "eve@example.com", password: TEST_PASSWORD });
  });

  it("adds a user to a group that there is, lists the user's groups, and takes the user out again", async () => {
    const member = ["--pool", "MyUserPool1", "--email", emailOf("MyUserPool1-staging")];
    const UserPoolId = test.runtime.userPools.find(({ name }) => name === "MyUserPool1-staging")?.id;
    await test.aws("AWSCognitoIdentityProviderService.CreateGroup", { UserPoolId, GroupName: "staff" });

    const before = await run("user", "groups", ...member, "--json");
    const joined = await run("user", "join", ...member, "--group", "staff");
    const after = await run("user", "groups", ...member);
    const unknown = await run("user", "join", ...member, "--group", "nobody");
    const left = await run("user", "leave", ...member, "--group", "staff");
    const atLast = await run("user", "groups", ...member, "--json");

    expect(JSON.parse(before.stdout)).toEqual([]);
    expect(joined.stdout).toBe(`added ${emailOf("MyUserPool1-staging")} to the group staff of MyUserPool1\n`);
    expect(after.stdout).toBe("group\nstaff\n");
    expect(left.stdout).toBe(
      `took ${emailOf("MyUserPool1-staging")} out of the group staff of MyUserPool1\n`,
    );
    expect(JSON.parse(atLast.stdout)).toEqual([]);
    expect(unknown).toMatchObject({
      exitCode: 1,
      stderr: "error: ResourceNotFoundException: Group not found.\n",
    });
  });

  it("leaves no user behind whose password the pool does not take", async () => {
    const created = await run("user", "create", ...ada, "--password", "short");

    expect(created.exitCode).toBe(1);
    expect(created.stderr).toMatch(/^error: InvalidPasswordException: .*\n$/);
    expect((await run("user", "list", "--pool", "MyUserPool1")).stdout).not.toContain("ada@");
  });

  it.each([
    [
      ["create", "--pool", "MyUserPool1", "--email", emailOf("MyUserPool1-staging")],
      "UsernameExistsException: ",
    ],
    [["delete", "--pool", "MyUserPool1", "--email", "nobody@example.com"], "UserNotFoundException: "],
  ])("%j is refused by the user pool, and ends with 1 and one line", async (words, message) => {
    const { exitCode, stdout, stderr } = await run("user", ...words);

    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(message);
  });

  it.each([
    [["create", "--pool", "MyUserPool1"], "--email must be given; add --email ADDRESS"],
    [["list"], "--pool is missing; there are MyUserPool1, MyUserPool2"],
    [["list", "all"], '"all" is not an option; options begin with --'],
    [["destroy"], 'user takes create, delete, list, join, leave or groups, received "destroy --endpoints '],
  ])("%j is called wrongly, and ends with 2 and one line", async (words, message) => {
    const { exitCode, stdout, stderr } = await run("user", ...words);

    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: .* \(npm run user -- --help says more\)\n$/);
    expect(stderr).toContain(message);
  });

  it("names its commands where none is given", async () => {
    expect(await runWords(["user"])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "error: user takes create, delete, list, join, leave or groups, received nothing (npm run user -- --help says more)\n",
    });
  });
});

describe("npm run token", () => {
  it("ends with 1 where the password is wrong, in AWS's words, and prints no token", async () => {
    const { exitCode, stdout, stderr } = await run("token", "--pool", "MyUserPool1", "--password", "wrong");

    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toBe("error: NotAuthorizedException: Incorrect username or password.\n");
  });
});
