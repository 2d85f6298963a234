import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { codeOf } from "../../local/command/describe-error";
import { UserError } from "../../local/kernel/user-error";

/**
 * Writes what a command was asked to write, and creates the folder that it goes into.
 *
 * @param option the option that names the file
 * @throws UserError when it cannot be written
 */
export function writeAsked(option: string, file: string, text: string): void {
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(
      `cannot write ${file} (${codeOf(error) ?? error}): name another file with --${option}`,
    );
  }
}
