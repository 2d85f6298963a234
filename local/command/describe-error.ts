/** What an error tells, wherever it comes from: those of Node.js itself are not always instances of this realm's `Error`. */
export interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

export function isErrorLike(value: unknown): value is ErrorLike {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}

/** The code of a failure of the operating system: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const hasCode = typeof error === "object" && error !== null && "code" in error;
  return hasCode && typeof error.code === "string" ? error.code : undefined;
}

/**
 * The names of JavaScript's own errors. What carries one was not written for a user: it is a defect, and its stack is what
 * helps. Any other name is given on purpose, with a message that says what to do: in `local/`, in `stacks/`, in the AWS
 * SDK where it finds no credentials.
 */
const DEFECTS = new Set([
  "Error",
  "AggregateError",
  "AssertionError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "ValiError",
]);

/** What a refused or cut connection means here, where one end of it is a local runtime that may have stopped. */
const UNANSWERED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing answers",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
};

/** What an error that the user can act on says, in one line; anything else is a defect, and its stack is what helps. */
export function describeError(error: unknown): string {
  if (!isErrorLike(error)) return String(error);
  if (isForUsers(error)) return error.message;
  const { code, syscall, message } = systemErrorOf(error) ?? {};
  const unanswered = UNANSWERED[code ?? ""];
  if (unanswered !== undefined)
    return `${unanswered} (${message || code}): is the local runtime still running? npm start`;
  if (error.name === "TimeoutError") return `no answer in time: ${error.message}`;
  if (code !== undefined && syscall !== undefined) return message || code;
  if ("$metadata" in error) return `${error.name}: ${error.message}`;
  return error.stack ?? error.message;
}

/** Not so what AWS answered, or nobody: both have a name of their own, which the user needs to read as well. */
function isForUsers(error: ErrorLike): boolean {
  return !DEFECTS.has(error.name) && error.name !== "TimeoutError" && !("$metadata" in error);
}

/** Why a request has no answer, or what it was refused with, in a few words: what a row of the report has room for. */
export function reasonOf(error: unknown): string {
  if (!isErrorLike(error)) return String(error);
  const code = systemErrorOf(error)?.code;
  if (code !== undefined) return `no answer (${code})`;
  if (error.name === "TimeoutError") return "no answer in time";
  return `${error.name}: ${error.message}`;
}

interface SystemError {
  readonly code: string;
  readonly syscall?: string;
  readonly message: string;
}

/** The failure of the operating system below an error: `fetch` hides it as the cause, several addresses as a list. */
function systemErrorOf(error: unknown): SystemError | undefined {
  if (!isErrorLike(error)) return undefined;
  if ("errors" in error && Array.isArray(error.errors)) return systemErrorOf(error.errors[0]);
  const code = codeOf(error);
  if (code === undefined || !/^(E[A-Z]+|EAI_AGAIN|UND_ERR_SOCKET)$/.test(code))
    return systemErrorOf(error.cause);
  const syscall = "syscall" in error && typeof error.syscall === "string" ? error.syscall : undefined;
  return { code, message: error.message, ...(syscall === undefined ? {} : { syscall }) };
}
