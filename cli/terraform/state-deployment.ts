import { type ExecFileException, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { CommandContext } from "../../local/command/command";
import { sentenceIn } from "../../local/command/terraform/terraform";
import type { Deployment } from "../../local/deployment/deployment";
import { readSynthesizedFolder } from "../../local/deployment/load-synthesized";
import { isObject } from "../../local/kernel/json";
import { UserError } from "../../local/kernel/user-error";
import { readStates } from "../../local/load";
import { type DeploymentChoice, outputFolder } from "../common/deployment-choice";

/** A state of some thousand resources. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The deployment of an environment as Terraform's states of all its stacks have it; nothing is changed, and AWS is asked
 * only where the states are kept there. The functions' code comes from the output folder that was deployed.
 *
 * @throws UserError when the environment is not deployed from this checkout, or only in part, or cannot be read
 */
export async function deploymentFromState(
  choice: DeploymentChoice,
  { project, signal }: Pick<CommandContext, "project" | "signal">,
): Promise<Deployment> {
  const output = outputFolder(choice);
  const folder = path.join(project, output);
  if (!existsSync(folder))
    throw new UserError(
      `${describe(choice)} is not deployed from here (${output} is not there): ${command(choice, "deploy")}`,
    );
  const stacks = readSynthesizedFolder(folder);
  const shown = await Promise.all(
    stacks.map(async ({ name, folder: stackFolder }) => {
      return [name, await showState(stackFolder, { signal, remedy: command(choice, "diff") })] as const;
    }),
  );
  refuseMissing(choice, shown);
  const deployment = readStates(
    Object.fromEntries(shown),
    Object.fromEntries(stacks.map(({ name, folder: stackFolder }) => [name, stackFolder])),
  );
  refuseOther(choice, deployment, output);
  return deployment;
}

/** A stack that was never deployed, or was destroyed, has a state without values. */
function refuseMissing(choice: DeploymentChoice, shown: readonly (readonly [string, unknown])[]): void {
  const missing = shown.filter(([, json]) => isEmpty(json)).map(([name]) => name);
  if (missing.length === 0) return;
  if (missing.length === shown.length)
    throw new UserError(
      `${describe(choice)} is not deployed, Terraform's states are empty: ${command(choice, "deploy")}`,
    );
  throw new UserError(
    `of ${describe(choice)} the stack ${missing.join(", ")} is not deployed, its state is empty; the API needs every stack: ${command(choice, "deploy")}`,
  );
}

function isEmpty(json: unknown): boolean {
  return isObject(json) && !("values" in json);
}

/** cdktf itself, called without an output folder, leaves any environment in the folder of `development`. */
function refuseOther(choice: DeploymentChoice, { outputs }: Deployment, output: string): void {
  for (const { environment } of Object.values(outputs)) {
    if (environment !== undefined && environment !== choice.environment)
      throw new UserError(
        `${output} holds the environment ${environment}, not ${choice.environment}: ${command(choice, "deploy")}`,
      );
  }
}

function describe({ environment, target }: DeploymentChoice): string {
  return `the environment ${environment}${target === "moto" ? " of the target moto" : ""}`;
}

function command({ environment, target }: DeploymentChoice, action: "deploy" | "diff"): string {
  const variable = environment === "development" ? "" : `ENVIRONMENT=${environment} `;
  return `${variable}npm run ${action}${target === "moto" ? " -- --target moto" : ""}`;
}

/**
 * What `terraform show -json` prints of the state of a stack, parsed. The stack's folder is one that was deployed: it
 * knows where the state is, and has the providers, without whose schemas Terraform cannot show a state.
 *
 * @param remedy what initialises the folder, as a command
 * @throws UserError with Terraform's own words; the signal's reason when it is aborted
 */
async function showState(
  stackFolder: string,
  { signal, remedy }: { readonly signal: AbortSignal; readonly remedy: string },
): Promise<unknown> {
  const { error, stdout, stderr } = await terraform(["show", "-json", "-no-color"], stackFolder, signal);
  signal.throwIfAborted();
  if (error?.code === "ENOENT")
    throw new UserError(
      "Terraform, which alone can read its state, is not on the PATH: https://developer.hashicorp.com/terraform/install",
    );
  if (error !== null) throw new UserError(explain(stderr, stackFolder, remedy));
  try {
    return JSON.parse(stdout);
  } catch {
    throw new UserError(
      `terraform show -json in ${stackFolder} printed no JSON: ${JSON.stringify(stdout.slice(0, 80))}; install Terraform 1.10 or newer: https://developer.hashicorp.com/terraform/install`,
    );
  }
}

interface Ending {
  readonly error: ExecFileException | null;
  readonly stdout: string;
  readonly stderr: string;
}

function terraform(words: readonly string[], stackFolder: string, signal: AbortSignal): Promise<Ending> {
  const options = { env: { ...process.env, CHECKPOINT_DISABLE: "1" }, signal, maxBuffer: MAX_BYTES };
  return new Promise((resolve) => {
    execFile("terraform", [`-chdir=${stackFolder}`, ...words], options, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    );
  });
}

function explain(said: string, stackFolder: string, remedy: string): string {
  if (/initialization required|Failed to load plugin schemas/.test(said))
    return `Terraform is not initialised in ${stackFolder} for the stack that is there: ${remedy}`;
  return `Terraform cannot show the state of ${stackFolder}: ${sentenceIn(said)}`;
}
