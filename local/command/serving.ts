import type { HostOptions } from "../console/host";
import { FaultError, parseFaults } from "../fault-plan";
import { OwnEndpointError, parseOwnEndpoints } from "../own-endpoints";
import { publishEndpoints } from "./endpoints";
import { aborted } from "./interruption";
import { localCertificate } from "./local-authority";
import { openInBrowser } from "./open-in-browser";
import { consolePort, managedRules, notNegative, onOrOff, port } from "./option-values";
import type { Output } from "./output";
import type { Beside, ConsoleChoice, Served } from "./serve";
import { UsageError } from "./user-error";

/** The options of every command that serves. */
export const servingOptions = {
  port: { value: "N", help: "the port; 0 for a free one", default: "3000", read: port },
  fault: {
    value: "SPEC",
    help: "makes a service fail on purpose: SERVICE:MODE or SERVICE:MODE:RATE, such as sns:error, secretsmanager:timeout, lambda:throttle, sns:error:0.3",
    repeats: true,
  },
  service: {
    value: "NAME=URL",
    help: "an endpoint of your own for a service that is not served here, such as dynamodb=http://127.0.0.1:8000; functions call it by themselves",
    repeats: true,
  },
  "service-host": {
    value: "HOST",
    help: "a host besides this machine that --service may name",
    repeats: true,
  },
  "retry-delay-scale": {
    value: "X",
    help: "multiplies the minutes that Lambda waits between retries",
    default: "1",
    read: notNegative,
  },
  "managed-rules": {
    value: "WHAT",
    help: "what becomes of a request that a managed rule of AWS's would likely block: block, show or off",
    default: "show",
    read: managedRules,
  },
  "console-port": {
    value: "N",
    help: "the console's port, 0 for a free one, or off (default: three after --port if it is free)",
    read: consolePort,
  },
  callback: {
    value: "WHICH",
    help: "the page at the first callback on this machine, where a sign-in ends: on or off (default: on, unless --port is 0)",
    read: onOrOff,
  },
  open: { help: "opens the console in the browser" },
  https: {
    help: "takes TLS on the same port too, with a certificate of a local authority, and sends browsers there",
  },
  json: { help: "prints one JSON object a line" },
} as const;

export interface ServingWords {
  readonly port: number;
  readonly fault: readonly string[];
  readonly service: readonly string[];
  readonly "service-host": readonly string[];
  readonly "retry-delay-scale": number;
  readonly "managed-rules": "block" | "show" | "off";
  readonly "console-port": number | "off" | undefined;
  readonly callback: "on" | "off" | undefined;
  readonly open: boolean;
  readonly https: boolean;
  readonly json: boolean;
}

/**
 * What the words say of how to serve, and of what is served beside the runtime.
 *
 * @param consoleToken of the console's address. @default a new one
 * @throws UsageError for a fault that cannot be planned, an endpoint that cannot be called, and words that exclude each other
 */
export function readServingWords(
  words: ServingWords,
  signal: AbortSignal,
  consoleToken?: () => string,
): { readonly options: Omit<HostOptions, "deployment">; readonly beside: Beside } {
  const faults = orUsageError(() => parseFaults(words.fault, { signal }));
  const ownEndpoints = orUsageError(() => parseOwnEndpoints(words.service, words["service-host"]));
  const console = consoleChoice(words, consoleToken);
  const certificate = words.https ? localCertificate() : undefined;
  return {
    options: {
      port: words.port,
      faults,
      ownEndpoints,
      retryDelayScale: words["retry-delay-scale"],
      managedRules: words["managed-rules"],
      ...(certificate === undefined ? {} : { tls: certificate }),
    },
    beside: {
      console,
      callback: (words.callback ?? (words.port === 0 ? "off" : "on")) === "on",
      authorityFile: certificate?.authorityFile,
    },
  };
}

function orUsageError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isWord = error instanceof FaultError || error instanceof OwnEndpointError;
    throw isWord ? new UsageError(error.message) : error;
  }
}

/** The default port is any free one where the runtime's is: two runtimes at once do not meet. */
function consoleChoice(words: ServingWords, token: (() => string) | undefined): ConsoleChoice | undefined {
  const port = words["console-port"];
  if (port === "off" && words.open)
    throw new UsageError("--open opens the console; take --console-port off away");
  if (port === "off") return undefined;
  return { port: port ?? (words.port === 0 ? 0 : undefined), token: token?.() };
}

export async function openConsolePage({ endpoints }: Served, output: Output): Promise<void> {
  const { consoleUrl } = endpoints;
  if (consoleUrl !== undefined && !(await openInBrowser(consoleUrl)))
    output.notice("no program opens a browser here: open the console's address yourself");
}

/** Tells how it is reached. The file is there exactly while it can be. */
export async function untilAborted(
  served: Served,
  file: string | undefined,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const published = file === undefined ? undefined : publishEndpoints(file, served.endpoints);
  try {
    const { replaced } = published ?? {};
    if (replaced !== undefined) {
      output.notice(
        `${file} led to ${replaced.invokeUrl} (process ${replaced.pid}) and leads here until this one stops; --endpoints-file gives each its own`,
      );
    }
    output.started(served, file);
    await aborted(signal);
  } finally {
    published?.withdraw();
  }
}
