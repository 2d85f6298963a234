import { type ExecFileException, execFile } from "node:child_process";
import { UserError } from "../common/user-error";
import { sentenceIn } from "./terraform";

/** A state of some thousand resources. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * What `terraform show -json` prints of the state of a stack, parsed. The stack's folder is one that was deployed: it
 * knows where the state is, and has the providers, without whose schemas Terraform cannot show a state.
 *
 * @param remedy what initialises the folder, as a command
 * @throws UserError with Terraform's own words; the signal's reason when it is aborted
 */
export async function showState(
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
