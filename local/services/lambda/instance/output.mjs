import { format } from "node:util";

/**
 * Hands over everything that the process prints, one log event a call: lines written to the streams as they are (a
 * logger of the function's own writes there), `console` calls in Lambda's text format. Output goes to `log` and not
 * over the streams themselves, so that it keeps its place before the result.
 *
 * @param {(text: string) => void} log
 * @param {() => string | undefined} requestId
 * @returns {{ flush: () => void, logError: (...values: unknown[]) => void, logWarning: (...values: unknown[]) => void }} `flush` hands over what has no newline yet
 */
export function captureOutput(log, requestId) {
  const flushes = [process.stdout, process.stderr].map((stream) => captureLines(stream, log));
  const logger =
    (/** @type {string} */ level) =>
    (/** @type {unknown[]} */ ...values) =>
      log(`${new Date().toISOString()}\t${requestId()}\t${level}\t${format(...values)}\n`);
  Object.assign(console, {
    log: logger("INFO"),
    info: logger("INFO"),
    debug: logger("DEBUG"),
    warn: logger("WARN"),
    error: logger("ERROR"),
    trace: logger("TRACE"),
    fatal: logger("FATAL"),
  });
  return {
    flush: () => {
      for (const flush of flushes) flush();
    },
    logError: logger("ERROR"),
    logWarning: logger("WARN"),
  };
}

/**
 * @param {NodeJS.WriteStream} stream
 * @param {(text: string) => void} log
 * @returns {() => void}
 */
function captureLines(stream, log) {
  let partial = "";
  stream.write = (/** @type {string | Uint8Array} */ chunk, /** @type {unknown[]} */ ...rest) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    const lines = (partial + text).split("\n");
    partial = lines.pop() ?? "";
    for (const line of lines) log(`${line}\n`);
    const done = rest.find((argument) => typeof argument === "function");
    if (typeof done === "function") process.nextTick(() => done());
    return true;
  };
  return () => {
    if (partial !== "") log(`${partial}\n`);
    partial = "";
  };
}
