import { type Command, type CommandGroup, command } from "../../../local/command/command";
import { readCall } from "../../../local/command/command-line";
import { UsageError } from "../../../local/kernel/user-error";

const run = async () => 0;

const commands: readonly (Command | CommandGroup)[] = [
  command({
    name: "serve",
    summary: "Serves",
    details: "As long\nas it runs.",
    options: {
      port: { value: "N", help: "the port", default: "3000", read: Number },
      fault: { value: "SPEC", help: "fails", repeats: true },
      "endpoints-file": { value: "FILE", help: "where to write" },
      json: { help: "prints JSON" },
    },
    examples: ["", "--port 0"],
    run,
  }),
  {
    name: "user",
    summary: "Handles users",
    commands: [
      command({
        name: "create",
        summary: "Creates one",
        options: { email: { value: "ADDRESS", help: "whom", required: true } },
        examples: ["--email ada@example.com"],
        run,
      }),
      command({ name: "list", summary: "Lists them", options: {}, examples: [""], run }),
    ],
  },
];

function valuesOf(...words: string[]): unknown {
  const call = readCall(commands, words, {});
  return "values" in call ? call.values : undefined;
}

function helpOf(...words: string[]): string {
  const call = readCall(commands, words, {});
  return "help" in call ? call.help : "";
}

const nothing = { port: 3000, fault: [], "endpoints-file": undefined, json: false };

describe("the words of a call", () => {
  it("are read, each option by its own rule, with defaults for those that are left out", () => {
    expect(valuesOf("serve")).toEqual(nothing);
    expect(valuesOf("serve", "--json", "--fault", "a", "--fault", "b", "--port", "0")).toEqual({
      ...nothing,
      json: true,
      fault: ["a", "b"],
      port: 0,
    });
  });

  it.each([
    ["--port", "1", { port: 1 }],
    ["--fault", "sns:error", { fault: ["sns:error"] }],
    ["--endpoints-file", "a b=c.json", { "endpoints-file": "a b=c.json" }],
  ])("mean the same as %s %s and with an equals sign", (option, value, expected) => {
    expect(valuesOf("serve", option, value)).toEqual({ ...nothing, ...expected });
    expect(valuesOf("serve", `${option}=${value}`)).toEqual({ ...nothing, ...expected });
  });

  it("may give a value that begins with a hyphen after an equals sign", () => {
    expect(valuesOf("serve", "--endpoints-file=--json")).toEqual({ ...nothing, "endpoints-file": "--json" });
  });

  it("name a command below another", () => {
    const call = readCall(commands, ["user", "create", "--email", "ada@example.com"], {});

    expect(call).toMatchObject({ command: { name: "create" }, values: { email: "ada@example.com" } });
  });

  it.each([
    [["serve", "--prot", "1"], "unknown option '--prot' (Did you mean --port?)"],
    [["serve", "--por=1"], "unknown option '--por=1' (Did you mean --port?)"],
    [["serve", "-x"], "unknown option '-x'"],
    [["serve", "--port"], "--port needs a value: --port N"],
    [
      ["serve", "--endpoints-file", "--json"],
      "--endpoints-file needs a value: --endpoints-file FILE; one that begins with a hyphen is written --endpoints-file=--json",
    ],
    [["serve", "--port", ""], "--port is empty"],
    [["serve", "--fault", "a", "--fault="], "--fault is empty"],
    [["serve", "--json=1"], '--json takes no value, received "1"'],
    [["serve", "--port", "1", "--port=2"], "--port is given twice"],
    [["serve", "--json", "--json"], "--json is given twice"],
    [["serve", "3001"], '"3001" is not an option; options begin with --'],
    [["serve", "--json", "all", "of", "it"], '"all of it" is not an option; options begin with --'],
    [["user", "create"], "--email must be given; add --email ADDRESS"],
    [["user", "create", "--emial", "a"], "unknown option '--emial' (Did you mean --email?)"],
    [["user"], "user takes create or list, received nothing"],
    [["user", "destroy"], 'user takes create or list, received "destroy"'],
    [["user", "--email", "a", "create"], 'user takes create or list, received "--email a create"'],
    [["srve"], 'npm run takes serve or user, received "srve"'],
    [[], "npm run takes serve or user, received nothing"],
  ])("%j are refused in one line", (words, message) => {
    expect(() => readCall(commands, words, {})).toThrow(new UsageError(message));
  });

  it.each([
    [["serve", "--"], "npm run serve --"],
    [["serve", "--", "--port", "1"], "npm run serve -- --port 1"],
    [["serve", "--port", "1", "--", "--json"], "npm run serve -- --port 1 --json"],
    [["user", "--", "list"], "npm run user -- list"],
  ])("%j have a second --, which never hides what follows it", (words, meant) => {
    expect(() => readCall(commands, words, {})).toThrow(
      new UsageError(`-- is not an option, and hides those after it; write ${meant}`),
    );
  });

  it.each([
    ["npm run serve --port=1", [], { npm_config_port: "1" }, "--port", "--port=1"],
    ["npm run serve --port 1", ["1"], { npm_config_port: "true" }, "--port", "--port N"],
    [
      "npm run serve --endpoints-file=f",
      [],
      { npm_config_endpoints_file: "f" },
      "--endpoints-file",
      "--endpoints-file=f",
    ],
  ])("are incomplete after %s, where npm took the option", (_typed, words, env, option, meant) => {
    expect(() => readCall(commands, ["serve", ...words], env)).toThrow(
      new UsageError(`npm took ${option} for itself; write npm run serve -- ${meant}`),
    );
  });

  it("are complete where npm was told something of the same name, but the option is given here", () => {
    expect(readCall(commands, ["serve", "--port", "2"], { npm_config_port: "1" })).toMatchObject({
      values: { port: 2 },
    });
    expect(readCall(commands, ["serve"], { npm_config_json: "true" })).toMatchObject({ values: nothing });
  });
});

describe("the help", () => {
  it("of a command has its call as the user types it, aligned options and examples", () => {
    expect(helpOf("serve", "--port", "--help")).toBe(`Usage: npm run serve -- [options]

Serves.

As long as it runs.

Options:
  --port <N>               the port (default: 3000)
  --fault <SPEC>           fails; may be given several times
  --endpoints-file <FILE>  where to write
  --json                   prints JSON
  -h, --help               prints this

Examples:
  npm run serve
  npm run serve -- --port 0
`);
  });

  it("of a group names its commands", () => {
    expect(helpOf("user", "--help")).toMatch(
      /^Usage: npm run user -- COMMAND\n(?:.*\n)*Commands:\n {2}create +Creates one\n {2}list +Lists them\n$/,
    );
  });

  it("of a command below another is that command's own", () => {
    expect(helpOf("user", "create", "-h")).toMatch(/^Usage: npm run user -- create \[options\]\n/);
    expect(helpOf("user", "list", "-h")).toMatch(/\nExamples:\n {2}npm run user -- list\n$/);
  });
});
