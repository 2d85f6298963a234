import path from "node:path";
import type { Deployment } from "../deployment/deployment";
import { UsageError, UserError } from "../kernel/user-error";
import { readStates } from "../load";
import type { CommandContext } from "./command";
import { isYes } from "./confirm";
import { outputOf, type PackageWords, serveUntilStopped } from "./serve-command";
import { type Moto, startMoto } from "./terraform/moto";
import { Progress } from "./terraform/progress";
import { ProjectCopy } from "./terraform/project-copy";
import { programsIn } from "./terraform/provisioners";
import { refuseFailure, Terraform } from "./terraform/terraform";
import { checkTools, refuseOldTerraform } from "./terraform/tools";

interface ApplyWords extends PackageWords {
  readonly yes: boolean;
  readonly "run-provisioners": boolean;
  readonly "var-file": readonly string[];
}

/** Applies a project to a moto of its own, and serves the state until it is interrupted. */
export async function applyCommand(
  words: ApplyWords,
  context: CommandContext,
  folder = ".",
): Promise<number> {
  const output = outputOf(words, context);
  return serveUntilStopped(words, context, output, async () => {
    const tools = requireTools();
    const copy = ProjectCopy.create(folder);
    let moto: Moto | undefined;
    const remove = () => {
      moto?.stop();
      copy.remove();
    };
    try {
      // It stays for what is not served here: the tables and buckets that Terraform created are in it.
      moto = await startMoto(tools.python, context.signal);
      const deployment = await apply(copy, moto, words, context, output.progress);
      return { deployment: deployment.without(words.without), remove, endpoint: moto.endpoint };
    } catch (error) {
      remove();
      throw error;
    }
  });
}

/** @throws UserError that names each program that is missing, with how to get it */
function requireTools(): { readonly python: string } {
  const { terraform, moto } = checkTools();
  const missing = [terraform, moto].filter(({ command }) => command === undefined);
  if (terraform.command === undefined || moto.command === undefined)
    throw new UserError(missing.map(({ name, remedy }) => `${name} is missing: ${remedy}`).join("\n"));
  refuseOldTerraform(terraform.command);
  return { python: moto.command };
}

async function apply(
  copy: ProjectCopy,
  moto: Moto,
  words: ApplyWords,
  { signal, stdout, stderr }: CommandContext,
  tell: (text: string) => void,
): Promise<Deployment> {
  const terraform = new Terraform(copy.environment(moto.endpoint), signal);
  tell(`initialising a copy of ${copy.source}`);
  const init = ["init", "-input=false", "-no-color", "-reconfigure"];
  refuseFailure(
    `${copy.source} cannot be initialised`,
    await terraform.run({ folder: copy.root, words: init }),
  );
  await agree(copy, words, signal);
  tell("applying it to moto");
  const progress = new Progress(path.basename(copy.source), words.json ? { write: () => {} } : stdout);
  const files = words["var-file"].map((file) => `-var-file=${path.resolve(file)}`);
  const applied = await terraform.run({
    folder: copy.root,
    words: ["apply", "-json", "-input=false", "-auto-approve", ...files],
    onLine: progress.take,
  });
  if (applied.code !== 0) {
    for (const text of progress.errors) stderr.write(`  ${text}\n`);
    const what = `${copy.source} cannot be applied to moto`;
    if (progress.errors.length > 0)
      throw new UserError(
        `${what}: what Terraform says is above; where it is an answer of AWS, remember that moto does not have everything that AWS has`,
      );
    refuseFailure(what, applied);
  }
  return await state(copy, terraform);
}

/** @throws UserError where the user does not agree, or nobody can be asked */
async function agree(copy: ProjectCopy, words: ApplyWords, signal: AbortSignal): Promise<void> {
  const programs = programsIn(copy);
  const unasked = programs.length > 0 && !words["run-provisioners"];
  if (words.yes && !unasked) return;
  const named = programs.map((program) => `\n  ${program}`).join("");
  if (words.yes || !process.stdin.isTTY) {
    if (unasked)
      throw new UserError(
        `${copy.source} starts programs on this machine; read them, then say --yes --run-provisioners:${named}`,
      );
    throw new UsageError(
      "nobody can be asked here: --yes applies the project to a moto of its own without asking",
    );
  }
  const question = unasked
    ? `apply ${copy.source} to a moto of its own? These programs run on this machine:${named}\n`
    : `apply ${copy.source} to a moto of its own?`;
  if (!(await isYes(question, signal))) throw new UserError("nothing was applied");
}

async function state(copy: ProjectCopy, terraform: Terraform): Promise<Deployment> {
  let shown = "";
  const words = ["show", "-json", "-no-color"];
  const ended = await terraform.run({ folder: copy.root, words, onLine: (line) => (shown += line) });
  refuseFailure("the state cannot be shown", ended);
  const stack = path.basename(copy.source);
  return readStates({ [stack]: JSON.parse(shown) }, { [stack]: copy.root });
}
