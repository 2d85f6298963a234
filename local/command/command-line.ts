import { CommanderError } from "commander";
import { UsageError } from "../kernel/user-error";
import {
  type Caller,
  type Command,
  type CommandGroup,
  type CommandOption,
  type CommandOptions,
  npmScripts,
} from "./command";
import { groupOf, type Receiver, readValue, type Values } from "./command-parser";

/** What a call asks for. */
export type Call =
  | {
      readonly command: Command;
      readonly values: Readonly<Record<string, unknown>>;
      readonly operand: string | undefined;
    }
  | { readonly help: string };

type Environment = Readonly<Record<string, string | undefined>>;

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
      refuseMissing(command.options, given);
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

/** After the unknown options and the words too many: those are nearer to what was typed. */
function refuseMissing(options: CommandOptions, given: Values): void {
  const missing = Object.entries(options).filter(
    ([name, { required }]) => required && given[name] === undefined,
  );
  if (missing.length === 0) return;
  const flags = missing.map(([name]) => `--${name}`).join(" and ");
  const remedy = missing.map(([name, { value }]) => `--${name} ${value}`).join(" ");
  throw new UsageError(`${flags} must be given; add ${remedy}`);
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
