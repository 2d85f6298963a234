import { type ChildProcess, spawn } from "node:child_process";
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
import { parse } from "yaml";
import { eventually } from "../support/local-runtime";
import { keptKeys } from "../support/run/key-pairs";
import { synthesizeToFolder } from "../support/synthesized-folder";
import { recordedFolder, recordedStates, resourcesIn } from "./state/recorded";

// The package is installed and built as the action does it.
jest.setTimeout(240_000);

const PROJECT = path.resolve(__dirname, "../..");

interface Step {
  readonly id?: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly [install: Step, serve: Step] };
}

const action: Action = parse(readFileSync(path.join(PROJECT, "action.yml"), "utf8"));
const [install, serve] = action.runs.steps;

const temporary = mkdtempSync(path.join(tmpdir(), "runner temp "));
/** The action's checkout, which with `uses: ./` is the caller's, with packages that are in use. */
const checkout = path.join(temporary, "check out");
const workspace = path.join(temporary, "work space");
const synthesized = synthesizeToFolder();
const started: ChildProcess[] = [];
let outputs: Readonly<Record<string, string>> = {};

type Inputs = Readonly<Record<string, string>>;

/**
 * A step as a runner runs it, with inputs in place of the expressions.
 *
 * Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell,
 * https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
 */
function begin(step: Step, inputs: Inputs = {}): ChildProcess & { readonly said: { text: string } } {
  const filled = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_all, expression: string) => {
      const [, from = "", name = ""] = /^(inputs|steps\.package\.outputs)\.([\w-]+)$/.exec(expression) ?? [];
      if (from === "inputs" && name in action.inputs)
        return inputs[name] ?? action.inputs[name]?.default ?? "";
      if (outputs[name] === undefined) throw new Error(`nothing gives ${expression}`);
      return outputs[name];
    });
  const script = path.join(temporary, "step.sh");
  writeFileSync(script, filled(step.run));
  const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]);
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: path.resolve(workspace, filled(step["working-directory"] ?? ".")),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...{ ...process.env, ...keptKeys(), ...Object.fromEntries(own) },
      ...{ GITHUB_ACTION_PATH: checkout, RUNNER_TEMP: temporary, TMPDIR: temporary },
      ...{ GITHUB_OUTPUT: path.join(temporary, "output"), GITHUB_WORKSPACE: workspace },
    },
  });
  started.push(child);
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said.text += text));
  return Object.assign(child, { said });
}

async function finished(child: ReturnType<typeof begin>): Promise<{ code: number; said: string }> {
  const code = await new Promise<number>((resolve) => child.once("close", resolve));
  return { code, said: child.said.text };
}

/** What the check found out: where the API was served. */
async function isServed(): Promise<boolean> {
  const url = readFileSync(path.join(workspace, "served.txt"), "utf8").trim();
  return fetch(url).then(
    () => true,
    () => false,
  );
}

const NOTE = 'echo "$INVOKE_URL" >"$GITHUB_WORKSPACE/served.txt"';

beforeAll(async () => {
  mkdirSync(workspace);
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "typescript.js", "local"])
    cpSync(path.join(PROJECT, name), path.join(checkout, name), {
      recursive: true,
      filter: (file) => !/\/(dist|node_modules)$/.test(file),
    });
  mkdirSync(path.join(checkout, "node_modules", "in-use"), { recursive: true });

  const { code, said } = await finished(begin(install));

  expect([code, code === 0 ? "" : said]).toEqual([0, ""]);
  expect(readdirSync(path.join(checkout, "node_modules"))).toEqual(["in-use"]);
  const lines = readFileSync(path.join(temporary, "output"), "utf8").trim().split("\n");
  outputs = Object.fromEntries(lines.map((line) => line.split("=")));
});

afterEach(() => {
  // Nothing of what was served is left, whatever came of it.
  expect(readdirSync(temporary).filter((name) => /^secure-lambda-local-(?!.{6}$)/.test(name))).toEqual([]);
});

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  synthesized.remove();
  rmSync(temporary, { recursive: true });
});

