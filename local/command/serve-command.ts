import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Deployment } from "../deployment/deployment";
import { loadSynthesized } from "../load";
import { deployedEndpoints } from "../own-endpoints";
import { loadStateFile } from "../state-file";
import type { Calls } from "./banner";
import type { CommandContext } from "./command";
import { type Output, outputFor } from "./output";
import { serve } from "./serve";
import { openConsolePage, readServingWords, untilAborted } from "./serving";
import type { ServingWords } from "./serving-options";
import { UsageError, UserError } from "./user-error";

/** The words of each command of the package that serves. */
export interface PackageWords extends ServingWords {
  readonly "endpoints-file": string | undefined;
  readonly without: readonly string[];
}

interface ServeWords extends PackageWords {
  readonly state: string | undefined;
  readonly root: string | undefined;
}

/** Serves until it is interrupted. */
export async function serveCommand(
  words: ServeWords,
  context: CommandContext,
  folder: string | undefined,
): Promise<number> {
  const { state, root } = words;
  if (state !== undefined && folder !== undefined)
    throw new UsageError(`${folder} is a synthesized folder, --state ${state} a state: give one of the two`);
  if (state === undefined && root !== undefined)
    throw new UsageError("--root says where Terraform ran: it goes with --state FILE");
  const deployment = () =>
    state === undefined ? synthesized(folder ?? "cdktf.out") : loadStateFile(state, root);
  return serveUntilStopped(words, context, outputOf(words, context), async () => ({
    deployment: deployment().without(words.without),
  }));
}

/** @throws UserError for a folder of Terraform's sources, with what can be served of them */
function synthesized(folder: string): Deployment {
  if (isTerraformProject(folder))
    throw new UserError(
      `${folder} holds Terraform's sources, not what cdktf synth writes: serve its state with --state FILE, or npx secure-lambda-local apply ${folder}`,
    );
  return loadSynthesized(folder);
}

function isTerraformProject(folder: string): boolean {
  if (!existsSync(folder) || ["manifest.json", "stacks"].some((name) => existsSync(path.join(folder, name))))
    return false;
  return readdirSync(folder).some((name) => /\.tf(\.json)?$/.test(name));
}

export function outputOf({ json }: PackageWords, { stdout }: CommandContext): Output {
  return outputFor(stdout, json, calls);
}

/**
 * Serves what `prepare` makes ready, until it is interrupted.
 *
 * @param prepare called once the words have been read; `remove` removes what it made, and `endpoint` is where Terraform deployed to
 */
export async function serveUntilStopped(
  words: PackageWords,
  context: CommandContext,
  output: Output,
  prepare: () => Promise<{
    readonly deployment: Deployment;
    readonly remove?: () => void;
    readonly endpoint?: string;
  }>,
): Promise<number> {
  const { options, beside } = await readServingWords(words, context.signal);
  const { deployment, remove, endpoint } = await prepare();
  if (words.without.length > 0) output.notice(`taken out of what is served: ${words.without.join(", ")}`);
  const { ownEndpoints = [] } = options;
  const deployed = endpoint === undefined ? [] : deployedEndpoints(endpoint, deployment);
  const others = deployed.filter(({ service }) => ownEndpoints.every((own) => own.service !== service));
  const told = { onRequest: output.request, onNotice: output.notice };
  const served = await serve(
    { ...options, ...told, deployment, ownEndpoints: [...ownEndpoints, ...others] },
    remove,
    beside,
  );
  try {
    context.signal.throwIfAborted();
    if (words.open) await openConsolePage(served, output);
    await untilAborted(served, words["endpoints-file"], output, context.signal);
  } finally {
    await served.stop();
  }
  return 0;
}

/** Of a project that nobody here knows: its API, and the log of its first function. */
const calls: Calls = ({ endpoints: { invokeUrl, awsEndpointUrl, region, functions = [] } }) => [
  `curl -i ${invokeUrl}/`,
  ...functions
    .slice(0, 1)
    .flatMap((name) => [
      `AWS_ENDPOINT_URL=${awsEndpointUrl} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\`,
      `  aws logs filter-log-events --log-group-name /aws/lambda/${name} --region ${region}`,
    ]),
];
