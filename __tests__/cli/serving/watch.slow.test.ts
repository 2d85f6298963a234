import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { watchSources } from "../../../cli/serving/watch";
import { Host } from "../../../local/console/host";
import type { Deployment } from "../../../local/deployment/deployment";
import { bundleHandler } from "../../../stacks/common/bundle";
import { ACCOUNT, deploymentOf } from "../../support/deployment";
import { freePort } from "../../support/free-port";

const roleArn = `arn:aws:iam::${ACCOUNT}:role/R`;

/** What the projects keep of bundles that are the same: esbuild runs once for each. */
const packages = mkdtempSync(path.join(tmpdir(), "watched packages "));

afterAll(() => rmSync(packages, { recursive: true }));

/** A project with one handler, `lambda-src/hello`, that answers what `lambda-src/common/answer.ts` says. */
class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), "watched project "));
  private readonly told: string[] = [];
  private readonly waiting = new Set<() => void>();

  constructor() {
    for (const name of ["lambda-src/hello", "lambda-src/common", "stacks"])
      mkdirSync(path.join(this.folder, name), { recursive: true });
    symlinkSync(packages, path.join(this.folder, "node_modules"), "dir");
    this.write("main.ts", "");
    this.write("lambda-src/common/answer.ts", 'export const answer = "first";');
    this.write(
      "lambda-src/hello/index.ts",
      // Without a debugger, the statement does nothing.
      'import { answer } from "../common/answer";\nexport const handler = async () => {\n  debugger;\n  return answer;\n};',
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

test("a debugger stops in a handler and finds its source", async () => {
  await stop();
  await host.close();
  const port = await freePort();
  host = await Host.start({ deployment: project.deployment(), port: 0, inspectPort: port });
  stop = await watchSources({
    project: project.folder,
    host,
    synthesize: async () => ({ deployment: synthesized(), remove: () => {} }),
    tell: (text) => project.tell(text),
    inspect: true,
  });
  const told = await project.says("for a debugger");
  const debuggerSession = await DebuggerSession.open(port);

  await debuggerSession.send("Debugger.enable");
  const answer = invoke();
  const { url, lineNumber } = await debuggerSession.paused();
  await debuggerSession.send("Debugger.resume");

  expect(told).toBe(`for a debugger: Hello 127.0.0.1:${port}`);
  expect(String(await answer)).toBe('"first"');
  const bundle = fileURLToPath(url);
  expect(readFileSync(bundle, "utf8").split("\n")[lineNumber]).toContain("debugger");
  const { sourceRoot, sources } = JSON.parse(readFileSync(`${bundle}.map`, "utf8"));
  const source = fileURLToPath(new URL(sources.at(-1), sourceRoot));
  expect([source, existsSync(source)]).toEqual([
    path.join(project.folder, "lambda-src/hello/index.ts"),
    true,
  ]);
  debuggerSession.close();
});

/** A client of the inspector, as an editor is one. */
class DebuggerSession {
  private readonly urls = new Map<string, string>();

  private constructor(private readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => {
      const { method, params = {} }: InspectorMessage = JSON.parse(data.toString());
      if (method === "Debugger.scriptParsed") this.urls.set(params.scriptId ?? "", params.url ?? "");
    });
  }

  static async open(port: number): Promise<DebuggerSession> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? "");
    await once(socket, "open");
    return new DebuggerSession(socket);
  }

  async send(method: string): Promise<void> {
    this.socket.send(JSON.stringify({ id: 1, method }));
    await this.message((message) => message.id === 1);
  }

  /** Where it stops next. */
  async paused(): Promise<{ url: string; lineNumber: number }> {
    const { params } = await this.message((message) => message.method === "Debugger.paused");
    const { scriptId = "", lineNumber = -1 } = params?.callFrames?.[0]?.location ?? {};
    return { url: this.urls.get(scriptId) ?? "", lineNumber };
  }

  close(): void {
    this.socket.close();
  }

  private message(isWanted: (message: InspectorMessage) => boolean): Promise<InspectorMessage> {
    return new Promise((resolve) => {
      const look = (data: Buffer) => {
        const message: InspectorMessage = JSON.parse(data.toString());
        if (!isWanted(message)) return;
        this.socket.off("message", look);
        resolve(message);
      };
      this.socket.on("message", look);
    });
  }
}

interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly scriptId?: string;
    readonly url?: string;
    readonly callFrames?: { location: { scriptId: string; lineNumber: number } }[];
  };
}

class SynthesisRefused extends Error {
  override readonly name = "SynthesisRefused";
}
