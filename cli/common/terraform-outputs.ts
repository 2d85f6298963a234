import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "./command";
import { PROJECT } from "./synthesize";

/**
 * The outputs of a deployed stack, by name: from the local state file of the environment, else through Terraform from
 * the state store that the stack was deployed with.
 *
 * @throws UserError when there is no state to read
 */
export async function readOutputs(environment: string, stack: string): Promise<Record<string, unknown>> {
  const state = path.join(PROJECT, "state", environment, `${stack}.tfstate`);
  try {
    return valuesOf(JSON.parse(readFileSync(state, "utf8")).outputs);
  } catch {
    return valuesOf(await askTerraform(environment, path.join(PROJECT, "cdktf.out", "stacks", stack)));
  }
}

async function askTerraform(environment: string, folder: string): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)("terraform", [`-chdir=${folder}`, "output", "-json"]);
    return JSON.parse(stdout);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const why = missing ? "no state file, and terraform is not installed" : "it has no state here";
    throw new UserError(
      `the environment ${environment} is not deployed from this folder (${why}): ENVIRONMENT=${environment} npm run deploy`,
    );
  }
}

function valuesOf(outputs: unknown): Record<string, unknown> {
  const entries = Object.entries(outputs ?? {});
  return Object.fromEntries(entries.map(([name, output]) => [name, output?.value]));
}
