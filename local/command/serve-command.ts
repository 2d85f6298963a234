import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "../deployment/deployment";
import { UsageError, UserError } from "../kernel/user-error";
import { loadSynthesized } from "../load";
import { deployedEndpoints } from "../own-endpoints";
import { loadStateFile } from "../state-file";
import type { Calls } from "./banner";
import { runCheck } from "./check";
import type { CommandContext } from "./command";
import { aborted } from "./interruption";
import { type Output, outputFor } from "./output";
import { type Served, serve } from "./serve";
import { openConsolePage, readServingWords, whileServed } from "./serving";
import type { ServingWords } from "./serving-options";

/** The words of each command of the package that serves. */
export interface PackageWords extends Omit<ServingWords, "port"> {
  readonly port: number | undefined;
  readonly "endpoints-file": string | undefined;
  readonly without: readonly string[];
  readonly check: string | undefined;
}

interface ServeWords extends PackageWords {
  readonly state: string | undefined;
  readonly root: string | undefined;
}

/** Serves until it is interrupted, or has been checked. */
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
 * Serves what `prepare` makes ready, until it is interrupted or has been checked.
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
  const { check, "endpoints-file": file } = words;
  const { options, beside } = await readServingWords(withDefaults(words), context.signal);
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
    if (check !== undefined) return await checked(check, served, file, output, context.signal);
    await whileServed(served, file, output, () => aborted(context.signal));
    return 0;
  } finally {
    await served.stop();
  }
}

/** A check reads where it is served: it needs neither a port that it knows nor the console. */
function withDefaults(words: PackageWords): ServingWords {
  if (words.check === undefined) return { ...words, port: words.port ?? 3000 };
  return { ...words, port: words.port ?? 0, "console-port": words["console-port"] ?? "off" };
}

/** A check always has an endpoints file to read: where none is asked for, one of its own. */
async function checked(
  command: string,
  served: Served,
  asked: string | undefined,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-local-"));
  const file = path.resolve(asked ?? path.join(folder, "endpoints.json"));
  try {
    return await whileServed(served, file, output, () =>
      runCheck(command, { ...served, file, onNotice: output.notice }, signal),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
