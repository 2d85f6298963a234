import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CommandContext } from "../cli/common/command";
import { aborted } from "../cli/common/interruption";
import { columns, painter } from "../cli/common/terminal";
import { CONNECTIONS, fire, next, type Served, serve, synthesized } from "./served";

const SECONDS = 8;
/** Of the requests of the memory measurement. */
const WHOLE_WAY = 0.2;
const SETTINGS = { THROTTLE_RATE: "10000", THROTTLE_BURST: "5000", WAF_RATE_LIMIT: "2000000000" };
/** Heap that a warmed-up process may gain over all requests, as a share; what a leak of 100 bytes a request exceeds. */
const GROWTH_ALLOWED = 0.1;

interface Figures {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface BenchWords {
  readonly requests: number;
  readonly json: boolean;
}

/** Measures, prints the figures, and fails where one is not as it must be; an interruption cuts it off. */
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
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  { requests, json }: BenchWords,
  { stdout }: CommandContext,
  folder: string,
  children: ChildProcess[],
): Promise<number> {
  const say = (text: string) => {
    if (!json) stdout.write(`${text}\n`);
  };
  const paint = painter(stdout);
  say(paint("dim", `1/3  throughput: ${SECONDS} s each, ${CONNECTIONS} connections …`));
  const plain = await serve(undefined, children);
  const open = await serve(await synthesized(folder, "open", SETTINGS), children);
  const figures = [
    await load("bare Node.js server, 401", plain.url, {}),
    await load("edge, refused without a token: 401", open.url, {}),
    await load("edge, whole way to the topic: 200", open.url, { authorization: open.token }),
  ];
  say(`\n${renderFigures(figures)}\n`);

  say(paint("dim", `2/3  memory: ${requests} requests …`));
  const memory = await measureMemory(open, requests, say);
  say(
    `\nheap after ${memory.warmRequests} requests ${mb(memory.before)}, after ${requests} more ${mb(memory.after)}: ${percent(memory.growth)}; ` +
      `${memory.unanswered} unanswered, ${memory.otherwise} answered otherwise than they must be\n`,
  );

  say(paint("dim", "3/3  throttle: rate 50, burst 50 …"));
  const throttle = await measureThrottle(
    await serve(
      await synthesized(folder, "throttled", { WAF_RATE_LIMIT: SETTINGS.WAF_RATE_LIMIT }),
      children,
    ),
  );
  say(
    `\n${throttle.passed} of ${throttle.sent} requests passed in ${throttle.seconds.toFixed(1)} s; a bucket of 50 refilled by 50 a second holds ${throttle.expected.toFixed(0)}: ratio ${throttle.ratio.toFixed(3)}`,
  );

  if (json) stdout.write(`${JSON.stringify({ figures, memory, throttle }, null, 2)}\n`);
  const sound =
    memory.unanswered === 0 &&
    memory.otherwise === 0 &&
    memory.growth <= GROWTH_ALLOWED &&
    throttle.ratio <= 1.05;
  if (!sound)
    process.stderr.write(
      "a request went unanswered or was answered wrongly, memory grew, or the throttle let too much through\n",
    );
  return sound ? 0 : 1;
}

async function load(name: string, url: string, headers: Record<string, string>): Promise<Figures> {
  await fire(url, headers, { duration: 2 });
  const result = await fire(url, headers, { duration: SECONDS });
  return { name, perSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

/**
 * One request in five goes the whole way, the others are refused, in blocks. What is bounded (logs, samples) is full
 * before the first measurement: from then on nothing may grow.
 */
async function measureMemory({ child, url, token }: Served, requests: number, say: (text: string) => void) {
  const warmRequests = 20_000;
  const blocks = 10;
  let unanswered = 0;
  let otherwise = 0;
  const shoot = async (amount: number, expected: "2xx" | "4xx", headers: Record<string, string>) => {
    const result = await fire(url, headers, { amount });
    otherwise += amount - result[expected];
    unanswered +=
      result.errors +
      result.timeouts +
      (amount - result["1xx"] - result["2xx"] - result["3xx"] - result["4xx"] - result["5xx"]);
  };
  const mix = async (amount: number) => {
    await shoot(Math.ceil(amount * (1 - WHOLE_WAY)), "4xx", {});
    await shoot(Math.ceil(amount * WHOLE_WAY), "2xx", { authorization: token });
  };
  await mix(warmRequests);
  const before = await heapOf(child);
  for (let block = 1; block <= blocks; block += 1) {
    await mix(requests / blocks);
    say(`     ${Math.round((requests / blocks) * block)} requests: heap ${mb(await heapOf(child))}`);
  }
  const after = await heapOf(child);
  return { warmRequests, before, after, growth: after / before - 1, unanswered, otherwise };
}

async function heapOf(child: ChildProcess): Promise<number> {
  const report = next(child);
  child.send("memory");
  const answer = await report;
  return answer.kind === "memory" ? answer.heapBytes : Number.NaN;
}

async function measureThrottle({ url, token }: Served) {
  // One request first: a function's first start takes time in which the bucket would only fill.
  await fire(url, { authorization: token }, { amount: CONNECTIONS });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const startedAt = performance.now();
  const result = await fire(url, { authorization: token }, { duration: SECONDS });
  const seconds = (performance.now() - startedAt) / 1000;
  const expected = 50 + 50 * seconds;
  return {
    sent: result.requests.total,
    passed: result["2xx"],
    seconds,
    expected,
    ratio: result["2xx"] / expected,
  };
}

function renderFigures(figures: readonly Figures[]): string {
  const base = figures[0];
  return columns([
    ["", "requests/s", "ratio", "p50", "p99"],
    ...figures.map((row) => [
      row.name,
      row.perSecond.toFixed(0),
      base ? (row.perSecond / base.perSecond).toFixed(3) : "",
      `${row.p50Ms} ms`,
      `${row.p99Ms} ms`,
    ]),
  ]);
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function percent(share: number): string {
  return `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}
