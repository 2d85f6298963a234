import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../cli/common/project";
import { writeAsked } from "../cli/common/written-file";
import type { CommandContext } from "../local/command/command";
import { aborted } from "../local/command/interruption";
import { painter } from "../local/command/terminal";
import { commandRows } from "./commands";
import { answerRows, edgeRows, type Folders, throttleRows } from "./edge";
import { handlerRows } from "./handlers";
import { logRows } from "./logs";
import { memoryRows } from "./memory";
import { figures, page, type Section, table } from "./report";
import { type Row, verdictOf } from "./row";
import { run, synthesisCommand } from "./run";

interface BenchWords {
  readonly requests: number;
  readonly json: boolean;
  readonly out: string;
  readonly peers: boolean;
}

/** Measures, prints what was reached and what was to be reached, and fails where a goal is missed; an interruption cuts it off. */
export async function bench(words: BenchWords, context: CommandContext): Promise<number> {
  const { signal } = context;
  const cut = aborted(signal).then(() => {
    throw signal.reason;
  });
  const children: ChildProcess[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-bench-"));
  try {
    return await Promise.race([measure(words, context, folder, children), cut]);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function measure(
  { requests, json, out, peers }: BenchWords,
  { stdout }: CommandContext,
  folder: string,
  children: ChildProcess[],
): Promise<number> {
  const paint = painter(stdout);
  const say = (text: string) => {
    if (!json) stdout.write(`${text}\n`);
  };
  const folders = await synthesizeAll(folder);
  const plan: readonly [string, () => Promise<Row[]>][] = [
    ["Commands", () => commandRows(folder, children, peers)],
    ["Handlers", handlerRows],
    ["The edge", () => edgeRows(folders, children)],
    ["Throttle", () => throttleRows(folders, children)],
    ["Logs", () => logRows(folders.open)],
    ["Memory", () => memoryRows(folders.open, requests, children, (text) => say(paint("dim", text)))],
    ["Every answer, a request", () => answerRows(folders, children)],
  ];
  const sections: Section[] = [];
  for (const [title, rows] of plan) {
    say(paint("bold", `${sections.length + 1}/${plan.length}  ${title}`));
    const section = { title, rows: await rows() };
    sections.push(section);
    say(`${table(section, paint)}\n`);
  }
  const date = new Date();
  writeAsked("out", out, page(sections, date));
  if (json) stdout.write(`${figures(sections, date)}\n`);
  const judged = sections.flatMap(({ rows }) => rows).filter(({ goal }) => goal !== undefined);
  const missed = judged.filter((row) => verdictOf(row) === "missed");
  say(
    `${judged.length - missed.length} of ${judged.length} goals reached; written to ${path.relative(process.cwd(), out)}`,
  );
  for (const { what } of missed) process.stderr.write(`missed: ${what}\n`);
  return missed.length === 0 ? 0 : 1;
}

const FAR = { WAF_RATE_LIMIT: "2000000000" };
const TIGHT = { ...FAR, THROTTLE_RATE: "1", THROTTLE_BURST: "1" };
const OPEN = { ...FAR, THROTTLE_RATE: "10000", THROTTLE_BURST: "5000" };

async function synthesizeAll(folder: string): Promise<Folders> {
  const into = async (name: string, routes: number, settings: NodeJS.ProcessEnv) => {
    const out = path.join(folder, name);
    const from = { ...settings, CDKTF_OUTDIR: out, BENCH_ROUTES: String(routes) };
    await run(PROJECT, synthesisCommand("bench/many-routes.ts"), from);
    return out;
  };
  return {
    open: await into("open", 2, OPEN),
    wide: await into("wide", 200, OPEN),
    throttled: await into("throttled", 2, FAR),
    tight: await into("tight", 2, TIGHT),
    wideTight: await into("wide-tight", 200, TIGHT),
  };
}
