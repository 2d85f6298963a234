import { readManifest } from "../../../cli/commands/deploy";
import { synthesizeToFolder } from "../../support/synthesized-folder";
import { runWords } from "../support/run-words";

describe("the synthesized stacks", () => {
  const read = (env: Record<string, string>) => {
    const { folder, remove } = synthesizeToFolder({ env });
    const manifest = readManifest(folder);
    remove();
    return manifest;
  };

  it("come each after those that they depend on", () => {
    expect(read({ MANAGE_API_GATEWAY_ACCOUNT: "true" }).stacks).toEqual([
      "api-gateway-account",
      "shared-messaging",
      "secure-edge",
    ]);
  });

  it("warn of more requests than a new account's functions take, and of nothing otherwise", () => {
    expect(read({ LAMBDA_CONCURRENCY: "10" }).warnings).toEqual([
      expect.stringMatching(
        /^secure-edge: the 2 methods take 100 requests at once .*, the account's functions 10 /,
      ),
    ]);
    expect(read({}).warnings).toEqual([]);
  });
});

describe("a command that runs Terraform", () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of ["THROTTLE_RATE", "TARGET", "DELETION_PROTECTION"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it.each([
    ["THROTTLE_RATE", "lots", 'THROTTLE_RATE is "lots"; accepted: a whole number from 1 to 10000'],
    ["TARGET", "local", 'TARGET is "local"; accepted: aws or moto'],
  ])("refuses a wrong %s before it starts anything, in one line", async (name, value, message) => {
    process.env[name] = value;

    expect(await runWords(["deploy", "--auto-approve"])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: ${message}\n`,
    });
  });

  it("destroys no protected users, and says the way", async () => {
    process.env.DELETION_PROTECTION = "true";

    expect(await runWords(["destroy", "--auto-approve"])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(/^error: DELETION_PROTECTION is on, .*=false npm run deploy, then .*\n$/),
    });
  });

  it.each(["deploy", "destroy"])(
    "%s asks, so it refuses where nobody is there to answer",
    async (command) => {
      const { isTTY } = process.stdin;
      process.stdin.isTTY = false;

      const ran = await runWords([command]);
      process.stdin.isTTY = isTTY;

      expect(ran).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: expect.stringMatching(
          new RegExp(`^error: ${command} asks before it acts, .*: npm run ${command} -- --auto-approve`),
        ),
      });
    },
  );

  it("starts nothing where it is interrupted before", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));

    expect(await runWords(["synth"], { signal })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: Error: interrupted\n/),
    });
  });
});
