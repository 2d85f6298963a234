// How Lambda's Node.js runtime words errors: for the caller, and for the log (Errors.js of
// github.com/aws/aws-lambda-nodejs-runtime-interface-client).
import { types } from "node:util";

/** @param {unknown} error */
function isErrorLike(error) {
  return (
    types.isNativeError(error) ||
    (error instanceof Object && "name" in error && "message" in error && "stack" in error)
  );
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function errorPayload(error) {
  if (!isErrorLike(error)) {
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  }
  const { name, message, stack } = /** @type {Error} */ (error);
  return JSON.stringify({ errorType: name, errorMessage: message, trace: String(stack).split("\n") });
}

/** @param {unknown} thrown */
export function errorForLog(thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  try {
    return `\t${JSON.stringify(error, (_, value) => (value instanceof Error ? members(value) : value))}`;
  } catch {
    return `\t${errorPayload(error)}`;
  }
}

/** @param {Error & { code?: unknown }} error */
function members(error) {
  const { name, message, code, stack, ...rest } = error;
  return { errorType: name, errorMessage: message, code, ...rest, stack: String(stack).split("\n") };
}

/**
 * An error of the runtime itself: `Runtime.HandlerNotFound`.
 *
 * @param {string} name
 * @param {string} message
 */
export function runtimeError(name, message) {
  const error = new Error(message);
  Object.defineProperty(error, "name", { value: name });
  error.stack = `${name}: ${message}`;
  return error;
}
