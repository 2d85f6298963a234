import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { PROJECT } from "../cli/common/project";
import { cpuOf } from "./cpu";
import { peerRows } from "./peers";
import { beside, type Row, ratioRows, type Taken } from "./row";
import { run, startCommand, synthesisCommand } from "./run";
import { Served } from "./served";

const TURNS = 5;
const COPIED = [
  "main.ts",
  "typescript.js",
  "stacks",
  "lambda-src",
  "local",
  "cli",
  "bench",
  "cdktf.json",
  "package.json",
];

/**
 * What people wait for at a terminal: synthesis and the start of the local runtime, called as cdktf.json and package.json call them,
 * beside programs that only import the same. In a copy of the checkout, whose handlers may be changed.
 */
export async function commandRows(folder: string, children: ChildProcess[], peers: boolean): Promise<Row[]> {
  const checkout = copyOfProject(folder);
  return [
    ...(await synthesisRows(checkout)),
    ...(peers ? await peerRows(checkout, folder) : []),
    ...(await startRows(checkout, children)),
    ...(await routeRows(checkout, children)),
  ];
}

function copyOfProject(folder: string): string {
  const checkout = mkdtempSync(path.join(folder, "checkout-"));
  for (const name of [...COPIED, "package-lock.json", "tsconfig.json"])
    cpSync(path.join(PROJECT, name), path.join(checkout, name), { recursive: true });
  // The packages, and no caches.
  mkdirSync(path.join(checkout, "node_modules"));
  for (const name of readdirSync(path.join(PROJECT, "node_modules")).filter((entry) => entry !== ".cache"))
    symlinkSync(path.join(PROJECT, "node_modules", name), path.join(checkout, "node_modules", name));
  return checkout;
}

async function synthesisRows(checkout: string): Promise<Row[]> {
  const floor = path.join(checkout, "synthesis-floor.cjs");
  writeFileSync(floor, `${imported(checkout)}\nnew (require("cdktf").App)().synth();\n`);
  const bare = () =>
    run(checkout, [process.execPath, floor], { CDKTF_OUTDIR: path.join(checkout, "nothing") });
  const out = { CDKTF_OUTDIR: path.join(checkout, "cdktf.out") };
  const synthesis = () => run(checkout, synthesisCommand(), out);
  const changed = () => {
    appendFileSync(
      path.join(checkout, "lambda-src/external/index.ts"),
      `\nexport const at${Date.now()} = 0;\n`,
    );
    return synthesis();
  };
  const again = await beside(TURNS, synthesis, bare);
  const anew = await beside(TURNS, changed, bare);
  const floorName = "importing cdktf and the classes";
  return [
    ...ratioRows(`synthesis, nothing changed : ${floorName}`, { atMost: 1.6 }, again),
    ...ratioRows(`synthesis, a handler changed : ${floorName}`, { atMost: 2.5 }, anew),
  ];
}

/** The first answer is a 401: the API is there. */
async function startRows(checkout: string, children: ChildProcess[]): Promise<Row[]> {
  // Each file on its own, in the same places: some read what lies beside them.
  buildSync({
    absWorkingDir: checkout,
    entryPoints: ["local/**/*.ts", "local/**/*.json", "bench/start-floor.ts"],
    ...{ outdir: "floor", outbase: ".", platform: "node", format: "cjs", target: "node20" },
    loader: { ".json": "copy" },
  });
  const floor = path.join(checkout, "floor", "start-floor.js");
  writeFileSync(floor, `require("./bench/start-floor");\n${imported(checkout)}\n`);
  const start = await beside(
    TURNS,
    () => firstAnswer(checkout, children),
    () => run(checkout, [process.execPath, floor]),
  );
  return ratioRows(
    "start to the first answer : importing what it synthesizes and serves",
    { atMost: 1.5 },
    start,
  );
}

/** What each further route costs where it is synthesized and where it is served, from 2 to 100 and from there to 200. */
async function routeRows(checkout: string, children: ChildProcess[]): Promise<Row[]> {
  const synthesized: { first: number; second: number }[] = [];
  const loaded: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const cpu: number[] = [];
    const load: number[] = [];
    for (const routes of ["2", "100", "200"]) {
      const out = path.join(checkout, `routes-${routes}`);
      const settings = { CDKTF_OUTDIR: out, BENCH_ROUTES: routes };
      cpu.push((await run(checkout, synthesisCommand("bench/many-routes.ts"), settings)).cpu ?? Number.NaN);
      const server = await Served.start({ folder: out, console: false }, children);
      load.push(server.loadedMs);
      server.stop();
    }
    const [few = 0, some = 0, many = 0] = cpu;
    synthesized.push({ first: (some - few) / 98, second: (many - some) / 100 });
    loaded.push(((load[2] ?? 0) - (load[0] ?? 0)) / 198);
  }
  const known = synthesized.filter(({ first }) => !Number.isNaN(first));
  return [
    {
      what: "synthesis, each further route to 200: CPU",
      ...{ unit: "ms", goal: { atMost: 10 }, values: known.map(({ first, second }) => (first + second) / 2) },
    },
    {
      what: "synthesis, a route of the second hundred : of the first",
      ...{ unit: "×", goal: { atMost: 1.5 }, values: known.map(({ first, second }) => second / first) },
    },
    { what: "load, each further route to 200: CPU", unit: "ms", goal: { atMost: 3 }, values: loaded },
  ];
}

/** Statements that import cdktf and the classes that the stacks import. */
function imported(checkout: string): string {
  const sources = readdirSync(path.join(checkout, "stacks"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(path.join(checkout, "stacks", name), "utf8"));
  const found = sources.flatMap((text) => [
    ...text.matchAll(/"(@cdktf\/provider-[a-z]+\/lib\/[a-z0-9-]+)"/g),
  ]);
  const modules = ["cdktf", ...new Set(found.map(([, name]) => name))];
  return modules.map((name) => `require(${JSON.stringify(name)});`).join("\n");
}

async function firstAnswer(checkout: string, children: ChildProcess[]): Promise<Taken> {
  const startedAt = performance.now();
  const [command = "", ...words] = startCommand();
  const child = spawn(command, [...words, "--port", "0", "--json"], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  const invokeUrl = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code} before it served`)));
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      const started = text
        .split("\n")
        .find((line) => line.includes('"event":"started"') && line.endsWith("}"));
      if (started !== undefined) resolve(JSON.parse(started).endpoints.invokeUrl);
    });
  });
  const { status } = await fetch(`${invokeUrl}/lambda1`, { method: "POST" });
  if (status !== 401) throw new Error(`the first request was answered with ${status}`);
  const taken = { cpu: cpuOf(child.pid ?? 0), wall: performance.now() - startedAt };
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.removeAllListeners("exit").kill("SIGTERM");
  await ended;
  return taken;
}
