import path from "node:path";
import { writeCliConfig } from "../../../cli/terraform/cli-config";
import {
  describeInstallation,
  findProviders,
  surroundings,
} from "../../../cli/terraform/provider-installation";
import { checkTools } from "../../../local/command/terraform/tools";
import { UserError } from "../../../local/kernel/user-error";

/**
 * What a deployment to moto needs, found once and written into the folder.
 *
 * @returns the environment of the tests
 * @throws UserError naming what is missing
 */
export async function prepare(folder: string): Promise<Record<string, string>> {
  const { terraform, moto } = checkTools();
  const missing = [terraform, moto].filter(({ command }) => command === undefined);
  if (moto.command === undefined || missing.length > 0) {
    throw new UserError(missing.map(({ name, remedy }) => `${name} is missing: ${remedy}`).join("\n"));
  }
  const installation = await findProviders(surroundings(true));
  process.stderr.write(`providers: ${describeInstallation(installation)}\n`);
  writeCliConfig(path.join(folder, "terraform.tfrc"), installation, undefined);
  return {
    TERRAFORM_TESTS_FOLDER: folder,
    TERRAFORM_TESTS_PYTHON: moto.command,
    ...(installation.archive.kind === "built" ? { ARCHIVE_PROVIDER: "stand-in" } : {}),
  };
}
