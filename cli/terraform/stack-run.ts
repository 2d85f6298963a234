import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TextStream } from "../../local/command/terminal";
import { Progress } from "../../local/command/terraform/progress";
import { type Ended, refuseFailure, type Terraform } from "../../local/command/terraform/terraform";
import { UserError } from "../../local/kernel/user-error";

/** What Terraform can do with a stack. */
export type StackAction = "diff" | "deploy" | "destroy";

export interface StackRunProps {
  readonly terraform: Terraform;
  /** The folder with all synthesized stacks. */
  readonly output: string;
  /** The text of Terraform's lock file. */
  readonly lock: string;
  /** A folder of this process alone, which it removes: a plan has in it whatever the state has. */
  readonly scratch: string;
  readonly stdout: TextStream;
  /** Asks before anything is changed; without, nobody is asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

/** Another run that still writes its state is waited for. */
const LOCK_TIMEOUT = "-lock-timeout=60s";
const PLANNED_CHANGES = 2;

/** Terraform at work on the stacks of one deployment, one after the other. */
export class StackRun {
  constructor(private readonly props: StackRunProps) {}

  /** @throws UserError with Terraform's own words, or where the user says no */
  async run(stack: string, action: StackAction): Promise<void> {
    const folder = path.join(this.props.output, "stacks", stack);
    await this.init(stack, folder);
    if (action === "diff") return this.diff(stack, folder);
    const destroy = action === "destroy" ? ["-destroy"] : [];
    if (this.props.confirm === undefined) return this.apply(stack, folder, ["-auto-approve", ...destroy]);
    const plan = path.join(this.props.scratch, "plan");
    try {
      if (await this.isAgreed(stack, folder, action, [`-out=${plan}`, ...destroy]))
        await this.apply(stack, folder, [plan]);
    } finally {
      rmSync(plan, { force: true });
    }
  }

  private async init(stack: string, folder: string): Promise<void> {
    writeFileSync(path.join(folder, ".terraform.lock.hcl"), this.props.lock);
    const words = ["init", "-input=false", "-no-color"];
    refuseFailure(`${stack} cannot be initialised`, await this.props.terraform.run({ folder, words }));
  }

  private async diff(stack: string, folder: string): Promise<void> {
    const { stdout } = this.props;
    stdout.write(`${stack}\n`);
    const planned = await this.plan(folder);
    // cdktf reads the outputs of a stack in the state of that stack.
    if (planned.stderr.includes("Unable to find remote state"))
      stdout.write("\nUnknown until the stack that it depends on is deployed.\n");
    else refuseFailure(`${stack} cannot be compared`, planned);
  }

  /** @returns false where there is nothing to do */
  private async isAgreed(
    stack: string,
    folder: string,
    action: StackAction,
    options: readonly string[],
  ): Promise<boolean> {
    const { stdout, confirm } = this.props;
    const planned = await this.plan(folder, ["-detailed-exitcode", ...options]);
    if (planned.code === 0) stdout.write(`${stack}: no changes\n`);
    else if (planned.code !== PLANNED_CHANGES) refuseFailure(`${stack} cannot be planned`, planned);
    else if (!(await confirm?.(`${action} ${stack}?`)))
      throw new UserError(`${stack} was left as it is, and so is what comes after it`);
    return planned.code === PLANNED_CHANGES;
  }

  /** Shown as Terraform shows it, without a line for each resource that it looks at. */
  private async plan(folder: string, options: readonly string[] = []): Promise<Ended> {
    const { terraform, stdout } = this.props;
    const colour = stdout.isTTY ? [] : ["-no-color"];
    return terraform.run({
      folder,
      words: ["plan", "-input=false", LOCK_TIMEOUT, ...colour, ...options],
      onLine: (line) => {
        if (!/: (Refreshing state|Reading|Read complete|Preparing import)/.test(line))
          stdout.write(`${line}\n`);
      },
    });
  }

  private async apply(stack: string, folder: string, options: readonly string[]): Promise<void> {
    const progress = new Progress(stack, this.props.stdout);
    // A backup would keep what the state no longer has.
    const words = ["apply", "-json", "-input=false", "-backup=-", LOCK_TIMEOUT, ...options];
    const { code, stderr } = await this.props.terraform.run({ folder, words, onLine: progress.take });
    if (code === 0) return;
    const [first, ...others] = progress.errors;
    if (first === undefined) refuseFailure(stack, { code, stderr });
    throw new UserError([`${stack}: ${first}`, ...others.map((text) => `  ${text}`)].join("\n"));
  }
}
