import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { type Endpoints, readEndpoints } from "../../../local/command/endpoints";
import { isRunning } from "../../../local/command/process-state";
import { eventually } from "../../support/local-runtime";
import { synthesizeToFolder } from "../../support/synthesized-folder";
import { CommandProcess, endpointsIn, startBehindParent } from "../support/command-process";
import { type Ran, runWords } from "../support/run-words";

// A busy machine takes seconds to start a process.
jest.setTimeout(60_000);

/** Whoever calls this function waits until somebody gives up. */
const ENDLESS = "export const handler = () => { for (;;); };";

interface Serving {
  readonly file: string;
  readonly process: CommandProcess;
  readonly endpoints: Endpoints;
}

const files = mkdtempSync(path.join(tmpdir(), "endpoints of a start "));
const synthesized = synthesizeToFolder({ edit: ({ edge }) => edge.replaceCode("ExternalLambda2", ENDLESS) });
const processes: CommandProcess[] = [];

afterAll(async () => {
  await Promise.all(processes.map((process) => process.kill()));
  synthesized.remove();
  rmSync(files, { recursive: true, force: true });
});

function start(words: readonly string[], env: Readonly<Record<string, string>> = {}): CommandProcess {
  const started = new CommandProcess("start", words, env);
  processes.push(started);
  return started;
}

/** A command that ends by itself, in this process. */
function run(...words: string[]): Promise<Ran> {
  return runWords(words, { project: PROJECT });
}

/** The options with which a start serves, on a free port unless it is given one, and writes that file. */
function servingTo(file: string, port = "0", folder = synthesized.folder): string[] {
  return ["--out", folder, "--port", port, "--endpoints-file", path.join(files, file)];
}

async function serve(name: string, ...words: string[]): Promise<Serving> {
  const process = start([...servingTo(name), ...words]);
  const file = path.join(files, name);
  return { file, process, endpoints: await endpointsIn(file, process) };
}

