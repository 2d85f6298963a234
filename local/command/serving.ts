import type { HostOptions } from "../console/host";
import { UsageError } from "../kernel/user-error";
import { publishEndpoints } from "./endpoints";
import { openInBrowser } from "./open-in-browser";
import type { Output } from "./output";
import type { Beside, ConsoleChoice, Served } from "./serve";
import type { ServingWords } from "./serving-options";

/**
 * What the words say of how to serve, and of what is served beside the runtime.
 *
 * @param consoleToken of the console's address. @default a new one
 * @throws UsageError for a fault that cannot be planned, an endpoint that cannot be called, and words that exclude each other
 */
export async function readServingWords(
  words: ServingWords,
  signal: AbortSignal,
  consoleToken?: () => string,
): Promise<{ readonly options: Omit<HostOptions, "deployment">; readonly beside: Beside }> {
  const plans = await plansIn(words, signal);
  const console = consoleChoice(words, consoleToken);
  const certificate = words.https ? (await import("./local-authority")).localCertificate() : undefined;
  return {
    options: {
      port: words.port,
      ...plans,
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

/** What the words say of services, which are loaded only to read it: the synthesis need not wait for them. */
async function plansIn(
  { fault, service, "service-host": hosts }: ServingWords,
  signal: AbortSignal,
): Promise<Pick<HostOptions, "faults" | "ownEndpoints">> {
  if (fault.length === 0 && service.length === 0) return {};
  const { FaultError, parseFaults } = await import("../fault-plan");
  const { OwnEndpointError, parseOwnEndpoints } = await import("../own-endpoints");
  try {
    return { faults: parseFaults(fault, { signal }), ownEndpoints: parseOwnEndpoints(service, hosts) };
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

/** Tells how it is reached, and waits for the end. The file is there exactly while it can be reached. */
export async function whileServed<T>(
  served: Served,
  file: string | undefined,
  output: Output,
  end: () => Promise<T>,
): Promise<T> {
  const published = file === undefined ? undefined : publishEndpoints(file, served.endpoints);
  try {
    const { replaced } = published ?? {};
    if (replaced !== undefined) {
      output.notice(
        `${file} led to ${replaced.invokeUrl} (process ${replaced.pid}) and leads here until this one stops; --endpoints-file gives each its own`,
      );
    }
    output.started(served, file);
    return await end();
  } finally {
    published?.withdraw();
  }
}
