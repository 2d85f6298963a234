import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { watchSources } from "../../../cli/serving/watch";
import { Host } from "../../../local/console/host";
import type { Deployment } from "../../../local/deployment/deployment";
import { bundleHandler } from "../../../stacks/common/bundle";
import { ACCOUNT, deploymentOf } from "../../support/deployment";

const roleArn = `arn:aws:iam::${ACCOUNT}:role/R`;

/** A project with one handler, `lambda-src/hello`, that answers what `lambda-src/common/answer.ts` says. */
class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), "watched project "));
  private readonly told: string[] = [];
  private readonly waiting = new Set<() => void>();

  constructor() {
    for (const name of ["lambda-src/hello", "lambda-src/common", "stacks"])
      mkdirSync(path.join(this.folder, name), { recursive: true });
    this.write("main.ts", "");
    this.write("lambda-src/common/answer.ts", 'export const answer = "first";');
    this.write(
      "lambda-src/hello/index.ts",
      'import { answer } from "../common/answer";\nexport const handler = async () => answer;',
    );
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  tell(text: string): void {
    this.told.push(text);
    for (const look of this.waiting) look();
  }

  /** Waits until something is told that has this in it. */
  async says(part: string): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.told.find((text) => text.includes(part));
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  deployment(functionName = "Hello"): Deployment {
    const trust = {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
    };
    return deploymentOf({
      "aws_iam_role.R": {
        arn: roleArn,
        name: "R",
        assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: trust }),
      },
      "aws_lambda_function.F": {
        arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${functionName}`,
        function_name: functionName,
        handler: "index.handler",
        role: roleArn,
        runtime: "nodejs22.x",
        filename: "hello.zip",
      },
      "data.archive_file.hello": {
        type: "zip",
        output_path: "hello.zip",
        source_dir: bundleHandler("hello", this.folder),
      },
    });
  }
}

let project: Project;
let host: Host;
let stop: () => Promise<void>;
let synthesized: () => Deployment;

beforeEach(async () => {
  project = new Project();
  host = await Host.start({ deployment: project.deployment(), port: 0 });
  synthesized = () => project.deployment();
  stop = await watchSources({
    project: project.folder,
    host,
    synthesize: async () => ({ deployment: synthesized(), remove: () => {} }),
    tell: (text) => project.tell(text),
  });
});
afterEach(async () => {
  await stop();
  await host.close();
  rmSync(project.folder, { recursive: true, force: true });
});

async function invoke(name = "Hello"): Promise<unknown> {
  const { Payload } = await host.runtime.inside.call("lambda", "Invoke", { FunctionName: name });
  return Payload;
}

test("a function runs its handler's new code from the next event on, also when what it imports changes", async () => {
  const before = await invoke();
  project.write("lambda-src/common/answer.ts", 'export const answer = "second";');
  await project.says("Hello: new code after");
  const after = await invoke();

  expect([before, after].map(String)).toEqual(['"first"', '"second"']);
});

test("new code stays when the services are started again", async () => {
  project.write("lambda-src/common/answer.ts", 'export const answer = "second";');
  await project.says("Hello: new code after");

  await host.serveWith(new Map());

  expect(String(await invoke())).toBe('"second"');
});

test("a handler that does not compile is told with file and line, and the last good code runs on", async () => {
  project.write("lambda-src/common/answer.ts", "export const answer = ;");
  const told = await project.says("lambda-src/hello does not compile");
  const meanwhile = await invoke();
  project.write("lambda-src/common/answer.ts", 'export const answer = "mended";');
  await project.says("new code after");

  expect(told).toContain("lambda-src/common/answer.ts:1:22");
  expect(String(meanwhile)).toBe('"first"');
  expect(String(await invoke())).toBe('"mended"');
});

test("changed stacks are served anew on the same port, with their functions' code followed", async () => {
  const { port } = host.runtime;
  synthesized = () => project.deployment("Renamed");
  project.write("stacks/changed.ts", "");
  await project.says("stacks served anew after");
  project.write("lambda-src/common/answer.ts", 'export const answer = "second";');
  await project.says("Renamed: new code after");

  expect(host.runtime.port).toBe(port);
  expect(String(await invoke("Renamed"))).toBe('"second"');
});

test("stacks that cannot be synthesized are told, and what was served is served on", async () => {
  synthesized = () => {
    throw new SynthesisRefused("the stacks cannot be synthesized: no");
  };
  project.write("main.ts", "// changed");
  const told = await project.says("not served");

  expect(told).toBe("not served: the stacks cannot be synthesized: no");
  expect(String(await invoke())).toBe('"first"');
});

class SynthesisRefused extends Error {
  override readonly name = "SynthesisRefused";
}
