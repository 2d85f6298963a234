import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

type Json = Record<string, unknown>;

/** A tool for AWS that stands on this machine, which knows nothing of the local runtime but its address. */
export interface AwsTool {
  /** Makes one call; rejects with what the tool says of an error. */
  call(service: string, operation: string, input: Json): Promise<Json>;
  /** Lambda's Invoke, whose answer is a stream: its text. */
  invoke(functionName: string): Promise<string>;
  close(): Promise<void>;
}

export interface Installation {
  /** `AWS CLI 1.45.11` */
  readonly name: string;
  connect(awsEndpointUrl: string): AwsTool;
}

/** Those of the two tools that are installed. */
export function findAwsTools(): Installation[] {
  const cli = versionOf("aws", ["--version"], /^aws-cli\/(\S+)/);
  const boto3 = versionOf("python3", ["-c", "import boto3; print(boto3.__version__)"], /^(\S+)$/);
  return [
    ...(cli === undefined ? [] : [{ name: `AWS CLI ${cli}`, connect: connectCli }]),
    ...(boto3 === undefined ? [] : [{ name: `boto3 ${boto3}`, connect: connectBoto3 }]),
  ];
}

function versionOf(command: string, words: readonly string[], pattern: RegExp): string | undefined {
  const { stdout, stderr } = spawnSync(command, words, { encoding: "utf8" });
  // Old versions of the CLI print theirs to standard error.
  return pattern.exec(`${stdout || stderr}`.trim())?.[1];
}

/** The variables that any AWS tool heeds, and nothing of the user's own configuration. */
export function awsEnvironment(awsEndpointUrl: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL: awsEndpointUrl,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_PROFILE: undefined,
    AWS_SESSION_TOKEN: undefined,
    AWS_PAGER: "",
  };
}

export function runAws(awsEndpointUrl: string, words: readonly string[]): Promise<string> {
  // Version 1 sends SQS's calls to the host of the queue's URL instead, unless it is told otherwise on the command line.
  const endpoint = words[0] === "sqs" ? ["--endpoint-url", awsEndpointUrl] : [];
  return new Promise((resolve, reject) => {
    execFile(
      "aws",
      [...words, ...endpoint],
      { env: awsEnvironment(awsEndpointUrl) },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr.trim()));
      },
    );
  });
}

function connectCli(awsEndpointUrl: string): AwsTool {
  const folder = mkdtempSync(path.join(tmpdir(), "aws tools "));
  const run = async (words: readonly string[]): Promise<Json> => {
    const output = await runAws(awsEndpointUrl, [...words, "--output", "json"]);
    return output.trim() === "" ? {} : JSON.parse(output);
  };
  return {
    call: (service, operation, input) => run([service, operation, "--cli-input-json", JSON.stringify(input)]),
    async invoke(functionName) {
      const payload = path.join(folder, functionName);
      await run(["lambda", "invoke", "--function-name", functionName, payload]);
      return readFileSync(payload, "utf8");
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function connectBoto3(awsEndpointUrl: string): AwsTool {
  const child = spawn("python3", [path.join(__dirname, "boto3_calls.py")], {
    env: awsEnvironment(awsEndpointUrl),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const call: AwsTool["call"] = (service, operation, input) => {
    const answer = last.then(async () => {
      child.stdin.write(`${JSON.stringify([service, operation.replaceAll("-", "_"), input])}\n`);
      const { value = '{"error": "python3 ended"}' } = await lines.next();
      const { output, error }: { output?: Json; error?: string } = JSON.parse(value);
      if (output === undefined) throw new Error(error);
      return output;
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  return {
    call,
    invoke: async (FunctionName) => String((await call("lambda", "invoke", { FunctionName })).Payload),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