function send({ endpoints }: Serving, target: string, headers: Record<string, string> = {}) {
  return fetch(`${endpoints.invokeUrl}${target}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: '{"name": "Ada"}',
  });
}

describe("npm start, as long as it serves,", () => {
  let serving: Serving;

  beforeAll(async () => {
    serving = await serve("shared.json", "--json");
  });

  it("has written the documented file, for its owner only", () => {
    const { file, process, endpoints } = serving;

    const mode = statSync(file).mode & 0o777;
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));

    expect(mode).toBe(0o600);
    expect(json).toEqual({
      pid: process.pid,
      invokeUrl: `${endpoints.awsEndpointUrl}/development`,
      awsEndpointUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      consoleUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{32}$/),
      inboxUrl: `${endpoints.awsEndpointUrl}/.inbox`,
      region: "us-east-1",
      apiKeys: [],
      functions: ["ExternalLambda1", "ExternalLambda2", "InternalLambda"],
      userPools: ["MyUserPool1", "MyUserPool2"].map((name) => ({
        name,
        id: expect.stringMatching(/^us-east-1_\w+$/),
        clientId: expect.stringMatching(/^\w+$/),
        loginPageUrl: expect.stringContaining(
          `${endpoints.awsEndpointUrl}/${name.toLowerCase()}-123456789012.auth.us-east-1.amazoncognito.com/login?`,
        ),
        user: { email: `${name.toLowerCase()}@example.com`, password: expect.any(String) },
      })),
    });
  });

  it("writes one JSON object a line with --json", async () => {
    const { file, process, endpoints } = serving;

    await send(serving, "/lambda1");
    await process.says('"request"');

    const events = process.stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(events).toEqual([
      { event: "started", file, endpoints, warnings: expect.any(Array) },
      {
        event: "request",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        sourceIp: "127.0.0.1",
        method: "POST",
        path: "/development/lambda1",
        status: 401,
        decision: { layer: "authorizer", detail: "AGAuthorizer1: no token" },
        durationMs: expect.any(Number),
      },
    ]);
  });

  it("gives a token to npm run token, which prints nothing else", async () => {
    const { file } = serving;

    const token = await run("token", "--pool", "MyUserPool1", "--endpoints", file);
    const answer = await send(serving, "/lambda1", { Authorization: token.stdout.trim() });

    expect(token.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(token.stderr).toBe("");
    expect(answer.status).toBe(200);
  });

  it("says to a second one in a line that the port is in use", async () => {
    const { port } = new URL(serving.endpoints.awsEndpointUrl);

    const second = await run("start", ...servingTo("second.json", port));

    expect(second.exitCode).toBe(1);
    expect(second.stderr).toBe(
      `error: port ${port} is in use; choose another with --port, or 0 for a free one\n`,
    );
  });

  it("gets its file back from a second one on another port that was told to use the same", async () => {
    const { file, process, endpoints } = serving;
    const second = start(servingTo("shared.json"));
    await second.says("requests");
    const between = readEndpoints(file);

    const ending = await second.interrupt("SIGTERM");

    expect(between.pid).toBe(second.pid);
    expect(second.stdout).toContain(`led to ${endpoints.invokeUrl} (process ${process.pid})`);
    expect(ending).toMatchObject({ exitCode: 0 });
    expect(readEndpoints(file)).toEqual(endpoints);
  });

  it("stops at once on Ctrl-C, cuts the request that waits for a function and removes its file", async () => {
    const { file, process } = serving;
    const token = await run("token", "--pool", "MyUserPool2", "--endpoints", file);
    const cut = expect(send(serving, "/lambda2", { Authorization: token.stdout.trim() })).rejects.toThrow(
      "fetch failed",
    );
    await send(serving, "/behind-it");
    await process.says("/behind-it");

    const ending = await process.interruptAgainAndAgain("SIGINT");

    expect(ending).toEqual({ exitCode: 0, signal: null });
    await cut;
    expect(process.stderr).toBe("");
    expect(readdirSync(files)).toEqual([]);
  });
});

describe("npm start ends", () => {
  it("and leaves its file behind when it is killed; then verify says that nothing answers", async () => {
    const { file, process } = await serve("killed.json");
    await process.interrupt("SIGKILL");

    const verify = new CommandProcess("verify", ["--endpoints", file]);

    expect(await verify.ending()).toMatchObject({ exitCode: 1 });
    expect(verify.stdout).toBe("");
    expect(verify.stderr).toMatch(
      /^error: nothing answers \(connect ECONNREFUSED 127\.0\.0\.1:\d+\): is the local runtime still running\? npm start\n$/,
    );
  });

  it("without a word when nobody reads its output any more", async () => {
    const serving = await serve("unread.json");
    serving.process.child.stdout.destroy();

    await send(serving, "/lambda1").catch(() => undefined);

    expect(await serving.process.ending()).toMatchObject({ exitCode: 0 });
    expect(serving.process.stderr).toBe("");
    expect(existsSync(serving.file)).toBe(false);
  });

  it("when the npm process that it belongs to is killed", async () => {
    const npm = startBehindParent("start", servingTo("orphan.json"), { npm_lifecycle_event: "start" });
    const file = path.join(files, "orphan.json");
    const { pid } = await endpointsIn(file, npm);

    await npm.kill();

    await eventually(() => !isRunning(pid) || undefined);
    expect(existsSync(file)).toBe(false);
  });

  it("with 2 where it is called wrongly", async () => {
    expect(await run("start", "--port=local")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'error: --port is "local"; accepted: a port from 0 to 65535 (npm start -- --help says more)\n',
    });
  });

  it("with 130 on Ctrl-C while it synthesizes, and leaves nothing behind", async () => {
    const process = start(["--port", "0", "--endpoints-file", path.join(files, "never.json")]);
    const local = path.join(PROJECT, ".local");
    const own = () => readdirSync(local).filter((name) => name.startsWith(`synthesized-${process.pid}-`));
    await process.until(() => (existsSync(local) && own().length > 0) || undefined);

    const ending = await process.interruptAgainAndAgain("SIGINT");

    expect(ending).toEqual({ exitCode: 130, signal: null });
    expect(process.stderr).toBe("interrupted\n");
    expect(own()).toEqual([]);
    expect(existsSync(path.join(files, "never.json"))).toBe(false);
  });

  it("with what the stacks say of a wrong setting, without a stack trace", async () => {
    const process = start(["--port", "0", "--endpoints-file", path.join(files, "never.json")], {
      THROTTLE_RATE: "lots",
    });

    expect(await process.ending()).toMatchObject({ exitCode: 1 });
    expect(process.stderr).toBe(
      'error: the stacks cannot be synthesized: THROTTLE_RATE is "lots"; accepted: a whole number from 1 to 10000\n',
    );
  });
});

describe("npm start -- --https", () => {
  it("takes TLS on its port, says how to trust it, and runs functions as before", async () => {
    const file = path.join(files, "https.json");
    const state = path.join(files, "state");
    // The check calls every function, and waits for one without an end until its time is over.
    const { folder } = synthesizeToFolder();
    const process = start([...servingTo("https.json", "0", folder), "--https"], { XDG_STATE_HOME: state });
    const endpoints = await endpointsIn(file, process);
    const { https } = endpoints;
    const authority = path.join(state, "secure-lambda", "authority.pem");

    const answer = await fetchTrusting(authority, `${https?.url}/.inbox?format=json`);
    const verified = await run("verify", "--endpoints", file);

    expect(https).toEqual({
      url: endpoints.awsEndpointUrl.replace("http:", "https:"),
      authorityFile: authority,
    });
    expect(answer).toBe('{"messages":[]}');
    expect(process.stdout).toContain(`export NODE_EXTRA_CA_CERTS=`);
    expect(verified.stdout).toContain("pass  POST /lambda1");
  });
});

function fetchTrusting(authority: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(authority), agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("end", () => resolve(Buffer.concat(chunks).toString()));
    }).once("error", reject);
  });
}
