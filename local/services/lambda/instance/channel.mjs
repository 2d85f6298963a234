// The two pipes between an instance and the runtime: events come in, reports go out, a line of JSON each.
import { writeSync } from "node:fs";
import { Socket } from "node:net";

/** @typedef {import("./messages").InstanceMessage} InstanceMessage */
/** @typedef {import("./messages").EventMessage} EventMessage */

const EVENTS = 3;
const REPORTS = 4;

const socket = new Socket({ fd: EVENTS, readable: true, writable: false });

/**
 * Sends at once, before it returns: what a handler logs is not lost when it blocks or dies afterwards.
 *
 * @param {InstanceMessage} message
 */
export function report(message) {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  try {
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(REPORTS, bytes, sent);
  } catch {
    // The runtime is gone.
    process.exit(1);
  }
}

/** @param {(message: EventMessage) => void} handle */
export function onEvent(handle) {
  /** @type {string[]} */
  let pieces = [];
  socket.setEncoding("utf8");
  socket.on("data", (/** @type {string} */ text) => {
    const lines = text.split("\n");
    for (const [index, line] of lines.entries()) {
      pieces.push(line);
      if (index === lines.length - 1) break;
      const whole = pieces.join("");
      pieces = [];
      handle(JSON.parse(whole));
    }
  });
  // The runtime is gone.
  socket.on("end", () => process.exit(1));
}

/** Whether waiting for an event keeps the process alive. During a run only the function's own work does. */
export const waiting = {
  start: () => socket.ref(),
  end: () => socket.unref(),
};