describe("the action", () => {
  it("serves a synthesized folder to checks, with a signed-in user, of which one is this project's, and stops", async () => {
    const report = path.join(workspace, "report.xml");
    const check = `${NOTE}
node -e '
  const { INVOKE_URL, ID_TOKEN_MYUSERPOOL1: Authorization, ENDPOINTS_FILE } = process.env;
  const { userPools } = JSON.parse(require("fs").readFileSync(ENDPOINTS_FILE));
  fetch(INVOKE_URL + "/lambda1", { method: "POST", headers: { Authorization, "Content-Type": "application/json" }, body: JSON.stringify({ name: "Ada" }) })
    .then((answer) => console.log("answered", answer.status, userPools.length, process.env.AWS_PROFILE));
'
npm run verify -- --endpoints "$ENDPOINTS_FILE" --junit '${report}'`;

    const { code, said } = await finished(
      begin(serve, { check, folder: synthesized.folder, "working-directory": PROJECT }),
    );

    expect(said).toContain("answered 200 2 undefined\n");
    expect(said).toContain("  POST    /development/lambda1  200  function: ExternalLambda1");
    expect([code, await isServed()]).toEqual([0, false]);
    expect(readFileSync(report, "utf8")).toMatch(/<testsuites tests="\d+" failures="0"/);
  });

  it("serves a state, with further options, from another folder", async () => {
    const { stackFolders, remove } = recordedFolder();
    const root = path.join(temporary, "infra");
    for (const stack of Object.values(stackFolders)) cpSync(stack, root, { recursive: true });
    remove();
    const values = { root_module: { resources: resourcesIn(recordedStates()) } };
    mkdirSync(path.join(workspace, "sub folder"));
    const state = path.join(workspace, "sub folder", "state.json");
    writeFileSync(state, JSON.stringify({ format_version: "1.0", values }));

    const { code, said } = await finished(
      begin(serve, {
        state: "state.json",
        root,
        options: "--managed-rules off",
        "working-directory": "sub folder",
        check: 'test "$AWS_ACCESS_KEY_ID" = local',
      }),
    );

    expect([code, code === 0 ? "" : said]).toEqual([0, ""]);
  });

  it("is called as the package's README calls it", () => {
    const readme = readFileSync(path.join(PROJECT, "local", "README.md"), "utf8");
    const [, example = ""] = /^```yaml\n(.*?)^```$/ms.exec(readme) ?? [];
    const calls: { uses?: string; with?: Inputs }[] = parse(example);

    const { with: given = {} } = calls.find(({ uses }) => uses?.includes("/secure-lambda@")) ?? {};

    expect(Object.keys(given)).toEqual(["folder", "check"]);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  });

  it("ends as the first command of the check does that fails, and stops what was served", async () => {
    const { code, said } = await finished(
      begin(serve, { check: `${NOTE}\n(exit 7)\ntrue`, folder: synthesized.folder }),
    );

    expect(said).toContain("the check ended with 7");
    expect([code, await isServed()]).toEqual([7, false]);
  });

  it.each([
    ["a folder that is not there", { folder: "none" }, 1, "error: "],
    ["two sources", { folder: "a", state: "b" }, 2, "give one of the two"],
    ["an option that there is not", { options: "--no-such-option" }, 2, "--no-such-option"],
  ])("does not run the check where the start is refused: %s", async (_what, inputs, expected, message) => {
    const { code, said } = await finished(begin(serve, { check: "echo it ran", ...inputs }));

    expect(said).toContain(message);
    expect([code, said.includes("it ran")]).toEqual([expected, false]);
  });

  it("ends the check, and what it has started, when the job is cancelled", async () => {
    const child = begin(serve, {
      check: `${NOTE}\nsleep 600 & echo $! >pid.txt; wait`,
      folder: synthesized.folder,
    });
    const end = finished(child);
    const file = path.join(workspace, "pid.txt");
    await eventually(() => (existsSync(file) && readFileSync(file, "utf8").endsWith("\n")) || undefined);

    child.kill("SIGINT");

    expect([(await end).code, await isServed()]).toEqual([130, false]);
    const pid = Number(readFileSync(file, "utf8"));
    await eventually(() => isGone(pid) || undefined);
  });
});

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
