import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { recordedFolder, recordedStates, type ShowJson } from "../../local/state/recorded";

/** Prints what a test has it print for the stack in whose folder it is to run; fails, or stays, where a test has it so. */
const TERRAFORM = `#!/bin/sh
said="$0-$(basename "\${1#-chdir=}")"
if [ -f "$said.stays" ]; then echo $$ > "$said.pid"; exec sleep 600; fi
if [ -f "$said.error" ]; then cat "$said.error" >&2; exit 1; fi
cat "$said.json"
`;

/** A checkout from which the recorded stacks were deployed, and a Terraform that shows their state. */
export class DeployedProject {
  readonly project = mkdtempSync(path.join(tmpdir(), "secure lambda "));
  readonly #tools = path.join(this.project, "tools");
  readonly #terraform = path.join(this.#tools, "terraform");
  readonly #path = process.env.PATH;

  constructor(readonly output = "cdktf.out") {
    recordedFolder(path.join(this.project, output));
    mkdirSync(this.#tools);
    writeFileSync(this.#terraform, TERRAFORM);
    chmodSync(this.#terraform, 0o755);
    this.show(recordedStates());
    process.env.PATH = `${this.#tools}${path.delimiter}${this.#path}`;
  }

  /** What Terraform prints, by stack. */
  show(states: ShowJson | Record<string, unknown>): void {
    for (const [stack, json] of Object.entries(states)) this.print(stack, JSON.stringify(json));
  }

  print(stack: string, text: string): void {
    writeFileSync(`${this.#terraform}-${stack}.json`, text);
  }

  fail(stack: string, said: string): void {
    writeFileSync(`${this.#terraform}-${stack}.error`, said);
  }

  /** Terraform does not end; `pid` is there as soon as it runs. */
  stay(stack: string): { pid(): number | undefined } {
    writeFileSync(`${this.#terraform}-${stack}.stays`, "");
    const file = `${this.#terraform}-${stack}.pid`;
    return {
      pid: () => (existsSync(file) ? Number(readFileSync(file, "utf8")) || undefined : undefined),
    };
  }

  removeTerraform(): void {
    process.env.PATH = this.project;
  }

  remove(): void {
    process.env.PATH = this.#path;
    rmSync(this.project, { recursive: true, force: true });
  }
}
