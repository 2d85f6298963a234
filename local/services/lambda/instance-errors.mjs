// How Lambda's Node.js runtime words errors: for the caller, and for the log.
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

/** @param {unknown} error */
export function errorForLog(error) {
  if (!isErrorLike(error))
    return `\t${JSON.stringify({ errorType: typeof error, errorMessage: String(error), stack: [] })}`;
  const { name, message, stack, ...rest } = /** @type {Error} */ (error);
  return `\t${JSON.stringify({ errorType: name, errorMessage: message, ...rest, stack: String(stack).split("\n") })}`;
}

/**
 * @param {string} name
 * @param {string} message
 */
export function runtimeError(name, message) {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}`;
  return error;
}
