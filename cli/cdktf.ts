import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { settings } from "../stacks/common/settings";
import { type Command, runAsProcess, UsageError, UserError } from "./common/command";
import { outputFolder } from "./common/output-folder";
import { PROJECT } from "./common/project";
import { type KeptMoto, runningMoto, startKeptMoto, stopKeptMoto } from "./terraform/kept-moto";
import { interruptibleTerraform, localEnvironment } from "./terraform/local-target";
import { describeInstallation, findProviders, writeCliConfig } from "./terraform/provider-installation";
import { checkTools, type Environment } from "./terraform/tools";

const usage = `
Runs the cdktf CLI on both stacks, each environment in an output folder of its own.

  npm run synth
  npm run diff
  npm run deploy  [-- --auto-approve]
  npm run destroy [-- --auto-approve]

  --target local   deploy to an AWS API on this machine (moto) instead of AWS: deploy starts it and leaves it running, to
                   look around with the AWS CLI; destroy stops it

Every further option is cdktf's own. ENVIRONMENT and the other settings come from the environment.
`;

const ownTerraform = { CHECKPOINT_DISABLE: "1", ...interruptibleTerraform };
const STACKS = ["shared-messaging", "secure-edge"];
const ACTIONS = ["synth", "diff", "deploy", "destroy"] as const;
type Action = (typeof ACTIONS)[number];

export const cdktfCommand: Command = {
  usage,
  async run([word, ...rest]) {
    const action = ACTIONS.find((candidate) => candidate === word);
    if (action === undefined)
      throw new UsageError(`cdktf takes ${ACTIONS.join(", ")}, received ${JSON.stringify(word)}`);
    const { target, options } = takeTarget(rest);
    const environment = process.env.ENVIRONMENT || settings.ENVIRONMENT.standard;
    const output = ["--output", outputFolder({ environment, target })];
    if (action === "synth")
      return cdktf([action, ...output, ...options], { ...process.env, CHECKPOINT_DISABLE: "1" });
    if (target === "local") return local(action, [...output, ...options]);
    const prepared = await prepareTerraform();
    return onBothStacks(action, [...output, ...prepared.options, ...options], {
      ...process.env,
      ...prepared.env,
    });
  },
};

function takeTarget(words: readonly string[]): { target: "aws" | "local"; options: string[] } {
  const index = words.indexOf("--target");
  if (index < 0) return { target: "aws", options: [...words] };
  const target = words[index + 1];
  if (target !== "aws" && target !== "local") {
    throw new UsageError(`--target is ${JSON.stringify(target ?? "")}; accepted: aws or local`);
  }
  return { target, options: [...words.slice(0, index), ...words.slice(index + 2)] };
}

/** Deploys to, or destroys in, an AWS API on this machine. */
async function local(action: Exclude<Action, "synth">, options: readonly string[]): Promise<number> {
  const running = await runningMoto();
  if (running === undefined && action !== "deploy") {
    throw new UserError("nothing is deployed on this machine: npm run deploy -- --target local");
  }
  const moto = running ?? (await startKeptMoto(requireMoto()));
  const prepared = await prepareTerraform(true);
  // The state of what runs on this machine stays on it.
  const chosen = Object.keys(settings).flatMap((name) => {
    const value = name === "TARGET" || name === "STATE_BUCKET" ? undefined : process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const cliConfigFile = prepared.env.TF_CLI_CONFIG_FILE ?? "";
  const env = localEnvironment({ endpoint: moto.endpoint, cliConfigFile }, Object.fromEntries(chosen));
  const code = await onBothStacks(action, [...options, ...prepared.options], env);
  if (code === 0) afterwards(action, moto);
  return code;
}

function afterwards(action: Action, moto: KeptMoto): void {
  if (action === "destroy") {
    stopKeptMoto(moto);
    say("stopped the AWS API on this machine");
  }
  if (action === "deploy") {
    say(`
the AWS API on this machine keeps running until npm run destroy -- --target local; to look around:
  export AWS_ENDPOINT_URL=${moto.endpoint} AWS_DEFAULT_REGION=${process.env.AWS_REGION || settings.AWS_REGION.standard}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws apigateway get-rest-apis`);
  }
}

function requireMoto(): string {
  const { moto } = checkTools();
  if (moto.command === undefined) throw new UserError(`${moto.name} is missing: ${moto.remedy}`);
  return moto.command;
}

/**
 * Where the registry does not answer, the providers come from a mirror, and cdktf cannot ask the registry for their
 * checksums. A CLI configuration of the user's own is left alone.
 */
async function prepareTerraform(
  isolated = false,
): Promise<{ env: Record<string, string>; options: string[] }> {
  const { terraform } = checkTools();
  if (terraform.command === undefined)
    throw new UserError(`${terraform.name} is missing: ${terraform.remedy}`);
  const own = process.env.TF_CLI_CONFIG_FILE;
  if (!isolated && own !== undefined && existsSync(own)) return { env: ownTerraform, options: [] };
  const installation = await findProviders();
  say(`providers: ${describeInstallation(installation)}`);
  const fromRegistry = Object.values(installation).every(({ kind }) => kind === "registry");
  const file = path.join(PROJECT, ".local", "terraform.tfrc");
  mkdirSync(path.dirname(file), { recursive: true });
  writeCliConfig(file, installation);
  return {
    env: {
      ...ownTerraform,
      ...(fromRegistry && !isolated ? {} : { TF_CLI_CONFIG_FILE: file }),
      // A provider from elsewhere must not end in the cache of all of the user's projects.
      ...(fromRegistry ? {} : { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true" }),
    },
    options: fromRegistry ? [] : ["--skip-provider-lock"],
  };
}

async function onBothStacks(action: Action, options: readonly string[], env: Environment): Promise<number> {
  if (action !== "diff") return cdktf([action, "*", ...options], env);
  // cdktf compares one stack at a time.
  for (const stack of STACKS) {
    const code = await cdktf([action, stack, ...options], env);
    if (code !== 0) return code;
  }
  return 0;
}

/** cdktf gets Ctrl-C itself, being in the same process group: it is what decides how to end. */
async function cdktf(words: readonly string[], env: Environment): Promise<number> {
  const child = spawn(process.execPath, [require.resolve("cdktf-cli/bundle/bin/cdktf"), ...words], {
    cwd: PROJECT,
    env: { ...env },
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (require.main === module) void runAsProcess(cdktfCommand);
