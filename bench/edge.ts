import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import autocannon from "autocannon";
import { cpuOf } from "./cpu";
import { beside, type Row, type Taken } from "./row";
import { SOURCES } from "./run";
import type { Calls } from "./sdk-calls";
import { type Load, NAME, Served } from "./served";

export interface Folders {
  /** With limits that nothing here reaches. */
  readonly open: string;
  /** The same with 200 routes. */
  readonly wide: string;
  /** With the limits of `development`: 50 a second, 50 at once. */
  readonly throttled: string;
  /** With 1 a second, 1 at once: nearly everything is refused. */
  readonly tight: string;
  readonly wideTight: string;
}

const TURNS = 5;
/** Larger than the web ACL lets in. */
const LARGE_BODY = JSON.stringify({ name: "a".repeat(9000) });

/** What a request costs: refused, served all the way to InternalLambda's log, and with a console that nobody has opened. */
export async function edgeRows(folders: Folders, children: ChildProcess[]): Promise<Row[]> {
  const bare = await Served.start({ console: false }, children);
  const edge = await Served.start({ folder: folders.open, console: false }, children);
  const watched = await Served.start({ folder: folders.open, console: true }, children);
  const calls = await startCalls(children);
  // As many a second of both: whoever answers faster would be asked before it sleeps, and waking up is most of a small answer.
  const refused = (connections: number): Load => ({ status: 401, connections, amount: 6000, rate: 3000 });
  const whole = (server: Served, connections: number): Load => ({
    ...{ status: 200, headers: server.signedIn, connections },
    amount: connections === 1 ? 400 : 1000,
  });
  await edge.take({ ...whole(edge, 20), amount: 2000 });
  await watched.take({ ...whole(watched, 20), amount: 2000 });

  // Refused ones: what a console adds to each is the same, and of a small answer the larger part. First: both have answered as
  // much, so the one is compiled as well as the other, and what is bounded is full.
  const some: Load = { status: 401, connections: 20, amount: 10_000 };
  for (const server of [edge, watched, edge, watched]) await server.take({ ...some, amount: 15_000 });
  const closed = await beside(
    TURNS,
    () => watched.take(some),
    () => edge.take(some),
  );
  const rows: Row[] = [
    {
      what: "401 with the console closed : without a console",
      unit: "×",
      goal: { atMost: 1.05 },
      values: closed.cpu,
    },
  ];
  for (const connections of [1, 20]) {
    const of = `, ${connections === 1 ? "1 connection" : `${connections} connections`}`;
    const refusals = await beside(
      TURNS,
      () => edge.take(refused(connections)),
      () => bare.take(refused(connections)),
    );
    rows.push({ what: `401 : bare node:http${of}`, unit: "×", goal: { atMost: 6 }, values: refusals.cpu });
    const { amount } = whole(edge, connections);
    const served = await beside(
      TURNS,
      () => edge.take(whole(edge, connections)),
      () => takeCalls(calls, { pairs: amount, atOnce: connections }),
    );
    rows.push({
      what: `200 : two SDK calls against a stub${of}`,
      unit: "×",
      goal: { atMost: 2.5 },
      values: served.cpu,
    });
  }
  for (const server of [bare, edge, watched]) server.stop();
  calls.kill("SIGKILL");
  return rows;
}

/** Every answer at every load, with few routes and with many: figures to look at. */
export async function answerRows(folders: Folders, children: ChildProcess[]): Promise<Row[]> {
  return [
    ...(await answersOf("2 routes", folders.open, folders.tight, children)),
    ...(await answersOf("200 routes", folders.wide, folders.wideTight, children)),
  ];
}

async function answersOf(
  routes: string,
  open: string,
  tightFolder: string,
  children: ChildProcess[],
): Promise<Row[]> {
  const server = await Served.start({ folder: open, console: false }, children);
  const tight = await Served.start({ folder: tightFolder, console: false }, children);
  const headers = server.signedIn;
  const loads: readonly [Served, Pick<Load, "status" | "headers" | "body" | "besides">][] = [
    [server, { status: 200, headers }],
    [server, { status: 401 }],
    [server, { status: 403, headers, body: LARGE_BODY }],
    [server, { status: 400, headers, body: '{"name":7}' }],
    [tight, { status: 429, headers: tight.signedIn, besides: 100 }],
  ];
  const rows: Row[] = [];
  for (const [target, load] of loads) {
    for (const connections of [1, 20, 100]) {
      const amount = load.status === 200 ? 300 : 1000;
      await target.take({ ...load, connections, amount: 300 });
      const { cpu, p99 } = await target.take({ ...load, connections, amount });
      const what = `${load.status}, ${routes}, ${connections} at once`;
      rows.push({ what: `${what}: CPU`, unit: "ms", values: cpu === undefined ? [] : [cpu / amount] });
      rows.push({ what: `${what}: 99 of 100 answered within`, unit: "ms", values: [p99] });
    }
  }
  server.stop();
  tight.stop();
  return rows;
}

/** How exact the throttle is: what passes in some seconds of far too many requests, against what the bucket holds. */
export async function throttleRows(folders: Folders, children: ChildProcess[]): Promise<Row[]> {
  const server = await Served.start({ folder: folders.throttled, console: false }, children);
  // A function's first start takes time in which the bucket would only fill: until it is full again, one second.
  await server.fire({ status: 200, headers: server.signedIn, connections: 20, amount: 20 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const startedAt = performance.now();
  const { statusCodeStats = {} } = await autocannon({
    ...server.request(server.signedIn, NAME),
    ...{ connections: 20, duration: 5, timeout: 30 },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const passed = statusCodeStats["200"]?.count ?? 0;
  server.stop();
  return [
    {
      what: "requests that the throttle let through : what its bucket held",
      ...{ unit: "×", goal: { atMost: 1.05 }, values: [passed / (50 + 50 * seconds)] },
    },
  ];
}

function startCalls(children: ChildProcess[]): Promise<ChildProcess> {
  const child = fork(path.join(__dirname, "sdk-calls.ts"), { execArgv: SOURCES });
  children.push(child);
  return new Promise((resolve, reject) => {
    child
      .once("message", () => resolve(child))
      .once("exit", (code) => reject(new Error(`the SDK ended with ${code}`)));
  });
}

async function takeCalls(child: ChildProcess, calls: Calls): Promise<Taken> {
  const before = cpuOf(child.pid ?? 0);
  const startedAt = performance.now();
  const done = new Promise((resolve) => child.once("message", resolve));
  child.send(calls);
  await done;
  const after = cpuOf(child.pid ?? 0);
  return {
    cpu: before === undefined || after === undefined ? undefined : after - before,
    wall: performance.now() - startedAt,
  };
}
