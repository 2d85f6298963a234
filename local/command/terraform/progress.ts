import * as v from "valibot";
import { isObject } from "../../kernel/json";
import { type Paint, painter, type TextStream } from "../terminal";

/** Longer than this, and somebody wonders whether anything still happens. */
const LONG_SECONDS = 10;

/** A line that `terraform apply -json` writes. Source: "Machine-Readable UI", https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const eventSchema = v.object({
  type: v.string(),
  hook: v.optional(
    v.object({
      resource: v.object({ addr: v.string() }),
      action: v.optional(v.string()),
      elapsed_seconds: v.optional(v.number()),
    }),
  ),
  changes: v.optional(
    v.object({ operation: v.string(), add: v.number(), change: v.number(), remove: v.number() }),
  ),
  diagnostic: v.optional(
    v.object({
      severity: v.string(),
      summary: v.string(),
      detail: v.optional(v.string(), ""),
      address: v.optional(v.string()),
    }),
  ),
  outputs: v.optional(
    v.record(v.string(), v.object({ sensitive: v.boolean(), value: v.optional(v.unknown()) })),
  ),
});

const DONE: Readonly<Record<string, string>> = { create: "created", update: "changed", delete: "destroyed" };

/** What Terraform does to a stack, a line for each resource that it has changed: what was asked for and nothing besides. */
export class Progress {
  /** What went wrong, a line each. */
  readonly errors: string[] = [];
  private readonly warned = new Set<string>();
  private readonly paint: Paint;

  constructor(
    private readonly stack: string,
    private readonly stdout: TextStream,
  ) {
    this.paint = painter(stdout);
  }

  /** Takes a line of `terraform apply -json`; what is not an event is not shown. */
  readonly take = (line: string): void => {
    const event = v.safeParse(eventSchema, parse(line));
    if (!event.success) return;
    const { type, hook, changes, diagnostic, outputs } = event.output;
    if (type === "apply_complete" && hook !== undefined) this.done(hook);
    if (type === "apply_progress" && hook !== undefined && this.stdout.isTTY) this.stillAtIt(hook);
    if (changes !== undefined && changes.operation !== "plan") this.summary(changes);
    if (diagnostic !== undefined) this.diagnose(diagnostic);
    if (type === "outputs" && outputs !== undefined) this.results(outputs);
  };

  private say(text: string): void {
    this.stdout.write(`${text}\n`);
  }

  private done({ resource, action = "", elapsed_seconds: seconds = 0 }: Hook): void {
    const word = DONE[action];
    // A data source that is read again is nothing that has changed.
    if (word === undefined) return;
    const time = seconds >= LONG_SECONDS ? this.paint("dim", ` (${seconds} s)`) : "";
    this.say(`  ${word.padEnd(10)}${resource.addr}${time}`);
  }

  private stillAtIt({ resource, elapsed_seconds: seconds = 0 }: Hook): void {
    this.say(this.paint("dim", `  …         ${resource.addr} (${seconds} s)`));
  }

  private summary({ add, change, remove }: { add: number; change: number; remove: number }): void {
    const what =
      add + change + remove === 0 ? "no changes" : `${add} created, ${change} changed, ${remove} destroyed`;
    this.say(`${this.paint("bold", this.stack)}: ${this.paint("green", what)}`);
  }

  private diagnose({ severity, summary, detail, address }: Diagnostic): void {
    const text = [address, summary, detail]
      .filter((part) => part !== undefined && part !== "")
      .join(": ")
      .replace(/\s+/g, " ");
    if (severity === "error") this.errors.push(text);
    else if (this.warned.size < this.warned.add(text).size)
      this.say(this.paint("yellow", `  warning: ${text}`));
  }

  private results(outputs: Readonly<Record<string, { sensitive: boolean; value?: unknown }>>): void {
    for (const [name, { sensitive, value }] of Object.entries(outputs)) {
      if (!sensitive && value !== undefined) this.result(name, value);
    }
  }

  private result(name: string, value: unknown): void {
    if (!isObject(value)) this.say(`  ${name} = ${value}`);
    else for (const [key, inner] of Object.entries(value)) this.result(`${name}.${key}`, inner);
  }
}

type Hook = NonNullable<v.InferOutput<typeof eventSchema>["hook"]>;
type Diagnostic = NonNullable<v.InferOutput<typeof eventSchema>["diagnostic"]>;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
