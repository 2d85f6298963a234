import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "./command";
import { codeOf, isErrorLike } from "./error-like";
import { outputFolder } from "./output-folder";
import { PROJECT } from "./project";

/**
 * The outputs of a deployed stack, by name: from the local state file of the environment, else through Terraform from
 * the state store that the stack was deployed with.
 *
 * @param project the checkout from which it was deployed
 * @throws UserError when there is no state to read
 */
export async function readOutputs(
  environment: string,
  stack: string,
  project: string = PROJECT,
): Promise<Record<string, unknown>> {
  const state = path.join(project, "state", environment, `${stack}.tfstate`);
  if (existsSync(state)) return valuesOf(readState(state));
  const output = outputFolder({ environment, target: "aws" });
  return valuesOf(await askTerraform(environment, path.join(project, output, "stacks", stack)));
}

function readState(file: string): unknown {
  try {
    const state: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof state === "object" && state !== null && "outputs" in state ? state.outputs : {};
  } catch (error) {
    const why = isErrorLike(error) ? error.message : String(error);
    throw new UserError(`cannot read the state ${file} (${why}): deploy again, or restore its backup`);
  }
}

async function askTerraform(environment: string, folder: string): Promise<unknown> {
  const notDeployed = (why: string) =>
    new UserError(
      `the environment ${environment} is not deployed from this folder (${why}): ENVIRONMENT=${environment} npm run deploy`,
    );
  if (!existsSync(folder)) throw notDeployed("it has no state here");
  try {
    const { stdout } = await promisify(execFile)("terraform", [`-chdir=${folder}`, "output", "-json"]);
    return JSON.parse(stdout);
  } catch (error) {
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
    entries.map(([name, output]) => [
      name,
      typeof output === "object" && output !== null && "value" in output ? output.value : undefined,
    ]),
  );
}
