import { type ExecFileException, execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CommandContext } from "../../local/command/command";
import { type Paint, painter } from "../../local/command/terminal";
import { isObject } from "../../local/kernel/json";
import { UserError } from "../../local/kernel/user-error";
import { synthesize } from "../serving/synthesize";

/** The input of a synthesis. */
const SOURCES = ["main.ts", "typescript.js", "stacks", "lambda-src", "cdktf.json", "tsconfig.json"];

/** The packages that continue CDKTF's, under the names that the sources import. */
const ALIASES = {
  cdktf: "npm:cdktn@0.24.0",
  "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25.7.0",
  "@cdktf/provider-archive": "npm:@cdktn/provider-archive@14.0.1",
  constructs: "10.6.0",
};

/** A value that two syntheses of the same stacks do not have in common. */
interface Difference {
  /** From the top of the stack's JSON: `terraform.required_providers.aws.version`. */
  readonly path: string;
  /** `undefined`: not there. */
  readonly before: unknown;
  readonly after: unknown;
}

interface Finding extends Difference {
  readonly stack: string;
  readonly because: string | undefined;
}

/** Synthesizes the stacks with cdktn in a copy of the sources, and explains every difference. */
export async function portability(
  { json }: { readonly json: boolean },
  { project, signal, stdout }: CommandContext,
): Promise<number> {
  const paint = painter(stdout);
  const say = (text: string) => {
    if (!json) stdout.write(`${text}\n`);
  };
  const folder = mkdtempSync(path.join(tmpdir(), "portability-"));
  try {
    const [here, there] = [path.join(folder, "cdktf.out"), path.join(folder, "copy", "cdktf.out")];
    say(paint("dim", "1/3  synthesizing with cdktf …"));
    await synthesize(here, {}, signal);
    say(paint("dim", `2/3  installing ${ALIASES.cdktf.replace("npm:", "")} and its bindings …`));
    const copy = await installCopy(path.join(folder, "copy"), project, signal);
    say(paint("dim", "3/3  synthesizing with cdktn, and comparing …\n"));
    await run(process.execPath, ["--require", "./typescript.js", "main.ts"], copy, signal, {
      CDKTF_OUTDIR: there,
    });
    const findings = compare(here, there);
    const unexpected = findings.filter(({ because }) => because === undefined);
    if (json) stdout.write(`${JSON.stringify({ packages: ALIASES, differences: findings }, null, 2)}\n`);
    else stdout.write(render(findings, unexpected.length, paint));
    return unexpected.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The sources with cdktn's packages of their own, and links to every other package of the project. */
async function installCopy(folder: string, project: string, signal: AbortSignal): Promise<string> {
  for (const source of SOURCES)
    cpSync(path.join(project, source), path.join(folder, source), { recursive: true });
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "portability", private: true, dependencies: ALIASES }),
  );
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  await run(
    npm,
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    folder,
    signal,
  );
  const installed = path.join(folder, "node_modules");
  const own = new Set(readdirSync(installed));
  const modules = path.join(project, "node_modules");
  for (const name of readdirSync(modules)) {
    if (!own.has(name) && !["cdktf", "cdktf-cli"].includes(name) && !name.startsWith("."))
      symlinkSync(path.join(modules, name), path.join(installed, name), "junction");
  }
  return folder;
}

async function run(
  program: string,
  words: readonly string[],
  cwd: string,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const ended = (error: ExecFileException | null, _stdout: string, stderr: string) => {
      if (error === null) resolve();
      else if (signal.aborted) reject(signal.reason);
      else
        reject(
          new UserError(
            `${path.basename(program)} ${words.join(" ")} failed: ${stderr.trim() || error.message}`,
          ),
        );
    };
    execFile(program, words, { cwd, env: { ...process.env, ...env }, signal }, ended);
  });
}

function compare(here: string, there: string): Finding[] {
  const stacksIn = (folder: string) => readdirSync(path.join(folder, "stacks")).sort();
  const stacks = [...new Set([...stacksIn(here), ...stacksIn(there)])];
  return stacks.flatMap((stack) => {
    const read = (folder: string): unknown =>
      JSON.parse(readFileSync(path.join(folder, "stacks", stack, "cdk.tf.json"), "utf8"));
    return differencesBetween(read(here), read(there)).map((difference) => ({
      stack,
      ...difference,
      because: reasonFor(difference),
    }));
  });
}

/** Every difference between two synthesized stacks, innermost values, in the order of their paths. */
export function differencesBetween(before: unknown, after: unknown, path = ""): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      differencesBetween(before[name], after[name], path === "" ? name : `${path}.${name}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => differencesBetween(item, after[index], `${path}[${index}]`));
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** What another version of CDKTF writes differently, and why it does not matter. */
const EXPECTED: readonly { readonly path: RegExp; readonly because: string }[] = [
  {
    path: /^\/\/\.metadata\.version$/,
    because: "the version of CDKTF that wrote it; Terraform does not read it",
  },
  {
    path: /^terraform\.required_providers\.aws\.source$/,
    because: "`aws` and `hashicorp/aws` name the same provider",
  },
  {
    path: /^terraform\.required_providers\.(?:aws|archive)\.version$/,
    because: "the newer bindings are for a newer provider: its upgrade guide applies",
  },
];

export function reasonFor({ path }: Difference): string | undefined {
  return EXPECTED.find((expected) => expected.path.test(path))?.because;
}

function render(findings: readonly Finding[], unexpected: number, paint: Paint): string {
  const lines = findings.flatMap(({ stack, path: where, before, after, because }) => [
    `${because === undefined ? paint("red", "unexpected") : paint("green", "expected  ")}  ${stack}: ${where}`,
    paint(
      "dim",
      `            ${JSON.stringify(before)} → ${JSON.stringify(after)}${because === undefined ? "" : `: ${because}`}`,
    ),
  ]);
  const summary = `${findings.length} differences, ${unexpected} unexpected`;
  return `${[...lines, "", paint(unexpected === 0 ? "green" : "red", summary)].join("\n")}\n`;
}
