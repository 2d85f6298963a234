import { readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import type { CommandContext } from "../../local/command/command";
import { isYes } from "../../local/command/confirm";
import { Terraform } from "../../local/command/terraform/terraform";
import { checkTools, type Environment } from "../../local/command/terraform/tools";
import { UsageError, UserError } from "../../local/kernel/user-error";
import { readSettings, settings } from "../../stacks/common/settings";
import { chooseDeployment, type DeploymentWords, outputFolder } from "../common/deployment-choice";
import { PROJECT } from "../common/project";
import { makeSynthesisFolder, synthesize } from "../serving/synthesize";
import { type AccountReach, readAccountSettings } from "../terraform/account-settings";
import { type KeptMoto, motoEnvironment, runningMoto, startKeptMoto, stopKeptMoto } from "../terraform/moto";
import { forgetCliConfig, type PreparedTerraform, prepareTerraform } from "../terraform/prepare-terraform";
import { type StackAction, StackRun } from "../terraform/stack-run";

interface DeployWords extends Pick<DeploymentWords, "target"> {
  readonly "auto-approve"?: boolean;
}

/** What a run of Terraform on all stacks needs. */
interface Run {
  readonly action: StackAction;
  /** The output folder, absolute. */
  readonly output: string;
  readonly asks: boolean;
  readonly context: CommandContext;
}

/** Writes Terraform's JSON, each environment and target to an output folder of its own. */
export async function synth(words: DeployWords, { project, signal }: CommandContext): Promise<number> {
  const choice = chooseDeployment(words, process.env);
  await synthesizeTo(path.join(project, outputFolder(choice)), { TARGET: choice.target }, signal);
  return 0;
}

/** Runs Terraform on all stacks, in the order of their dependencies. */
export async function runTerraform(
  action: StackAction,
  words: DeployWords,
  context: CommandContext,
): Promise<number> {
  const choice = chooseDeployment(words, process.env);
  const env = { ...process.env, TARGET: choice.target };
  if (action === "destroy") refuseToLoseUsers(env);
  const asks = action !== "diff" && !words["auto-approve"];
  if (asks && !process.stdin.isTTY) throw nobodyToAsk(action);
  const run = { action, output: path.join(context.project, outputFolder(choice)), asks, context };
  try {
    if (choice.target === "moto") return await onMoto(run);
    const prepared = await prepareTerraform(context.signal);
    const account = await settingsFor(action, { region: choice.region }, env, context.signal);
    return await onAllStacks(run, prepared, { ...env, ...account });
  } finally {
    forgetCliConfig();
  }
}

/**
 * Cognito and Terraform both refuse to delete a protected pool; said here before anything is planned.
 *
 * @throws UserError with the way
 */
function refuseToLoseUsers(env: Environment): void {
  if (!readSettings(env).DELETION_PROTECTION) return;
  throw new UserError(
    "DELETION_PROTECTION is on, so the user pools and their users cannot be destroyed; nothing was changed. When they may go, take it off in AWS first: DELETION_PROTECTION=false npm run deploy, then DELETION_PROTECTION=false npm run destroy",
  );
}

function nobodyToAsk(action: StackAction): UsageError {
  return new UsageError(
    `${action} asks before it acts, and nobody is there to answer: npm run ${action} -- --auto-approve`,
  );
}

/** What the action sets by itself: a deployment asks the account; nothing ever destroys what belongs to everybody in it. */
async function settingsFor(
  action: StackAction,
  reach: AccountReach,
  env: Environment,
  signal: AbortSignal,
): Promise<Environment> {
  if (action === "destroy") return { MANAGE_API_GATEWAY_ACCOUNT: "false" };
  const { settings: answered, notes } = await readAccountSettings(reach, env, signal);
  for (const note of notes) say(note);
  return answered;
}

/** Deploys to, or destroys in, an AWS API on this machine. */
async function onMoto(run: Run): Promise<number> {
  const { action, context } = run;
  const running = await runningMoto();
  if (running === undefined && action !== "deploy") {
    throw new UserError("nothing is deployed to moto: npm run deploy -- --target moto");
  }
  const prepared = await prepareTerraform(context.signal, true);
  const moto = running ?? (await startKeptMoto(requireMoto(), context.signal));
  const chosen = Object.fromEntries(
    Object.keys(settings).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  // The state of what runs on this machine stays on it.
  const env = motoEnvironment(moto.endpoint, { ...chosen, STATE_BUCKET: "" });
  const reach = { region: env.AWS_REGION || settings.AWS_REGION.standard, awsEndpointUrl: moto.endpoint };
  // moto has no GetAccountSettings.
  const asked = {
    ...env,
    LAMBDA_CONCURRENCY: env.LAMBDA_CONCURRENCY || settings.LAMBDA_CONCURRENCY.standard,
  };
  const account = await settingsFor(action, reach, asked, context.signal);
  const code = await onAllStacks(run, prepared, { ...env, ...account });
  afterwards(action, moto);
  return code;
}

function afterwards(action: StackAction, moto: KeptMoto): void {
  if (action === "destroy") {
    stopKeptMoto(moto);
    say("stopped moto");
  }
  if (action === "deploy") {
    say(`
moto keeps running until npm run destroy -- --target moto; to look around:
  export AWS_ENDPOINT_URL=${moto.endpoint} AWS_DEFAULT_REGION=${process.env.AWS_REGION || settings.AWS_REGION.standard}
  export AWS_ACCESS_KEY_ID=moto AWS_SECRET_ACCESS_KEY=moto
  aws apigateway get-rest-apis`);
  }
}

function requireMoto(): string {
  const { moto } = checkTools();
  if (moto.command === undefined) throw new UserError(`${moto.name} is missing: ${moto.remedy}`);
  return moto.command;
}

async function onAllStacks(
  { action, output, asks, context }: Run,
  { env: terraformEnv, lock }: PreparedTerraform,
  env: Environment,
): Promise<number> {
  const { signal, stdout, project } = context;
  const stacks = await synthesizeTo(output, env, signal);
  const { folder: scratch, remove } = makeSynthesisFolder(path.join(project, ".local"));
  const terraform = new Terraform({ ...env, ...terraformEnv }, signal, () =>
    say("interrupted: Terraform finishes what it has begun, and writes its state"),
  );
  const confirm = asks ? (question: string) => isYes(question, signal) : undefined;
  const run = new StackRun({ terraform, output, lock, scratch, stdout, confirm });
  try {
    for (const stack of action === "destroy" ? stacks.reverse() : stacks) await run.run(stack, action);
  } finally {
    remove();
  }
  return 0;
}

/** @returns the names of the synthesized stacks, each after those that it depends on */
async function synthesizeTo(folder: string, env: Environment, signal: AbortSignal): Promise<string[]> {
  await synthesize(folder, env, signal);
  const { stacks, warnings } = readManifest(folder);
  for (const warning of warnings) say(`warning: ${warning}`);
  say(`synthesized ${stacks.join(", ")} to ${path.relative(PROJECT, folder)}`);
  return stacks;
}

const annotationSchema = v.object({ level: v.string(), message: v.string() });
const manifestSchema = v.object({
  stacks: v.record(
    v.string(),
    v.object({ dependencies: v.array(v.string()), annotations: v.array(annotationSchema) }),
  ),
});

/** The synthesized stacks, each after those that it depends on, and what they warn of: cdktf writes it there and shows it nowhere. */
export function readManifest(folder: string): { stacks: string[]; warnings: string[] } {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8"));
  const { stacks } = v.parse(manifestSchema, manifest);
  const ordered = new Set<string>();
  const add = (name: string) => {
    for (const before of stacks[name]?.dependencies ?? []) add(before);
    ordered.add(name);
  };
  for (const name of Object.keys(stacks)) add(name);
  const warnings = Object.entries(stacks).flatMap(([name, { annotations }]) =>
    annotations.filter(({ level }) => level === "@cdktf/warn").map(({ message }) => `${name}: ${message}`),
  );
  return { stacks: [...ordered], warnings };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
