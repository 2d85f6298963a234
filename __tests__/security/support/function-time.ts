import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface FunctionTime {
  /** The function's code, with its limits in the test's hands. */
  inHand(code: string): string;
  /** Every limit that one of these functions waits for comes now. */
  reachLimits(): void;
}

/**
 * The time of functions, for the tests of this file or `describe`: limits (a wait of a second or more) come when a test says so,
 * and never because the machine is slow. Pauses, such as those between two attempts, stay what they are.
 */
export function useFunctionTime(): FunctionTime {
  // Each instance is a process of its own: what all of them can see is a folder.
  const folder = mkdtempSync(path.join(tmpdir(), "limits-of-functions-"));
  let reached = 0;
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    inHand: (code) => `${prelude(folder)}${code}`,
    reachLimits: () => mkdirSync(path.join(folder, String(reached++))),
  };
}

const prelude = (folder: string) => `
import { watch as watchLimits } from "node:fs";
import { Socket as SocketOfFunction } from "node:net";

const limits = new Map();
const { setTimeout: pause, clearTimeout: endPause } = globalThis;
globalThis.setTimeout = (act, milliseconds, ...values) => {
  if (!(milliseconds >= 1000)) return pause(act, milliseconds, ...values);
  const limit = { ref: () => limit, unref: () => limit, hasRef: () => false };
  limits.set(limit, () => act(...values));
  return limit;
};
globalThis.clearTimeout = (timer) => limits.delete(timer) || endPause(timer);
AbortSignal.timeout = () => {
  const limit = new AbortController();
  limits.set(limit, () => limit.abort());
  return limit.signal;
};
SocketOfFunction.prototype.setTimeout = function () { return this; };

watchLimits(${JSON.stringify(folder)}, { persistent: false }, () => {
  const due = [...limits.values()];
  limits.clear();
  for (const act of due) act();
});
`;
