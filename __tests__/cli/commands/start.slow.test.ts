import { readdirSync, readFileSync, statSync } from "node:fs";
import { get } from "node:https";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";
import { readEndpoints } from "../../../local/command/endpoints";
import { eventually } from "../../support/eventually";
import { LoadedModules } from "../support/loaded-modules";
import { beginWords, type Ran, runWords } from "../support/run-words";
import { type Serving, Starts, send } from "../support/starts";

// A busy machine takes seconds to start a process.
jest.setTimeout(60_000);

/** Whoever calls this function waits until somebody gives up. */
const ENDLESS = "export const handler = () => { for (;;); };";

/** Says that it was reached. */
const REACHED = "export const handler = async () => ({ statusCode: 200 });";

const starts = new Starts({
  edit: ({ edge }) => {
    edge.replaceCode("ExternalLambda1", REACHED);
    edge.replaceCode("ExternalLambda2", ENDLESS);
  },
});

afterAll(() => starts.end());

/** A command that ends by itself, in this process. */
const run = (...words: string[]): Promise<Ran> => runWords(words, { project: PROJECT });

describe("npm start, as long as it serves,", () => {
  let serving: Serving;
  const modules = new LoadedModules();

  beforeAll(async () => {
    serving = await starts.serve("shared.json", ["--json"], {}, modules.watch);
  });

  afterAll(() => modules.remove());

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

    const second = await run("start", ...starts.servingTo("second.json", port));

    expect(second.exitCode).toBe(1);
    expect(second.stderr).toBe(
      `error: port ${port} is in use; choose another with --port, or 0 for a free one\n`,
    );
  });

  it("gets its file back from a second one on another port that was told to use the same", async () => {
    const { file, endpoints } = serving;
    const second = beginWords(["start", ...starts.servingTo("shared.json")], { project: PROJECT });
    await eventually(() => second.stdout.text.includes("requests") || undefined);
    const between = readEndpoints(file);

    const { exitCode } = await second.stop();

    expect(between.pid).toBe(process.pid);
    expect(second.stdout.text).toContain(`led to ${endpoints.invokeUrl} (process ${serving.process.pid})`);
    expect(exitCode).toBe(0);
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
    expect(readdirSync(starts.files)).toEqual([]);
  });

  it("has loaded neither the stacks' classes, nor an SDK, nor what makes certificates", () => {
    expect(modules.parts).toContain("local/services");
    expect([...modules.parts].filter((part) => /^(cdktf|@cdktf|@aws-sdk|node-forge)/.test(part))).toEqual([]);
  });
});

describe("npm start -- --https", () => {
  const unchanged = new Starts();
  const state = path.join(unchanged.files, "state");
  let serving: Serving;

  beforeAll(async () => {
    serving = await unchanged.serve("https.json", ["--https"], { XDG_STATE_HOME: state });
  });

  afterAll(() => unchanged.end());

  it("takes TLS on its port, says how to trust it, and runs functions as before", async () => {
    const { file, process, endpoints } = serving;
    const authority = path.join(state, "secure-lambda", "authority.pem");

    const answer = await fetchTrusting(authority, `${endpoints.https?.url}/.inbox?format=json`);
    const token = await run("token", "--pool", "MyUserPool1", "--endpoints", file);
    const greeted = await send(serving, "/lambda1", { Authorization: token.stdout.trim() });

    expect(endpoints.https).toEqual({
      url: endpoints.awsEndpointUrl.replace("http:", "https:"),
      authorityFile: authority,
    });
    expect(answer).toBe('{"messages":[]}');
    expect(process.stdout).toContain(`export NODE_EXTRA_CA_CERTS=`);
    expect(greeted.status).toBe(200);
  });

  it("leaves its file behind when it is killed; then verify says that nothing answers", async () => {
    const { file, process } = serving;
    await process.interrupt("SIGKILL");

    const verify = await run("verify", "--endpoints", file);

    expect(verify).toMatchObject({ exitCode: 1, stdout: "" });
    expect(verify.stderr).toMatch(
      /^error: nothing answers \(connect ECONNREFUSED 127\.0\.0\.1:\d+\): is the local runtime still running\? npm start\n$/,
    );
  });
});

describe("npm start -- --help", () => {
  it("loads no service", async () => {
    const modules = new LoadedModules();
    await starts.start(["--help"], {}, modules.watch).ending();
    const loaded = [...modules.parts];
    modules.remove();

    expect(loaded).toContain("local/command");
    expect(loaded.filter((part) => /^(local\/(services|console|deployment|iam)|stacks)/.test(part))).toEqual([
      "stacks/common",
    ]);
    for (const unused of ["cdktf", "constructs", "node-forge", "ajv", "yaml"])
      expect(loaded).not.toContain(unused);
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
