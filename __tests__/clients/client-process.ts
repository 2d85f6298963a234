import { type ChildProcessByStdio, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { emailOf, TEST_PASSWORD, type TestRuntime } from "../support/local-runtime";

export const NEW_PASSWORD = "another-Horse-8-battery";

/** A program that uses a client, in a process of its own: a step is a line, and so is what it came to. */
class Client {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: AsyncIterator<string>;

  constructor(command: string, script: string) {
    this.process = spawn(command, [path.join(__dirname, script)], { stdio: ["pipe", "pipe", "ignore"] });
    this.answers = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async run(options: object): Promise<unknown> {
    this.process.stdin.write(`${JSON.stringify(options)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error("the client's process ended");
    return JSON.parse(value);
  }

  end(): void {
    this.process.stdin.end();
  }
}

/** A program of this folder, from its first step to the end of the tests. It signs in the user of `MyUserPool1`, unless told otherwise. */
export function useClient(command: string, script: string, running: () => TestRuntime) {
  let started: Client | undefined;
  afterAll(() => started?.end());
  return {
    run: (step: string, input: object = {}): Promise<unknown> => {
      started ??= new Client(command, script);
      const { userPools, awsEndpointUrl: endpoint } = running().runtime;
      const pool = userPools.find(({ name }) => name === "MyUserPool1");
      return started.run({
        ...{ step, endpoint, userPoolId: pool?.id, clientId: pool?.clientId },
        ...{
          username: emailOf("MyUserPool1"),
          password: TEST_PASSWORD,
          newPassword: NEW_PASSWORD,
        },
        ...input,
      });
    },
  };
}
