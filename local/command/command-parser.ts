import { Option, Command as Program } from "commander";
import { UsageError } from "../kernel/user-error";
import type { Caller, Command, CommandGroup, CommandOption, CommandOptions } from "./command";

export type Values = Readonly<Record<string, unknown>>;

/** Where a program of commander's hands what it has read. */
export interface Receiver {
  print(text: string): void;
  /** @param words those that are neither an option nor an option's value */
  call(command: Command, given: Values, words: readonly string[]): void;
}

/** commander's parser, which refuses what it would otherwise take for something else. */
class StrictProgram extends Program {
  constructor(
    name: string,
    private readonly spec: CommandOptions,
  ) {
    super(name);
  }

  override parseOptions(words: string[]): ReturnType<Program["parseOptions"]> {
    const given = new Set<string>();
    for (const [index, word] of words.entries()) {
      const [, flag = "", name = "", value] = /^(--([^=]+))(?:=(.*))?$/s.exec(word) ?? [];
      const option = this.spec[name];
      if (option === undefined) continue;
      if (given.has(flag) && !option.repeats) throw new UsageError(`${flag} is given twice`);
      given.add(flag);
      refuseMisread(flag, option, value, words[index + 1]);
    }
    return super.parseOptions(words);
  }
}

/** Without it, `--pool --json` would name a user pool `--json`. */
function refuseMisread(flag: string, option: CommandOption, value: string | undefined, next?: string): void {
  if (option.value === undefined) {
    if (value === undefined) return;
    throw new UsageError(`${flag} takes no value, received ${JSON.stringify(value)}`);
  }
  if ((value ?? next) === "") throw new UsageError(`${flag} is empty`);
  if (value !== undefined || (next !== undefined && !next.startsWith("-"))) return;
  const remedy = next === undefined ? "" : `; one that begins with a hyphen is written ${flag}=${next}`;
  throw new UsageError(`${flag} needs a value: ${flag} ${option.value}${remedy}`);
}

type CallOf = (entry: Command | CommandGroup) => string;

/** Who calls, and who receives what was called. */
interface Ends {
  readonly caller: Caller;
  readonly receiver: Receiver;
}

/** The parser of a group of commands. */
export function groupOf(group: CommandGroup, usage: string, callOf: CallOf, ends: Ends): Program {
  const { separator } = ends.caller;
  const program = programOf(group, {}, usage, ends.receiver)
    // An option before the command's name is told as what it is: not a command.
    .allowUnknownOption()
    .action((words: string[]) => {
      const names = group.commands.map(({ name }) => name);
      const choice = names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names.at(0);
      const received = words.length > 0 ? JSON.stringify(words.join(" ")) : "nothing";
      throw new UsageError(`${group.name} takes ${choice}, received ${received}`);
    });
  for (const entry of group.commands) {
    const call = callOf(entry);
    const below: CallOf = ({ name }) => `${call}${separator} ${name}`;
    program.addCommand(
      "commands" in entry
        ? groupOf(entry, `${call}${separator} COMMAND`, below, ends)
        : commandOf(entry, call, ends),
    );
  }
  return program;
}

function commandOf(command: Command, call: string, { caller, receiver }: Ends): Program {
  const start = call.includes(" -- ") ? call : `${call}${caller.separator}`;
  const options = Object.entries(command.options).map(
    ([name, option]) => [name, optionOf(name, option)] as const,
  );
  const operand = command.operand === undefined ? "" : ` [${command.operand}]`;
  const usage = options.length > 0 ? `${start}${operand} [options]` : `${call}${operand}`;
  const program = programOf(command, command.options, usage, receiver).action((words: string[]) => {
    const read: Values = program.opts();
    const given = Object.fromEntries(options.map(([name, option]) => [name, read[option.attributeName()]]));
    receiver.call(command, given, words);
  });
  for (const [, option] of options) program.addOption(option);
  const examples = command.examples.map((words) => `  ${words === "" ? call : `${start} ${words}`}`);
  return program.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
}

function programOf(
  { name, summary, details }: Pick<Command, "name" | "summary" | "details">,
  spec: CommandOptions,
  usage: string,
  { print }: Receiver,
): Program {
  return new StrictProgram(name, spec)
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}.\n\n${details.replaceAll("\n", " ")}`)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} })
    .configureHelp({ commandUsage: () => usage, subcommandTerm: (sub) => sub.name() })
    .helpOption("-h, --help", "prints this")
    .helpCommand(false)
    .argument("[words...]");
}

function optionOf(name: string, option: CommandOption): Option {
  const { value, help, repeats } = option;
  if (value === undefined) return new Option(`--${name}`, help);
  const made = new Option(`--${name} <${value}>`, help);
  if (option.default !== undefined) made.description += ` (default: ${option.default})`;
  if (repeats) made.description += "; may be given several times";
  if (!repeats) return made.argParser((text) => readValue(name, option, text));
  return made.argParser((text, before: readonly unknown[] = []) => [
    ...before,
    readValue(name, option, text),
  ]);
}

/** A value as the command gets it. */
export function readValue(name: string, { read }: CommandOption, text: string): unknown {
  return read === undefined ? text : read(text, `--${name}`);
}
