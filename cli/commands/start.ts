import type { CommandContext } from "../../local/command/command";
import { publishEndpoints } from "../../local/command/endpoints";
import { aborted } from "../../local/command/interruption";
import { localCertificate } from "../../local/command/local-authority";
import { openInBrowser } from "../../local/command/open-in-browser";
import { type Output, outputFor } from "../../local/command/output";
import { type ConsoleChoice, type Served, serve } from "../../local/command/serve";
import { painter } from "../../local/command/terminal";
import { UsageError } from "../../local/command/user-error";
import type { Deployment } from "../../local/deployment/deployment";
import { FaultError, parseFaults } from "../../local/fault-plan";
import { loadSynthesized } from "../../local/load";
import { OwnEndpointError, parseOwnEndpoints } from "../../local/own-endpoints";
import { calls } from "../serving/calls";
import { consoleToken } from "../serving/console-token";
import { keepPermissions } from "../serving/permissions-file";
import { type RecordedRequest, type Recorder, readRecording, record } from "../serving/recording";
import { renderReplayed, replay } from "../serving/replay";
import { synthesizeForServing } from "../serving/synthesize";
import { chooseState, deploymentFromState, type StateWords } from "../terraform/state-deployment";

interface StartWords extends StateWords {
  readonly port: number;
  readonly "endpoints-file": string;
  readonly fault: readonly string[];
  readonly service: readonly string[];
  readonly "service-host": readonly string[];
  readonly "retry-delay-scale": number;
  readonly "managed-rules": "block" | "show" | "off";
  readonly https: boolean;
  readonly "console-port": number | "off" | undefined;
  readonly callback: "on" | "off" | undefined;
  readonly open: boolean;
  readonly watch: boolean;
  readonly inspect: number | undefined;
  readonly record: string | undefined;
  readonly unmasked: boolean;
  readonly replay: string | undefined;
  readonly json: boolean;
}

/** Serves until it is interrupted. */
export async function start(words: StartWords, context: CommandContext): Promise<number> {
  const { port, "retry-delay-scale": retryDelayScale, "managed-rules": managedRules } = words;
  checkWords(words);
  const recording = words.replay === undefined ? undefined : readRecording(words.replay);
  const faults = readFaults(words.fault, context.signal);
  const ownEndpoints = readServices(words);
  const output = outputFor(context.stdout, words.json, calls);
  const { watch: follows, inspect: inspectPort } = words;
  if ((follows || inspectPort !== undefined) && (words.out !== undefined || words.state))
    throw new UsageError("--watch and --inspect follow the sources; take --out and --state away");
  const certificate = words.https ? localCertificate() : undefined;
  const { deployment, remove } = await chooseDeployment(words, output, context);
  const served = await serve(
    {
      deployment,
      port,
      faults,
      ownEndpoints,
      retryDelayScale,
      managedRules,
      ...(certificate === undefined ? {} : { tls: certificate }),
      ...(inspectPort === undefined ? {} : { inspectPort }),
      ...(recording === undefined ? { onRequest: output.request } : {}),
      onNotice: output.notice,
    },
    remove,
    {
      console: recording === undefined ? consoleChoice(words, context) : undefined,
      callback: recording === undefined && (words.callback ?? (words.port === 0 ? "off" : "on")) === "on",
      authorityFile: certificate?.authorityFile,
    },
  );
  let stopWatching = async () => {};
  let recorder: Recorder | undefined;
  try {
    context.signal.throwIfAborted();
    if (recording !== undefined) return await replayed(served, recording, words, context);
    if (words.record !== undefined) recorder = startRecording(words.record, words.unmasked, served);
    if (words.open) await open(served, output);
    if (follows || inspectPort !== undefined)
      stopWatching = await watch(served, inspectPort !== undefined, output, context);
    await untilAborted(served, words["endpoints-file"], output, context.signal);
  } finally {
    await stopWatching();
    recorder?.stop();
    keepPermissions(context.project, served.host.runtime);
    await served.stop();
  }
  return 0;
}

