import { execFile } from "node:child_process";
import {
  copyFileSync,
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
import { transformSync } from "esbuild";

const PROJECT = path.resolve(__dirname, "..");
const REQUIRED = [
  "local/required.ts",
  'export const stack = require("../stacks/secure-edge-stack");',
] as const;

const CIRCLE = [
  ["local/kernel/one.ts", 'import { two } from "./two"; export const one = () => two;'],
  ["local/kernel/two.ts", 'import { one } from "./one"; export const two = () => one;'],
] as const;

/** The folders of local/, each of which imports those before it; all else in local/ is above them. */
const BELOW = ["kernel", "deployment", "iam", "aws-api", "services", "front-door"];
/** The folders of cli/ that commands are built of: they know cli/common, and none of their neighbours. */
const PARTS = childrenOf("cli").filter(
  (name) => !["common", "commands"].includes(name) && !name.includes("."),
);

/** A file in each folder for each thing above it, or beside it in cli/, that it must not import. */
const ARROWS: readonly (readonly [file: string, statement: string])[] = [
  ...BELOW.flatMap((folder, place) => {
    const above = childrenOf("local").filter((name) => !BELOW.slice(0, place + 1).includes(stemOf(name)));
    const places = folder === "services" ? ["services", "services/sns"] : [folder];
    return places.flatMap((lower) => above.map((upper) => arrow(`local/${lower}`, `local/${upper}`)));
  }),
  ...PARTS.flatMap((part) =>
    childrenOf("cli")
      .filter((name) => name !== "common" && name !== part)
      .map((name) => arrow(`cli/${part}`, `cli/${name}`)),
  ),
  ...childrenOf("cli").flatMap((name) => (name === "common" ? [] : [arrow("cli/common", `cli/${name}`)])),
];

function childrenOf(folder: string): string[] {
  return readdirSync(path.join(PROJECT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(".ts"))
    .map(({ name }) => name)
    .filter((name) => !["dist", "node_modules"].includes(name));
}

function stemOf(name: string): string {
  return path.basename(name, ".ts");
}

function arrow(lower: string, upper: string): readonly [file: string, statement: string] {
  const target = upper.endsWith(".ts") ? upper.slice(0, -3) : `${upper}/any`;
  const source = path.relative(lower, target).split(path.sep).join("/");
  return [`${lower}/to-${stemOf(upper)}.ts`, `export { any } from "${source}";`];
}

/** One file for each row: where it lies, and its one statement. */
const refused: readonly (readonly [file: string, statement: string])[] = [
  ["local/a.ts", 'export { routes } from "../stacks/secure-edge/routes";'],
  ["local/b.ts", 'export * from "../stacks/secure-edge-stack";'],
  [
    "local/services/sns/c.ts",
    'import type { Route } from "../../../stacks/secure-edge/route"; export type R = Route;',
  ],
  ["local/services/sns/d.ts", 'export const load = () => import("../../../stacks/secure-edge/routes");'],
  ["local/front-door/e.mjs", 'import "../../stacks/secure-edge/routes";'],
  ["local/f.ts", 'export { App } from "cdktf";'],
  ["local/g.ts", 'export { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";'],
  ["local/h.ts", 'export { handler } from "../lambda-src/internal/index";'],
  ["local/i.ts", 'export { synthesize } from "../cli/serving/synthesize";'],
  ["local/command/k.ts", 'export { start } from "../../cli/commands/start";'],
  ["local/command/l.ts", 'export { routes } from "../../stacks/secure-edge/routes";'],
  ["local/deployment/expression/arrow4.ts", 'export { loadSynthesized } from "../../load";'],
  ["local/services/sns/arrow7.ts", 'export { Queues } from "../sqs/queues";'],
  ["local/services/cognito/operations/arrow8.ts", 'export { Topics } from "../../sns/topics";'],
  ["local/services/lambda/arrow9.ts", 'export { listen } from "../../front-door/server";'],
  ["local/console/pages/kit/page1.ts", 'export { readFileSync } from "node:fs";'],
  ["local/console/pages/page2.tsx", 'export { startRuntime } from "../../runtime";'],
  ["stacks/j.ts", 'export { readName } from "../lambda-src/common/name";'],
  [
    "stacks/common/k.ts",
    'import type { Answer } from "../../lambda-src/external/core"; export type A = Answer;',
  ],
  ["stacks/l.ts", 'export { handler } from "../lambda-src/internal/index";'],
  ["stacks/m.ts", 'export { Runtime } from "../local/runtime";'],
  ["stacks/n.ts", 'export { synthesize } from "../cli/serving/synthesize";'],
  ["stacks/o.ts", 'export { snsTopic } from "@cdktf/provider-aws";'],
  ["lambda-src/internal/p.ts", 'export { App } from "cdktf";'],
  ["lambda-src/internal/q.ts", 'export { Construct } from "constructs";'],
  ["lambda-src/internal/r.ts", 'export { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";'],
  ["lambda-src/internal/s.ts", 'export { physicalName } from "../../stacks/common/names";'],
  ["lambda-src/common/t.ts", 'export { Clock } from "../../local/kernel/clock";'],
  ["cli/u.ts", 'export { snsTopic } from "@cdktf/provider-aws";'],
  ["cli/v.ts", 'export { snsTopic } from "@cdktf/provider-aws/lib";'],
  ["cli/w.ts", 'export { dataArchiveFile } from "@cdktf/provider-archive/lib/index";'],
  ["cli/commands/arrow1.ts", 'export { commands } from "../command-table";'],
  ["cli/terraform/archive-provider/arrow7.ts", 'export { synth } from "../../commands/deploy";'],
  ["cli/common/arrow8.ts", 'import type { Check } from "../verification/check"; export type C = Check;'],
  ["cli/common/arrow9.ts", 'export const load = () => import("../commands/start");'],
  ["cli/common/arrow12.ts", 'export { snsTopic } from "@cdktf/provider-aws";'],
  ["main.ts", 'export { provider } from "@cdktf/provider-archive";'],
  ["__tests__/stacks/x.test.ts", 'export { snsTopic } from "@cdktf/provider-aws";'],
];

const accepted: readonly (readonly [file: string, statement: string])[] = [
  [
    "stacks/fine1.ts",
    'import type { InternalEnv } from "../lambda-src/internal/env"; export type E = InternalEnv;',
  ],
  ["stacks/common/fine2.ts", 'export { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";'],
  ["stacks/fine3.ts", 'export { physicalName } from "./common/names";'],
  ["lambda-src/internal/fine4.ts", 'export { readName } from "../common/name";'],
  ["lambda-src/external/fine5.ts", 'export { SNSClient } from "@aws-sdk/client-sns";'],
  ["local/fine6.ts", 'export { Deployment } from "./deployment/deployment";'],
  [
    "local/services/sns/fine7.ts",
    'export { systemClock } from "../../kernel/clock"; export { Ports } from "../ports";',
  ],
  ["cli/fine8.ts", 'export { routes } from "../stacks/secure-edge/routes";'],
  ["cli/fine9.ts", 'export { Deployment } from "../local/deployment/deployment";'],
  ["cli/fine11.ts", 'export { start } from "./commands/start";'],
  [
    "cli/commands/fine12.ts",
    'export { synthesize } from "../serving/synthesize"; export { runChecks } from "../verification/run-checks";',
  ],
  [
    "cli/verification/fine13.ts",
    'export { readTarget } from "../common/target"; export { c } from "./check";',
  ],
  ["cli/terraform/archive-provider/fine14.ts", 'export { providers } from "../providers";'],
  ["cli/common/fine15.ts", 'export { UserError } from "../../local/kernel/user-error";'],
  [
    "local/command/fine16.ts",
    'export { Host } from "../console/host"; export { startRuntime } from "../runtime";',
  ],
  ["__tests__/local/fine10.test.ts", 'export { routes } from "../../stacks/secure-edge/routes";'],
];

describe("the linter", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "lint-"));
  let complaints: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    complaints = await lint(folder, [...refused, ...ARROWS, ...accepted, ...CIRCLE, REQUIRED]);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(refused)("refuses in %s: %s", (file) => {
    expect(complaints.get(file)).toEqual(["lint/style/noRestrictedImports"]);
  });

  it("refuses every arrow that points up, or from one part of the commands to another", () => {
    const taken = ARROWS.filter(([file]) => complaints.get(file) === undefined);

    expect(ARROWS.length).toBeGreaterThan(100);
    expect(taken).toEqual([]);
  });

  it.each(accepted)("takes in %s: %s", (file) => {
    expect(complaints.get(file)).toBeUndefined();
  });

  it("refuses two files that import each other", () => {
    for (const [file] of CIRCLE) expect(complaints.get(file)).toEqual(["lint/suspicious/noImportCycles"]);
  });

  it("refuses require, which those rules do not look at", () => {
    expect(complaints.get(REQUIRED[0])).toEqual(["lint/style/noCommonJs"]);
  });
});

