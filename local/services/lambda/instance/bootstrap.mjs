// What runs in the process of a function's instance: loads the handler and feeds it one event after the other, as
// Lambda's Node.js runtime does (github.com/aws/aws-lambda-nodejs-runtime-interface-client: version 3 up to Node.js 22,
// version 4 from Node.js 24 on). Plain JavaScript, so that an instance starts without a compiler.
import { join } from "node:path";
import { onEvent, report, waiting } from "./channel.mjs";
import { errorForLog, errorPayload, runtimeError } from "./errors.mjs";
import { loadHandler } from "./handler.mjs";
import { findLayers } from "./layer-paths.mjs";
import { captureOutput } from "./output.mjs";
import { makeReadOnly } from "./read-only.mjs";
import { buffered, defineAwsLambda, isStreaming } from "./streaming.mjs";

/**
 * @typedef {import("./messages").InstanceMessage} InstanceMessage
 * @typedef {import("./messages").EventMessage} EventMessage
 * @typedef {import("./handler.mjs").Handler} Handler
 * @typedef {(error?: unknown, result?: unknown) => void} Callback
 */

const { env } = process;
/** Callbacks and `context.done` are gone from Node.js 24 on. */
const modern = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? "")?.[1]) >= 24;

/** @type {{ requestId: string, drained: () => void } | undefined} */
let current;

function memoryBytes() {
  return process.resourceUsage().maxRSS * 1024;
}

const {
  flush: flushOutput,
  logError,
  logWarning,
} = captureOutput(
  (text) => report({ type: "log", text }),
  () => current?.requestId,
);

/** @param {unknown} result */
function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    const message = "Unable to stringify response body";
    throw modern ? runtimeError("Runtime.JSONStringifyError", message) : new Error(message);
  }
}

/** @param {EventMessage} message */
function contextOf(message) {
  const deadline = Date.now() + message.remainingMs;
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: clientContextOf(message),
    identity: undefined,
    invokedFunctionArn: message.functionArn,
    awsRequestId: message.requestId,
    getRemainingTimeInMillis: () => Math.floor(deadline - Date.now()),
  };
}

/** @param {EventMessage} message */
function clientContextOf({ clientContext }) {
  return clientContext === undefined
    ? undefined
    : JSON.parse(Buffer.from(clientContext, "base64").toString("utf8"));
}

/** @param {Handler} handler @param {EventMessage} message */
function run(handler, message) {
  let settled = false;
  /** @type {(() => void) | undefined} */
  let called;
  let waits = true;
  /** @param {InstanceMessage} outcome */
  const settle = (outcome) => {
    if (settled) return;
    settled = true;
    flushOutput();
    current = undefined;
    waiting.start();
    report(outcome);
  };
  /** @param {unknown} error */
  const fail = (error) => {
    if (settled) return;
    logError("Invoke Error", errorForLog(error));
    settle({ type: "failure", payload: errorPayload(error), memoryBytes: memoryBytes() });
  };
  /** @param {string} payload */
  const answer = (payload) => settle({ type: "success", payload, memoryBytes: memoryBytes() });
  /** @param {unknown} result */
  const succeed = (result) => {
    try {
      answer(stringify(result));
    } catch (error) {
      fail(error);
    }
  };
  /** Waits for the event loop to be empty, unless the function says not to. @type {Callback} */
  const callback = (error, result) => {
    if (called !== undefined) return;
    called = () => (error === undefined || error === null ? succeed(result) : fail(error));
    if (!waits || (error !== undefined && error !== null)) called();
  };
  /** @type {Callback} */
  const done = (error, result) => (error === undefined || error === null ? succeed(result) : fail(error));
  const waitSetting = {
    get callbackWaitsForEmptyEventLoop() {
      return waits;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waits = value;
    },
  };
  const callbacks = {
    succeed: (/** @type {unknown} */ result) => done(null, result),
    fail: (/** @type {unknown} */ error) => done(error ?? "handled"),
    done,
  };
  /** @param {object} context */
  const withContext = (context) => Object.assign(context, contextOf(message));

  /** Nothing is left to wait for, and the function has not answered. */
  const drained = () => {
    if (called !== undefined) return setImmediate(called);
    // Version 4 waits for the promise alone: the process ends with the event loop.
    if (modern) return;
    if (isStreaming(handler)) return fail(new Error("Response stream is not finished."));
    if (handler.constructor.name !== "AsyncFunction") return succeed(null);
    fail(
      runtimeError(
        "Runtime.NodeJsExit",
        "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
      ),
    );
  };
  current = { requestId: message.requestId, drained };
  env._X_AMZN_TRACE_ID = message.traceId;
  // From here on only the function's own work keeps the event loop alive.
  waiting.end();
  try {
    const event = JSON.parse(message.payload);
    if (isStreaming(handler)) {
      buffered(handler, event, withContext(modern ? {} : waitSetting)).then(answer, fail);
    } else if (modern) {
      Promise.resolve(handler(event, withContext({}))).then(succeed, fail);
    } else {
      const returned = handler(event, withContext(Object.assign(waitSetting, callbacks)), callback);
      if (returned instanceof Object && "then" in returned) Promise.resolve(returned).then(succeed, fail);
    }
  } catch (error) {
    if (modern) fail(error);
    else callback(error);
  }
}

/** @param {string} what @param {unknown} error @param {number} status */
function crash(what, error, status) {
  logError(what, errorForLog(error));
  flushOutput();
  const payload = errorPayload(error);
  report(
    current === undefined
      ? { type: "init-failure", payload }
      : { type: "fatal", payload, memoryBytes: memoryBytes() },
  );
  process.exit(status);
}

process.on("beforeExit", () => current?.drained());
process.on("uncaughtException", (error) => crash("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason, promise) => {
  const error = runtimeError("Runtime.UnhandledPromiseRejection", String(reason));
  crash("Unhandled Promise Rejection", Object.assign(error, { reason, promise }), 128);
});

/** @param {Handler} handler */
function checkCallback(handler) {
  if (handler.length < 3 || isStreaming(handler)) return;
  if (modern) {
    throw runtimeError(
      "Runtime.CallbackHandlerDeprecated",
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  }
  if (handler.length > 3 || handler.constructor.name === "AsyncFunction") return;
  if (env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING !== undefined) return;
  logWarning(
    "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.",
  );
}

try {
  const taskRoot = env.LAMBDA_TASK_ROOT ?? process.cwd();
  // With the layers and what the runtime brings along.
  makeReadOnly(env.LAMBDA_RUNTIME_DIR ?? taskRoot);
  findLayers(join(env.LAMBDA_RUNTIME_DIR ?? taskRoot, "opt"));
  defineAwsLambda();
  const handler = await loadHandler(taskRoot, env._HANDLER ?? "", modern);
  checkCallback(handler);
  onEvent((message) => run(handler, message));
  report({ type: "ready" });
} catch (error) {
  const [, missing] =
    /Cannot find (?:module|package) '(@(?:aws-sdk|smithy)\/[^/']+)/.exec(String(error)) ?? [];
  if (missing !== undefined)
    logWarning(`${missing} comes with Lambda; here it must be installed: npm install --save-dev ${missing}`);
  crash("Uncaught Exception", error, 129);
}