/** @throws UsageError for options that exclude each other */
function checkWords(words: StartWords): void {
  if (words.record !== undefined && words.replay !== undefined)
    throw new UsageError(
      "--record and --replay exclude each other: record with one start, replay with another",
    );
  if (words.unmasked && words.record === undefined)
    throw new UsageError("--unmasked goes with --record FILE");
}

function startRecording(file: string, unmasked: boolean, { runtime }: Served): Recorder {
  const poolName = (id: string) => runtime.userPools.find((pool) => pool.id === id)?.name ?? id;
  return record(file, runtime.traces, { unmasked, poolName });
}

async function replayed(
  { host }: Served,
  recording: readonly RecordedRequest[],
  { json }: StartWords,
  { stdout, signal }: CommandContext,
): Promise<number> {
  const paint = painter(stdout);
  const all = await replay(host, recording, (one) => {
    signal.throwIfAborted();
    const line = json ? JSON.stringify({ event: "replayed", ...one }) : renderReplayed(one, paint);
    stdout.write(`${line}\n`);
  });
  const different = all.filter(({ outcome }) => outcome === "different").length;
  const skipped = all.filter(({ outcome }) => outcome === "skipped").length;
  if (!json) stdout.write(`\n${all.length} requests: ${different} answered otherwise, ${skipped} skipped\n`);
  return different > 0 ? 1 : 0;
}

/** The default port is any free one where the runtime's is: two runtimes at once do not meet. */
function consoleChoice(words: StartWords, { project }: CommandContext): ConsoleChoice | undefined {
  const port = words["console-port"];
  if (port === "off" && words.open)
    throw new UsageError("--open opens the console; take --console-port off away");
  if (port === "off") return undefined;
  return { port: port ?? (words.port === 0 ? 0 : undefined), token: consoleToken(project) };
}

async function watch(
  { host }: Served,
  inspect: boolean,
  output: Output,
  context: CommandContext,
): Promise<() => Promise<void>> {
  const { watchSources } = await import("../serving/watch");
  const { project } = context;
  return watchSources({
    project,
    host,
    synthesize: () => synthesizeForServing(context),
    tell: output.notice,
    inspect,
  });
}

async function open({ endpoints }: Served, output: Output): Promise<void> {
  const { consoleUrl } = endpoints;
  if (consoleUrl !== undefined && !(await openInBrowser(consoleUrl)))
    output.notice("no program opens a browser here: open the console's address yourself");
}

function readFaults(words: readonly string[], signal: AbortSignal) {
  try {
    return parseFaults(words, { signal });
  } catch (error) {
    throw error instanceof FaultError ? new UsageError(error.message) : error;
  }
}

function readServices({ service, "service-host": hosts }: StartWords) {
  try {
    return parseOwnEndpoints(service, hosts);
  } catch (error) {
    throw error instanceof OwnEndpointError ? new UsageError(error.message) : error;
  }
}

async function chooseDeployment(
  words: StateWords,
  output: Output,
  context: CommandContext,
): Promise<{ deployment: Deployment; remove: () => void }> {
  const { out } = words;
  const choice = chooseState(words, process.env);
  if (choice !== undefined) {
    output.progress(`reading Terraform's state of ${choice.environment}`);
    return { deployment: await deploymentFromState(choice, context), remove: () => {} };
  }
  if (out !== undefined) return { deployment: loadSynthesized(out), remove: () => {} };
  output.progress("synthesizing the stacks");
  return synthesizeForServing(context);
}

/** The file is there exactly while the runtime can be reached. */
async function untilAborted(
  served: Served,
  file: string,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const published = publishEndpoints(file, served.endpoints);
  try {
    const { replaced } = published;
    if (replaced !== undefined) {
      output.notice(
        `${file} led to ${replaced.invokeUrl} (process ${replaced.pid}) and leads here until this one stops; --endpoints-file gives each its own`,
      );
    }
    output.started(served, file);
    await aborted(signal);
  } finally {
    published.withdraw();
  }
}
