import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { CommandContext } from "../../local/command/command";
import { codeOf, isErrorLike } from "../../local/command/describe-error";
import { isObject } from "../../local/kernel/json";
import { UserError } from "../../local/kernel/user-error";
import { type DeploymentChoice, outputFolder, stateFolder } from "./deployment-choice";

/**
 * The outputs of a deployed stack, by name: from its local state file, else through Terraform from
 * the state store that the stack was deployed with.
 *
 * @throws UserError when there is no state to read
 */
export async function readOutputs(
  choice: DeploymentChoice,
  stack: string,
  { project, signal }: Pick<CommandContext, "project" | "signal">,
): Promise<Record<string, unknown>> {
  const state = path.join(project, stateFolder(choice), `${stack}.tfstate`);
  if (existsSync(state)) return valuesOf(readState(state));
  const folder = path.join(project, outputFolder(choice), "stacks", stack);
  return valuesOf(await askTerraform(choice.environment, folder, signal));
}

function readState(file: string): unknown {
  try {
    const state: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isObject(state) ? state.outputs : {};
  } catch (error) {
    const why = isErrorLike(error) ? error.message : String(error);
    throw new UserError(
      `cannot read the state ${file} (${why}): move it away, and take over what exists (README, The state)`,
    );
  }
}

async function askTerraform(environment: string, folder: string, signal: AbortSignal): Promise<unknown> {
  const notDeployed = (why: string) =>
    new UserError(
      `the environment ${environment} is not deployed from this folder (${why}): ENVIRONMENT=${environment} npm run deploy`,
    );
  if (!existsSync(folder)) throw notDeployed("it has no state here");
  try {
    const { stdout } = await promisify(execFile)("terraform", [`-chdir=${folder}`, "output", "-json"], {
      signal,
    });
    return JSON.parse(stdout);
  } catch (error) {
    signal.throwIfAborted();
    throw notDeployed(
      codeOf(error) === "ENOENT"
        ? "no state file, and terraform is not installed"
        : "Terraform finds no state",
    );
  }
}

function valuesOf(outputs: unknown): Record<string, unknown> {
  const entries: [string, unknown][] = Object.entries(outputs ?? {});
  return Object.fromEntries(
    entries.map(([name, output]) => [name, isObject(output) ? output.value : undefined]),
  );
}
