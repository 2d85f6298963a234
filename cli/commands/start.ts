import type { Calls } from "../../local/command/banner";
import type { CommandContext } from "../../local/command/command";
import { aborted } from "../../local/command/interruption";
import { type Output, outputFor } from "../../local/command/output";
import type { Served } from "../../local/command/serve";
import { openConsolePage, readServingWords, whileServed } from "../../local/command/serving";
import type { ServingWords } from "../../local/command/serving-options";
import { painter } from "../../local/command/terminal";
import type { Deployment } from "../../local/deployment/deployment";
import { UsageError } from "../../local/kernel/user-error";
import { chooseState, type StateWords } from "../common/deployment-choice";
import { consoleToken } from "../serving/console-token";
import type { RecordedRequest, Recorder } from "../serving/recording";
import { synthesizeForServing } from "../serving/synthesize";

interface StartWords extends StateWords, ServingWords {
  readonly "endpoints-file": string;
  readonly watch: boolean;
  readonly inspect: number | undefined;
  readonly record: string | undefined;
  readonly unmasked: boolean;
  readonly replay: string | undefined;
}

/** Serves until it is interrupted. */
export async function start(words: StartWords, context: CommandContext): Promise<number> {
  checkWords(words);
  const recording = words.replay === undefined ? undefined : await recordingIn(words.replay);
  const { options, beside } = await readServingWords(words, context.signal, () =>
    consoleToken(context.project),
  );
  let calls: Calls = () => [];
  const output = outputFor(context.stdout, words.json, (...shown) => calls(...shown));
  const { watch: follows, inspect: inspectPort } = words;
  if ((follows || inspectPort !== undefined) && (words.out !== undefined || words.state))
    throw new UsageError("--watch and --inspect follow the sources; take --out and --state away");
  const [{ deployment, remove }, { serve }] = await Promise.all([
    chooseDeployment(words, output, context),
    import("../../local/command/serve"),
  ]);
  const served = await serve(
    {
      ...options,
      deployment,
      ...(inspectPort === undefined ? {} : { inspectPort }),
      ...(recording === undefined ? { onRequest: output.request } : {}),
      onNotice: output.notice,
    },
    remove,
    recording === undefined ? beside : {},
  );
  let stopWatching = async () => {};
  let recorder: Recorder | undefined;
  try {
    context.signal.throwIfAborted();
    // For people alone, and with the stacks' classes: when it serves already.
    if (!words.json) ({ calls } = await import("../serving/calls"));
    if (recording !== undefined) return await replayed(served, recording, words, context);
    if (words.record !== undefined) recorder = await startRecording(words.record, words.unmasked, served);
    if (words.open) await openConsolePage(served, output);
    if (follows || inspectPort !== undefined)
      stopWatching = await watch(served, inspectPort !== undefined, output, context);
    await whileServed(served, words["endpoints-file"], output, () => aborted(context.signal));
  } finally {
    await stopWatching();
    recorder?.stop();
    const { keepPermissions } = await import("../serving/permissions-file");
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

async function recordingIn(file: string): Promise<RecordedRequest[]> {
  return (await import("../serving/recording")).readRecording(file);
}

async function startRecording(file: string, unmasked: boolean, { runtime }: Served): Promise<Recorder> {
  const { record } = await import("../serving/recording");
  const poolName = (id: string) => runtime.userPools.find((pool) => pool.id === id)?.name ?? id;
  return record(file, runtime.traces, { unmasked, poolName });
}

async function replayed(
  { host }: Served,
  recording: readonly RecordedRequest[],
  { json }: StartWords,
  { stdout, signal }: CommandContext,
): Promise<number> {
  const { renderReplayed, replay } = await import("../serving/replay");
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

async function chooseDeployment(
  words: StateWords,
  output: Output,
  context: CommandContext,
): Promise<{ deployment: Deployment; remove: () => void }> {
  const { out } = words;
  const choice = chooseState(words, process.env);
  if (choice !== undefined) {
    output.progress(`reading Terraform's state of ${choice.environment}`);
    const { deploymentFromState } = await import("../terraform/state-deployment");
    return { deployment: await deploymentFromState(choice, context), remove: () => {} };
  }
  if (out !== undefined) {
    const { loadSynthesized } = await import("../../local/load");
    return { deployment: loadSynthesized(out), remove: () => {} };
  }
  output.progress("synthesizing the stacks");
  return synthesizeForServing(context);
}