describe("a handler's contract with its stack", () => {
  const contractOf = (handler: string) => path.join(PROJECT, "lambda-src", handler, "env.ts");
  const handlers = readdirSync(path.join(PROJECT, "lambda-src")).filter((name) =>
    existsSync(path.join(PROJECT, "lambda-src", name, "index.ts")),
  );

  it("is in the handler's folder", () => {
    expect(handlers).toEqual(expect.arrayContaining(["external", "internal", "rates"]));
    expect(handlers.filter((name) => !existsSync(contractOf(name)))).toEqual([]);
  });

  it.each(handlers)("is types alone, of which no code is left: %s", (handler) => {
    const { code } = transformSync(readFileSync(contractOf(handler), "utf8"), { loader: "ts" });

    expect(code).toBe("");
  });
});

/** Runs the linter with the project's configuration over these files; its complaints, by file. */
async function lint(
  folder: string,
  files: readonly (readonly [file: string, statement: string])[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  copyFileSync(path.join(PROJECT, "biome.json"), path.join(folder, "biome.json"));
  for (const [file, statement] of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `${statement}\n`);
  }
  const biome = path.join(PROJECT, "node_modules", "@biomejs", "biome", "bin", "biome");
  const report = await new Promise<string>((resolve) => {
    const options = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
    execFile(process.execPath, [biome, ...options], { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const diagnostics: readonly { category: string; location: { path: string } }[] =
    JSON.parse(report).diagnostics;
  const complaints = new Map<string, string[]>();
  for (const { category, location } of diagnostics) {
    complaints.set(location.path, [...(complaints.get(location.path) ?? []), category]);
  }
  return complaints;
}
