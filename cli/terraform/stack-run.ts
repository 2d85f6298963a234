import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TextStream } from "../common/terminal";
import { UserError } from "../common/user-error";
import { Progress } from "./progress";
import { refuseFailure, type Terraform } from "./terraform";

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

  /** Shown as Terraform shows it: this is what the user asked for. */
  private async diff(stack: string, folder: string): Promise<void> {
    const { terraform, stdout } = this.props;
    stdout.write(`${stack}\n`);
    const words = ["plan", "-input=false", LOCK_TIMEOUT];
    if (stdout.isTTY) {
      if ((await terraform.show({ folder, words })) !== 0) throw new UserError(`${stack} cannot be compared`);
      return;
    }
    const onLine = (line: string) => {
      if (!/: (Refreshing state|Reading|Read complete)/.test(line)) stdout.write(`${line}\n`);
    };
    const ran = await terraform.run({ folder, words: [...words, "-no-color"], onLine });
    refuseFailure(`${stack} cannot be compared`, ran);
  }

  /** @returns false where there is nothing to do */
  private async isAgreed(
    stack: string,
    folder: string,
    action: StackAction,
    options: readonly string[],
  ): Promise<boolean> {
    const { terraform, stdout, confirm } = this.props;
    const words = ["plan", "-input=false", "-detailed-exitcode", LOCK_TIMEOUT, ...options];
    const code = await terraform.show({ folder, words });
    if (code === 0) stdout.write(`${stack}: no changes\n`);
    else if (code !== PLANNED_CHANGES) throw new UserError(`${stack} cannot be planned`);
    else if (!(await confirm?.(`${action} ${stack}?`)))
      throw new UserError(`${stack} was left as it is, and so is what comes after it`);
    return code === PLANNED_CHANGES;
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
