import type { TextStream } from "./terminal";

/** An option of a command. Without a `value` it is a switch. */
export interface CommandOption {
  /** What the help calls the value: `N`, `FILE`. */
  readonly value?: string;
  readonly help: string;
  /** As the user would type it. */
  readonly default?: string;
  /** May be given several times. */
  readonly repeats?: true;
  readonly required?: true;
  /**
   * What the command gets for what was typed.
   *
   * @throws UsageError naming the option, the value received and what is accepted
   */
  readonly read?: (text: string, option: string) => unknown;
}

export type CommandOptions = Readonly<Record<string, CommandOption>>;

type ReadOf<O> = O extends { readonly read: (...words: never[]) => infer T } ? T : string;

type ValueOf<O> = O extends { readonly value: string }
  ? O extends { readonly repeats: true }
    ? ReadOf<O>[]
    : O extends { readonly default: string } | { readonly required: true }
      ? ReadOf<O>
      : ReadOf<O> | undefined
  : boolean;

/** What a command gets for its options, by their names. */
type ValuesOf<O extends CommandOptions> = { readonly [Name in keyof O]: ValueOf<O[Name]> };

/** What a command may touch of its process. */
export interface CommandContext {
  readonly stdout: TextStream;
  /** For what a script that reads the output must not get. */
  readonly stderr: TextStream;
  /** Aborted when the process is to end: the command cleans up, then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** The folder of the project that the command works on. */
  readonly project: string;
}

/** A command: how it is called, what its help says, what it does. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Further lines of the help. */
  readonly details?: string;
  readonly options: CommandOptions;
  /** The one word that may come without an option's name: `DIR`. */
  readonly operand?: string;
  /** Each the words of a call, as in `--port 0`. */
  readonly examples: readonly string[];
  /** Its output is for a script: npm must print nothing of its own. */
  readonly silent?: true;
  /** Resolves with the exit code. */
  run(
    values: Readonly<Record<string, unknown>>,
    context: CommandContext,
    operand: string | undefined,
  ): Promise<number>;
}

interface CommandDefinition<O extends CommandOptions> extends Omit<Command, "run"> {
  readonly options: O;
  run(values: ValuesOf<O>, context: CommandContext, operand: string | undefined): Promise<number>;
}

/** Lets the compiler hold a command's `run` to its options. */
export function command<const O extends CommandOptions>(definition: CommandDefinition<O>): Command {
  return definition;
}

/** Commands below one name: `user create`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly (Command | CommandGroup)[];
}

/** How a user calls commands: what is typed before and between their names and options. */
export interface Caller {
  readonly name: string;
  readonly summary: string;
  /** A call up to its options, without what separates them. */
  callOf(entry: Pick<Command | CommandGroup, "name">): string;
  /** Between a call and its options, blank included. */
  readonly separator: "" | " --";
  /** The command whose name may be left out. */
  readonly unnamed?: string;
}

/** The scripts of this project: `npm start`, `npm run deploy -- --target moto`. */
export const npmScripts: Caller = {
  name: "npm run",
  summary: "The commands of this project",
  callOf(entry) {
    if (entry.name === "start") return "npm start";
    return `npm run ${"silent" in entry ? "--silent " : ""}${entry.name}`;
  },
  separator: " --",
};
