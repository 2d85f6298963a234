import { type ChildProcessByStdio, execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

type Json = Record<string, unknown>;

/** A tool for AWS that is on this machine, which knows nothing of the local runtime but its address. */
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
  const { awscli, boto3 } = pythonPackages(["awscli", "boto3"]);
  const cli = awscli ?? versionOfProgram();
  return [
    ...(cli === undefined
      ? []
      : [{ name: `AWS CLI ${cli}`, connect: (url: string) => connectCli(url, awscli !== undefined) }]),
    ...(boto3 === undefined ? [] : [{ name: `boto3 ${boto3}`, connect: connectBoto3 }]),
  ];
}

/** The versions of those that Python has; to ask is five times as fast as to load them. */
function pythonPackages(names: readonly string[]): Readonly<Record<string, string>> {
  const script = `import importlib.metadata as installed, json, sys
versions = {}
for name in sys.argv[1:]:
    try:
        versions[name] = installed.version(name)
    except installed.PackageNotFoundError:
        pass
print(json.dumps(versions))`;
  const { status, stdout } = spawnSync("python3", ["-c", script, ...names], { encoding: "utf8" });
  return status === 0 ? JSON.parse(stdout) : {};
}

function versionOfProgram(): string | undefined {
  const { stdout, stderr } = spawnSync("aws", ["--version"], { encoding: "utf8" });
  // Old versions print theirs to standard error.
  return /^aws-cli\/(\S+)/.exec(`${stdout || stderr}`.trim())?.[1];
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

/** Version 1 sends SQS's calls to the host of the queue's URL, unless it is told otherwise on the command line. */
function endpointOf(awsEndpointUrl: string, words: readonly string[]): string[] {
  return words[0] === "sqs" ? ["--endpoint-url", awsEndpointUrl] : [];
}

export function runAws(awsEndpointUrl: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      "aws",
      [...words, ...endpointOf(awsEndpointUrl, words)],
      { env: awsEnvironment(awsEndpointUrl) },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr.trim()));
      },
    );
  });
}

/** Version 1 is a Python package: it stays loaded between commands. Version 2 is a program of its own. */
function commandsOf(
  awsEndpointUrl: string,
  isPackage: boolean,
): {
  run(words: readonly string[]): Promise<string>;
  close(): Promise<void>;
} {
  if (!isPackage) return { run: (words) => runAws(awsEndpointUrl, words), close: async () => {} };
  const script = new PythonScript("aws_cli_calls.py", awsEndpointUrl);
  return {
    async run(words) {
      const { code, stdout, stderr } = await script.ask([...words, ...endpointOf(awsEndpointUrl, words)]);
      if (code !== 0) throw new Error(String(stderr).trim());
      return String(stdout);
    },
    close: () => script.end(),
  };
}

function connectCli(awsEndpointUrl: string, isPackage: boolean): AwsTool {
  const folder = mkdtempSync(path.join(tmpdir(), "aws tools "));
  const commands = commandsOf(awsEndpointUrl, isPackage);
  const run = async (words: readonly string[]): Promise<Json> => {
    const output = await commands.run([...words, "--output", "json"]);
    return output.trim() === "" ? {} : JSON.parse(output);
  };
  return {
    call: (service, operation, input) => run([service, operation, "--cli-input-json", JSON.stringify(input)]),
    async invoke(functionName) {
      const payload = path.join(folder, functionName);
      await run(["lambda", "invoke", "--function-name", functionName, payload]);
      return readFileSync(payload, "utf8");
    },
    async close() {
      await commands.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function connectBoto3(awsEndpointUrl: string): AwsTool {
  const script = new PythonScript("boto3_calls.py", awsEndpointUrl);
  const call: AwsTool["call"] = async (service, operation, input) => {
    const { output, error } = await script.ask([service, operation.replaceAll("-", "_"), input]);
    if (output === undefined) throw new Error(String(error));
    return output as Json;
  };
  return {
    call,
    invoke: async (FunctionName) => String((await call("lambda", "invoke", { FunctionName })).Payload),
    close: () => script.end(),
  };
}

/** A script beside this file that answers each line of JSON with one. */
class PythonScript {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<void>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string, awsEndpointUrl: string) {
    this.#child = spawn("python3", [path.join(__dirname, file)], {
      env: awsEnvironment(awsEndpointUrl),
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => this.#child.once("close", () => resolve()));
  }

  /** One question after the other. */
  ask(question: unknown): Promise<Json> {
    const answer = this.#last.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value = '{"error": "python3 ended"}' } = await this.#lines.next();
      return JSON.parse(value);
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}
