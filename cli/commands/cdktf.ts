import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { readSettings, settings } from "../../stacks/common/settings";
import type { CommandContext } from "../common/command";
import { chooseDeployment, type DeploymentWords, outputFolder } from "../common/deployment-choice";
import { PROJECT } from "../common/project";
import { UserError } from "../common/user-error";
import { synthesize } from "../serving/synthesize";
import { type AccountReach, readAccountSettings } from "../terraform/account-settings";
import { type KeptMoto, runningMoto, startKeptMoto, stopKeptMoto } from "../terraform/kept-moto";
import { motoEnvironment } from "../terraform/moto-target";
import { forgetCliConfig, prepareTerraform } from "../terraform/prepare-terraform";
import { checkTools, type Environment } from "../terraform/tools";

type Action = "synth" | "diff" | "deploy" | "destroy";

interface CdktfWords extends Pick<DeploymentWords, "target"> {
  readonly "auto-approve"?: boolean;
}

/** Runs the cdktf CLI on all stacks, each environment and target in an output folder of its own. */
export async function cdktf(action: Action, words: CdktfWords, { signal }: CommandContext): Promise<number> {
  const choice = chooseDeployment(words, process.env);
  const { target } = choice;
  const env = { ...process.env, TARGET: target };
  const cli = new Cdktf(outputFolder(choice), words["auto-approve"] ? ["--auto-approve"] : [], signal);
  if (action === "synth") return cli.synthesize(env);
  if (action === "destroy") refuseToLoseUsers(env);
  try {
    if (target === "moto") return await onMoto(action, cli, signal);
    const prepared = await prepareTerraform(signal);
    const account = await settingsFor(action, { region: choice.region }, env, signal);
    return await cli.onAllStacks(action, prepared.options, { ...env, ...account, ...prepared.env });
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

/** What the action sets by itself: a deployment asks the account; nothing ever destroys what belongs to everybody in it. */
async function settingsFor(
  action: Exclude<Action, "synth">,
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
async function onMoto(action: Exclude<Action, "synth">, cli: Cdktf, signal: AbortSignal): Promise<number> {
  const running = await runningMoto();
  if (running === undefined && action !== "deploy") {
    throw new UserError("nothing is deployed to moto: npm run deploy -- --target moto");
  }
  const prepared = await prepareTerraform(signal, true);
  const moto = running ?? (await startKeptMoto(requireMoto(), signal));
  // The state of what runs on this machine stays on it.
  const chosen = Object.keys(settings).flatMap((name) => {
    const value = name === "TARGET" || name === "STATE_BUCKET" ? undefined : process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const cliConfigFile = prepared.env.TF_CLI_CONFIG_FILE ?? "";
  const env = motoEnvironment({ endpoint: moto.endpoint, cliConfigFile }, Object.fromEntries(chosen));
  const region = env.AWS_REGION ?? settings.AWS_REGION.standard;
  // moto has no GetAccountSettings.
  const asked = { LAMBDA_CONCURRENCY: settings.LAMBDA_CONCURRENCY.standard, ...env };
  const account = await settingsFor(action, { region, awsEndpointUrl: moto.endpoint }, asked, signal);
  const code = await cli.onAllStacks(action, prepared.options, { ...env, ...account });
  if (code === 0) afterwards(action, moto);
  return code;
}

function afterwards(action: Action, moto: KeptMoto): void {
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

/** The cdktf CLI, in one output folder. */
class Cdktf {
  constructor(
    private readonly output: string,
    /** Those of the call that are cdktf's own. */
    private readonly options: readonly string[],
    private readonly signal: AbortSignal,
  ) {}

  /**
   * As `cdktf synth`, whose errors are pages of stack traces.
   *
   * @throws UserError with what the stacks refuse
   */
  async synthesize(env: Environment): Promise<number> {
    const folder = path.join(PROJECT, this.output);
    const warnings = await synthesize(folder, env, this.signal);
    if (warnings !== "") say(warnings);
    say(`synthesized ${stacksInOrder(folder).join(", ")} to ${this.output}`);
    return 0;
  }

  async onAllStacks(action: Action, options: readonly string[], env: Environment): Promise<number> {
    await this.synthesize(env);
    const words = ["--skip-synth", ...options];
    if (action !== "diff") return this.run(action, ["*", ...words], env);
    // cdktf compares one stack at a time.
    for (const name of stacksInOrder(path.join(PROJECT, this.output))) {
      const compared = await this.run(action, [name, ...words], env);
      if (compared !== 0) return compared;
    }
    return 0;
  }

  /**
   * Waits for cdktf however it ends: it decides what is still to be done after Ctrl-C, which it gets itself from the
   * terminal. Any other signal is handed on.
   *
   * @throws the signal's reason where cdktf was interrupted
   */
  async run(action: Action, words: readonly string[], env: Environment): Promise<number> {
    this.signal.throwIfAborted();
    const cli = require.resolve("cdktf-cli/bundle/bin/cdktf");
    const child = spawn(process.execPath, [cli, action, ...words, "--output", this.output, ...this.options], {
      cwd: PROJECT,
      env: { ...env },
      stdio: "inherit",
    });
    const handOn = () => {
      if (!process.stdin.isTTY) child.kill("SIGINT");
    };
    this.signal.addEventListener("abort", handOn, { once: true });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    this.signal.removeEventListener("abort", handOn);
    if (code !== 0) this.signal.throwIfAborted();
    return code ?? 1;
  }
}

const manifestSchema = v.object({
  stacks: v.record(v.string(), v.object({ dependencies: v.array(v.string()) })),
});

/** The names of the synthesized stacks, each after those that it depends on. */
export function stacksInOrder(folder: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8"));
  const { stacks } = v.parse(manifestSchema, manifest);
  const ordered = new Set<string>();
  const add = (name: string) => {
    for (const before of stacks[name]?.dependencies ?? []) add(before);
    ordered.add(name);
  };
  for (const name of Object.keys(stacks)) add(name);
  return [...ordered];
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
