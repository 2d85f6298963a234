// What runs in the worker thread of a function's instance: loads the handler and feeds it one event after the other, as
// Lambda's Node.js runtime does (github.com/aws/aws-lambda-nodejs-runtime-interface-client). Plain JavaScript, so that
// an instance starts without a compiler.
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { errorForLog, errorPayload, runtimeError } from "./instance-errors.mjs";
import { loadHandler } from "./instance-handler.mjs";
import { captureOutput } from "./instance-output.mjs";

/**
 * @typedef {import("./instance-messages").InstanceData} InstanceData
 * @typedef {import("./instance-messages").InstanceMessage} InstanceMessage
 * @typedef {import("./instance-messages").EventMessage} EventMessage
 * @typedef {(error?: unknown, result?: unknown) => void} Callback
 */

if (parentPort === null) throw new Error("instance-bootstrap.mjs runs as a worker thread only");
const port = parentPort;
/** @type {InstanceData} */
const instance = workerData;

/** @type {{ requestId: string, drained: () => void, fail: (error: unknown) => void } | undefined} */
let current;

/** @param {InstanceMessage} message */
function post(message) {
  port.postMessage(message);
}

function memoryBytes() {
  const heap = getHeapStatistics();
  return heap.total_heap_size + heap.malloced_memory + heap.external_memory;
}

const { flush: flushOutput, logError } = captureOutput(
  (text) => post({ type: "log", text }),
  () => current?.requestId,
);

/** @param {unknown} result */
function stringify(result) {
  try {
    return JSON.stringify(result) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
}

/**
 * @param {(event: unknown, context: object, callback: Callback) => unknown} handler
 * @param {EventMessage} message
 */
function run(handler, message) {
  const deadline = performance.now() + message.remainingMs;
  const settings = { waits: true };
  let settled = false;
  /** @type {(() => void) | undefined} */
  let called;
  /** @param {InstanceMessage} outcome */
  const settle = (outcome) => {
    if (settled) return;
    settled = true;
    flushOutput();
    current = undefined;
    port.ref();
    post(outcome);
  };
  /** @param {unknown} error */
  const fail = (error) => {
    if (settled) return;
    logError("Invoke Error", errorForLog(error));
    settle({ type: "failure", payload: errorPayload(error), memoryBytes: memoryBytes() });
  };
  /** @param {unknown} result */
  const succeed = (result) => {
    try {
      settle({ type: "success", payload: stringify(result), memoryBytes: memoryBytes() });
    } catch (error) {
      fail(error);
    }
  };
  /** @type {Callback} */
  const callback = (error, result) => {
    called ??= () => (error === undefined || error === null ? succeed(result) : fail(error));
    if (!settings.waits) setImmediate(called);
  };
  const context = {
    ...instance.context,
    awsRequestId: message.requestId,
    invokedFunctionArn: message.functionArn,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    get callbackWaitsForEmptyEventLoop() {
      return settings.waits;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      settings.waits = value;
    },
    done: callback,
    succeed: (/** @type {unknown} */ result) => callback(null, result),
    fail: (/** @type {unknown} */ error) => callback(error ?? "handled"),
  };
  current = {
    requestId: message.requestId,
    // Nothing is left to wait for: the callback's result, or null where the function never said anything.
    drained: () => (called === undefined ? succeed(null) : called()),
    fail,
  };
  // From here on only the function's own work keeps the thread's event loop alive.
  port.unref();
  try {
    const returned = handler(JSON.parse(message.payload), context, callback);
    if (returned instanceof Object && "then" in returned) Promise.resolve(returned).then(succeed, fail);
  } catch (error) {
    fail(error);
  }
}

/** @param {unknown} error */
function crash(error) {
  logError("Uncaught Exception", errorForLog(error));
  flushOutput();
  const payload = errorPayload(error);
  post(
    current === undefined
      ? { type: "init-failure", payload }
      : { type: "fatal", payload, memoryBytes: memoryBytes() },
  );
  process.exit(129);
}

process.on("beforeExit", () => current?.drained());
process.on("uncaughtException", crash);
process.on("unhandledRejection", (reason) => {
  crash(runtimeError("Runtime.UnhandledPromiseRejection", String(reason)));
});

try {
  const handler = await loadHandler(instance.codeFolder, instance.handler);
  port.on("message", (/** @type {EventMessage} */ message) => run(handler, message));
  post({ type: "ready" });
} catch (error) {
  crash(error);
}
