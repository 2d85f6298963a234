import { CommanderError, Option, Command as Program } from "commander";
import {
  type Caller,
  type Command,
  type CommandGroup,
  type CommandOption,
  type CommandOptions,
  npmScripts,
} from "./command";
import { UsageError } from "./user-error";

/** What a call asks for. */
export type Call =
  | {
      readonly command: Command;
      readonly values: Readonly<Record<string, unknown>>;
      readonly operand: string | undefined;
    }
  | { readonly help: string };

type Environment = Readonly<Record<string, string | undefined>>;
type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the words of a call, the command's name first. No word is passed over: each is understood, or refused.
 *
 * @param env npm's variables, which tell of options that npm took for itself
 * @throws UsageError in one line
 */
export function readCall(
  commands: readonly (Command | CommandGroup)[],
  typed: readonly string[],
  env: Environment = process.env,
  caller: Caller = npmScripts,
): Call {
  const words = withName(commands, typed, caller);
  const own = callIn(commands, words, caller);
  let call: Call | undefined;
  let help = "";
  const receiver: Receiver = {
    print: (text) => {
      help += text;
    },
    call: (command, given, others) => {
      if (caller === npmScripts) refuseTakenByNpm(command, given, own, env);
      const [operand, ...rest] = command.operand === undefined ? [undefined, ...others] : others;
      if (rest.length > 0)
        throw new UsageError(`${JSON.stringify(rest.join(" "))} is not an option; options begin with --`);
      call = { command, values: withDefaults(command.options, given), operand };
    },
  };
  const all = { name: caller.name, summary: caller.summary, commands };
  try {
    if (words.includes("--")) throw bareHyphens(words.slice(1), `${own}${caller.separator}`);
    groupOf(all, `${caller.name} COMMAND`, caller.callOf, { caller, receiver }).parse(
      forHelp(words) ?? words,
      { from: "user" },
    );
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help };
    if (error instanceof CommanderError) throw new UsageError(sentenceOf(error));
    throw error;
  }
  if (call === undefined) throw new Error("the parser has called no command");
  return call;
}

/** Words that name no command are those of the one whose name may be left out. */
function withName(
  commands: readonly (Command | CommandGroup)[],
  words: readonly string[],
  { unnamed }: Caller,
): readonly string[] {
  const isNamed = commands.some(({ name }) => name === words[0]);
  return unnamed === undefined || isNamed ? words : [unnamed, ...words];
}

/** The call as the user typed it, up to its options; without a command that there is, the one that lists them. */
export function callIn(
  commands: readonly (Command | CommandGroup)[],
  words: readonly string[],
  caller: Caller = npmScripts,
): string {
  const named = commands.find(({ name }) => name === withName(commands, words, caller)[0]);
  return named === undefined ? caller.name : caller.callOf(named);
}

/** Where help is asked for, nothing else of the call matters but whose. */
function forHelp(words: readonly string[]): readonly string[] | undefined {
  if (!words.includes("--help") && !words.includes("-h")) return undefined;
  const names = words.slice(
    0,
    words.findIndex((word) => word.startsWith("-")),
  );
  return [...names, "--help"];
}

/** commander begins with `error: `, and asks on a line of its own whether another option was meant. */
function sentenceOf({ message }: Error): string {
  return message.replace(/^error: /, "").replaceAll("\n", " ");
}

/** npm passes on what follows its own `--`; after a second one, by convention, nothing is an option any more. */
function bareHyphens(words: readonly string[], start: string): UsageError {
  const meant = words.filter((word) => word !== "--");
  return new UsageError(
    `-- is not an option, and hides those after it; write ${[start, ...meant].join(" ")}`,
  );
}

/** Options that npm has a use for itself: its own configuration may have them. */
const OF_NPM_TOO = new Set(["json"]);

/**
 * An option before the `--` is npm's: without a word the command would run without it, and deploy to another place.
 *
 * Source: https://docs.npmjs.com/cli/v11/using-npm/config#environment-variables
 */
function refuseTakenByNpm({ options }: Command, given: Values, npm: string, env: Environment): void {
  for (const [name, { value }] of Object.entries(options)) {
    const taken = env[`npm_config_${name.replaceAll("-", "_")}`];
    if (taken === undefined || given[name] !== undefined || OF_NPM_TOO.has(name)) continue;
    const word =
      taken === "true" ? `--${name}${value === undefined ? "" : ` ${value}`}` : `--${name}=${taken}`;
    throw new UsageError(`npm took --${name} for itself; write ${npm} -- ${word}`);
  }
}

function withDefaults(options: CommandOptions, given: Values): Values {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, given[name] ?? defaultOf(name, option)]),
  );
}

function defaultOf(name: string, option: CommandOption): unknown {
  if (option.value === undefined) return false;
  if (option.repeats) return [];
  return option.default === undefined ? undefined : readValue(name, option, option.default);
}

function readValue(name: string, { read }: CommandOption, text: string): unknown {
  return read === undefined ? text : read(text, `--${name}`);
}

/** Where a program of commander's hands what it has read. */
interface Receiver {
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

function groupOf(group: CommandGroup, usage: string, callOf: CallOf, ends: Ends): Program {
  const { separator } = ends.caller;
  const program = programOf(group, {}, usage, ends.receiver)
    // An option before the command's name is told as what it is: not a command.
    .allowUnknownOption()
    .action((words: string[]) => {
      const names = group.commands.map(({ name }) => name);
      const received = words.length > 0 ? JSON.stringify(words.join(" ")) : "nothing";
      throw new UsageError(
        `${group.name} takes ${names.slice(0, -1).join(", ")} or ${names.at(-1)}, received ${received}`,
      );
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
  const { value, help, repeats, required = false } = option;
  if (value === undefined) return new Option(`--${name}`, help);
  const made = new Option(`--${name} <${value}>`, help).makeOptionMandatory(required);
  if (option.default !== undefined) made.description += ` (default: ${option.default})`;
  if (repeats) made.description += "; may be given several times";
  if (!repeats) return made.argParser((text) => readValue(name, option, text));
  return made.argParser((text, before: readonly unknown[] = []) => [
    ...before,
    readValue(name, option, text),
  ]);
}
