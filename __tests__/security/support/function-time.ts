import { BroadcastChannel } from "node:worker_threads";

const CHANNEL = "the time of the functions";

/**
 * In front of a function's code: its limits (a wait of a second or more) come when a test says so, and never because the machine
 * is slow. Its pauses, such as those between two attempts, stay what they are.
 */
const PRELUDE = `
import { ClientRequest as RequestOfFunction } from "node:http";
import { BroadcastChannel as ChannelOfTest } from "node:worker_threads";

const limits = new Map();
const { setTimeout: pause, clearTimeout: endPause } = globalThis;
globalThis.setTimeout = (act, milliseconds, ...values) => {
  if (!(milliseconds >= 1000)) return pause(act, milliseconds, ...values);
  const limit = { ref: () => limit, unref: () => limit, hasRef: () => false };
  limits.set(limit, () => act(...values));
  return limit;
};
globalThis.clearTimeout = (timer) => limits.delete(timer) || endPause(timer);
AbortSignal.timeout = () => new AbortController().signal;
RequestOfFunction.prototype.setTimeout = function () { return this; };

const channel = new ChannelOfTest(${JSON.stringify(CHANNEL)});
channel.onmessage = () => {
  const due = [...limits.values()];
  limits.clear();
  for (const act of due) act();
};
channel.unref();
`;

export function withLimitsOfTheTest(code: string): string {
  return `${PRELUDE}${code}`;
}

/** Every limit that a function of this process waits for comes now. */
export function reachLimits(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("now");
  channel.close();
}
