import { readFileSync } from "node:fs";
import path from "node:path";
import { commands } from "../../cli/command-table";
import { PROJECT } from "../../cli/common/project";
import { type CommandOptions, npmScripts } from "../../local/command/command";
import { readCall } from "../../local/command/command-line";
import { UsageError } from "../../local/kernel/user-error";
import { expectGeneratedSection } from "../support/generated-section";
import { runWords } from "./support/run-words";

function valuesOf(...words: string[]): Readonly<Record<string, unknown>> {
  const call = readCall(commands, words, {});
  if ("help" in call) throw new Error("it asks for help");
  return call.values;
}

function optionsOf(command: string): CommandOptions {
  const entry = commands.find(({ name }) => name === command);
  return entry !== undefined && "options" in entry ? entry.options : {};
}

describe("the commands", () => {
  it("are the npm scripts that run this project's own code", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(path.join(PROJECT, "package.json"), "utf8"),
    );

    const own = Object.entries(scripts).filter(([, script]) => script.includes("cli/"));

    expect(own).toEqual(
      commands.map(({ name }) => [name, `node --require ./typescript.js cli/main.ts ${name}`]),
    );
  });

  const names = commands.flatMap((entry) =>
    "commands" in entry ? entry.commands.map(({ name }) => [entry.name, name]) : [[entry.name]],
  );

  it.each(names)("have help with options and an example: %s %s", async (...words) => {
    const { exitCode, stdout, stderr } = await runWords([...words.filter(Boolean), "--help"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: npm (start|run )/);
    expect(stdout).toMatch(/\nOptions:\n {2}-/);
    expect(stdout).toMatch(/\nExamples:\n {2}npm (start|run )/);
  });

  it.each(names)("have examples that are calls as they must be: %s %s", async (...words) => {
    const { stdout } = await runWords([...words.filter(Boolean), "--help"]);

    const [, examples = ""] = stdout.split("Examples:\n");
    for (const example of examples.trim().split("\n")) {
      const [, script = "", rest = ""] =
        /^npm (?:run (?:--silent )?)?(\S+)(?: -- (.*))?$/.exec(example.trim()) ?? [];
      expect(readCall(commands, [script, ...rest.split(" ").filter(Boolean)], {})).toHaveProperty("command");
    }
  });
});

describe("the documents", () => {
  it("list the commands (UPDATE_DOCS=1 npx jest command-table writes the tables)", () => {
    const rows = commands.map((entry) => `| \`${npmScripts.callOf(entry)}\` | ${entry.summary} |`);

    expectGeneratedSection(
      "README.md",
      "commands",
      ["| command | what it does |", "| --- | --- |", ...rows].join("\n"),
    );
  });

  it("list the options of npm start", () => {
    const rows = Object.entries(optionsOf("start")).map(([name, option]) => {
      const flag = option.value === undefined ? `--${name}` : `--${name} ${option.value}`;
      const standard = option.default === undefined ? "" : `\`${option.default}\``;
      return `| \`${flag}\` | ${option.help}${option.repeats ? "; may be given several times" : ""} | ${standard} |`;
    });

    expectGeneratedSection(
      "docs/local-runtime.md",
      "options",
      ["| option | | default |", "| --- | --- | --- |", ...rows].join("\n"),
    );
  });
});

describe("the target of a deployment", () => {
  it.each(["synth", "diff", "deploy", "destroy"])("is understood by %s in both forms", (name) => {
    expect(valuesOf(name, "--target", "moto").target).toBe("moto");
    expect(valuesOf(name, "--target=moto").target).toBe("moto");
    expect(valuesOf(name, "--target=aws").target).toBe("aws");
    expect(valuesOf(name).target).toBeUndefined();
  });

  it.each(["synth", "diff", "deploy", "destroy", "start"])("that %s does not know is refused", (name) => {
    for (const words of [["--target", "moon"], ["--target=moon"]])
      expect(() => readCall(commands, [name, ...words], {})).toThrow(
        new UsageError('--target is "moon"; accepted: aws or moto'),
      );
  });

  it.each(["deploy", "start"])("says to %s how it is called now where it was local", (name) => {
    for (const words of [["--target", "local"], ["--target=local"]])
      expect(() => readCall(commands, [name, ...words], {})).toThrow(
        new UsageError('--target is "local"; accepted: aws or moto; the target local is called moto now'),
      );
  });

  it("is never hidden by a second --, and neither is what follows it", () => {
    expect(() => readCall(commands, ["deploy", "--", "--target", "moto", "--auto-approve"], {})).toThrow(
      "write npm run deploy -- --target moto --auto-approve",
    );
  });

  it("is never AWS because npm took the option for itself", () => {
    expect(() => readCall(commands, ["deploy"], { npm_config_target: "moto" })).toThrow(
      new UsageError("npm took --target for itself; write npm run deploy -- --target=moto"),
    );
  });
});

describe("the options of a deployment", () => {
  it("are those of the table alone: what cdktf would take besides is not passed on", () => {
    expect(valuesOf("deploy", "--auto-approve")).toEqual({ target: undefined, "auto-approve": true });
    expect(() => valuesOf("deploy", "--output", "elsewhere")).toThrow("unknown option '--output'");
    expect(() => valuesOf("deploy", "secure-edge")).toThrow('"secure-edge" is not an option');
    expect(() => valuesOf("diff", "--auto-approve")).toThrow("unknown option '--auto-approve'");
  });
});

describe("the values of the other options", () => {
  it.each([
    ["start", "--port", ["0", 0], ["65535", 65_535]],
    ["start", "--retry-delay-scale", ["0", 0], ["0.5", 0.5]],
    ["start", "--console-port", ["3001", 3001], ["off", "off"]],
    ["bench", "--requests", ["1000", 1000], ["20000", 20_000]],
    ["start", "--environment", ["staging", "staging"], ["pr-12", "pr-12"]],
    [
      "verify",
      "--user",
      ["P=a@b.c:d:e", [{ pool: "P", email: "a@b.c", password: "d:e" }]],
      ["P=a:b", [{ pool: "P", email: "a", password: "b" }]],
    ],
  ] as const)("of %s %s are read", (name, option, ...pairs) => {
    for (const [text, value] of pairs) {
      expect(valuesOf(name, `${option}=${text}`)[option.slice(2)]).toEqual(value);
    }
  });

  it.each([
    ["start", "--port=65536", '--port is "65536"; accepted: a port from 0 to 65535'],
    ["start", "--port=1.5", '--port is "1.5"; accepted: a port from 0 to 65535'],
    ["start", "--port=0x50", '--port is "0x50"; accepted: a port from 0 to 65535'],
    ["start", "--retry-delay-scale=-1", '--retry-delay-scale is "-1"; accepted: a number, 0 or more'],
    ["start", "--console-port=on", '--console-port is "on"; accepted: a port from 0 to 65535, or off'],
    ["bench", "--requests=10", '--requests is "10"; accepted: a whole number, 1000 or more'],
    ["verify", "--environment=../x", '--environment is "../x"; accepted: 1 to 16 lower-case letters'],
    ["verify", "--user=P=secret", "--user takes POOL=EMAIL:PASSWORD"],
  ])("of %s %s are refused", (name, word, message) => {
    expect(() => valuesOf(name, word)).toThrow(message);
  });

  it("show no password where they are refused", () => {
    expect(() => valuesOf("verify", "--user=P=secret")).not.toThrow("secret");
  });
});
