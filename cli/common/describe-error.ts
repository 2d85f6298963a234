import { codeOf, isErrorLike } from "./error-like";

/** Names of errors whose message alone tells the user what to do. */
const EXPECTED = new Set([
  "UserError",
  "UsageError",
  "DeploymentError",
  "SettingsError",
  "RouteError",
  "BundleError",
  "FaultError",
  "ListenError",
  // What the AWS SDK says when it finds no credentials for AWS.
  "CredentialsProviderError",
  "TokenProviderError",
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
  if (EXPECTED.has(error.name)) return error.message;
  const { code, syscall, message } = systemErrorOf(error) ?? {};
  const unanswered = UNANSWERED[code ?? ""];
  if (unanswered !== undefined)
    return `${unanswered} (${message || code}): is the local runtime still running? npm start`;
  if (error.name === "TimeoutError") return `no answer in time: ${error.message}`;
  if (code !== undefined && syscall !== undefined) return message || code;
  if ("$metadata" in error) return `${error.name}: ${error.message}`;
  return error.stack ?? error.message;
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
