import { runCheck } from "../../../local/command/check";

const nobody = () => Promise.reject(new Error("there is no user pool"));

describe("a check's exit code", () => {
  it.each([
    ["is 0 where it passes", "true", 0],
    ["is what it ends with", "exit 7", 7],
    ["is that of the first of several commands that fails", "(exit 7)\ntrue", 7],
    ["names the signal that killed it", "kill -KILL $$", 137],
  ])("%s", async (_what, command, expected) => {
    const notices: string[] = [];
    const code = await runCheck(
      command,
      {
        runtime: { userPools: [], createUser: () => undefined, inside: { call: nobody } },
        endpoints: {
          invokeUrl: "http://127.0.0.1:1/v1",
          awsEndpointUrl: "http://127.0.0.1:1",
          region: "us-east-1",
        },
        file: "endpoints.json",
        onNotice: (text) => notices.push(text),
      },
      new AbortController().signal,
    );

    expect(code).toBe(expected);
    expect(notices).toEqual([
      expected === 0 ? "the check passed: true" : `the check ended with ${expected}: ${command}`,
    ]);
  });
});
