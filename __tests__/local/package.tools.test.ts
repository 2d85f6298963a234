import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { readCall } from "../../local/command/command-line";
import { caller, commands } from "../../local/command/package-commands";
import { eventually } from "../support/local-runtime";
import { keptKeys } from "../support/run/key-pairs";
import { synthesizeToFolder } from "../support/synthesized-folder";
import { recordedFolder, recordedStates, resourcesIn } from "./state/recorded";

// The package is built, packed and installed; each command and example is a process.
jest.setTimeout(240_000);

const SOURCES = path.resolve(__dirname, "../../local");
const README = readFileSync(path.join(SOURCES, "README.md"), "utf8");

/** As somebody has it who installed the tarball, outside of this project. */
const folder = path.join(mkdtempSync(path.join(tmpdir(), "package-")), "some project");
const run = promisify(execFile);
const started: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: SOURCES });
  writeFileSync(
    path.join(folder, "package.json"),
    '{ "name": "some-project", "private": true, "type": "module" }\n',
  );
  const tarball = path.join(folder, packed.stdout.trim().split("\n").at(-1) ?? "");
  const words = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball];
  await run("npm", words, { cwd: folder });
  const synthesized = synthesizeToFolder();
  cpSync(synthesized.folder, path.join(folder, "cdktf.out"), { recursive: true });
  synthesized.remove();
});

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

/** Where the API answers that the installed command serves. */
async function served(...words: readonly string[]): Promise<string> {
  const file = path.join(folder, `endpoints-${started.length}.json`);
  const bin = path.join(folder, "node_modules", ".bin", "secure-lambda-local");
  const all = [...words, "--port", "0", "--console-port", "0", "--json", "--endpoints-file", file];
  const child = spawn(bin, all, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const endpoints = await eventually(() => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  });
  const console = await fetch(endpoints.consoleUrl);
  expect(await console.text()).toContain("/assets/console.js");
  const script = await fetch(new URL("/assets/console.js", endpoints.consoleUrl));
  expect([script.status, script.headers.get("content-type")]).toEqual([
    200,
    "text/javascript; charset=utf-8",
  ]);
  return endpoints.invokeUrl;
}

async function refusedWithoutToken(invokeUrl: string): Promise<void> {
  const refused = await fetch(`${invokeUrl}/lambda1`, { method: "POST", body: '{"name":"Ada"}' });
  expect([refused.status, await refused.text()]).toEqual([401, '{"message":"Unauthorized"}']);
}

function readJson(file: string) {
  return JSON.parse(readFileSync(path.join(folder, file), "utf8"));
}

describe("the package, installed from its tarball in an empty folder", () => {
  it("serves a synthesized folder, and the console's pages without building them; told to end, it ends with 0 and leaves nothing behind", async () => {
    const before = readdirSync(folder).sort();
    await refusedWithoutToken(await served());
    const child = started.at(-1);
    const ended = new Promise((resolve) => child?.once("exit", (code) => resolve(code)));

    child?.kill("SIGTERM");

    expect(await ended).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it("serves a state", async () => {
    const { stackFolders, remove } = recordedFolder();
    const root = path.join(folder, "infra");
    for (const stack of Object.values(stackFolders)) cpSync(stack, root, { recursive: true });
    remove();
    const values = { root_module: { resources: resourcesIn(recordedStates()) } };
    const file = path.join(folder, "state.json");
    writeFileSync(file, JSON.stringify({ format_version: "1.0", values }));

    const invokeUrl = await served("--state", file, "--root", root);

    await refusedWithoutToken(invokeUrl);
    expect((await fetch(`${invokeUrl}/orders`)).status).toBe(400);
  });

  it("needs nothing under the AGPL, and says of everything what it is under", () => {
    const { packages: installed } = readJson("node_modules/.package-lock.json");
    const packages = Object.keys(installed).map((place) => readJson(`${place}/package.json`));

    expect(packages.map(({ name }) => name)).toContain("secure-lambda-local");
    expect(packages.filter(({ license }) => typeof license !== "string" || /AGPL/i.test(license))).toEqual(
      [],
    );
  });

  it.each([
    ["Node.js's modules", { module: "nodenext" }],
    ["a bundler", { module: "esnext", moduleResolution: "bundler" }],
  ])("has types that a strict project with %s takes", async (_with, modules) => {
    const use = `import { start, type Runtime } from "secure-lambda-local";
import { startTestApi } from "secure-lambda-local/testing";
import { parseFaults } from "secure-lambda-local/fault-plan";
import type { RequestTrace } from "secure-lambda-local/trace";
export const runtime: Promise<Runtime> = start({ state: "s.json", root: "infra", port: 3000 });
export const status = async (): Promise<RequestTrace["status"]> =>
  (await startTestApi({ folder: "cdktf.out" })).lastRequest().status;
export const faults = parseFaults(["sns:error"], { signal: AbortSignal.timeout(1) });
// @ts-expect-error a state is a file's name
start({ state: 1 });
`;
    writeFileSync(path.join(folder, "use.ts"), use);
    const types = path.resolve(__dirname, "../../node_modules/@types");
    const options = {
      ...{ strict: true, noEmit: true, target: "es2022", lib: ["es2023"] },
      ...modules,
      ...{ types: ["node"], typeRoots: [types], exactOptionalPropertyTypes: true },
    };
    writeFileSync(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["use.ts"] }),
    );
    const tsc = path.resolve(__dirname, "../../node_modules/.bin/tsc");

    // It ends before it is worth collecting garbage.
    const env = { ...process.env, GOGC: "off" };
    const { stdout } = await run(tsc, ["-p", folder], { env }).catch((error) => error);

    expect(stdout).toBe("");
  });
});

describe("the package's README", () => {
  const examples = [...README.matchAll(/^```js\n(.*?)^```$/gms)].map(
    ([, code = ""], index) => [index + 1, code] as const,
  );
  const calls = [...README.matchAll(/^ {4}npx secure-lambda-local(.*)$/gm)].map(([, words = ""]) =>
    words.trim(),
  );

  it("has examples", () => {
    expect([examples.length, calls.length]).toEqual([4, 9]);
  });

  it.each(examples)("runs example %i", async (index, code) => {
    const file = path.join(folder, `example-${index}.mjs`);
    writeFileSync(file, code);

    // The first generates its keys, as it does elsewhere.
    const env = { ...process.env, ...(index === 1 ? {} : keptKeys()) };
    const { stdout } = await run(process.execPath, [file], { cwd: folder, env });

    rmSync(file);
    expect(stdout).toMatch(index === 1 ? /^# fail 0$/m : /^(401|500|200|502)/);
  });

  it.each(calls)("calls the command as it can be called: %s", (words) => {
    const typed = [...words.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

    expect(readCall(commands, typed, {}, caller)).toHaveProperty("command");
  });
});
