import { type Command, type CommandGroup, command } from "../local/command/command";
import { DEFAULT_ENDPOINTS_FILE } from "../local/command/endpoints";
import { port, wholeNumber } from "../local/command/option-values";
import { servingOptions } from "../local/command/serving-options";
import { deploymentTarget, environmentName, poolUser } from "./common/option-values";

/** The options of a call that reaches a running or deployed system. */
const reach = {
  endpoints: { value: "FILE", help: `the file that npm start writes (default: ${DEFAULT_ENDPOINTS_FILE})` },
  environment: {
    value: "NAME",
    help: "an environment that was deployed from this folder, instead of the local runtime",
    read: environmentName,
  },
} as const;

const pool = { value: "NAME", help: "the user pool" } as const;
const json = { help: "prints JSON" } as const;
const target = {
  value: "NAME",
  help: "aws, or moto, an AWS API on this machine (default: the variable TARGET, else aws)",
  read: deploymentTarget,
} as const;
const autoApprove = { help: "acts without asking, and shows each change as it is made" } as const;

const group = { value: "NAME", help: "a group of the user pool", required: true } as const;

const userOptions = {
  pool,
  email: { value: "ADDRESS", help: "the user", required: true },
  ...reach,
  json,
} as const;

/** Every command: npm's scripts, the options, the help and the errors of a wrong call follow from here. */
export const commands: readonly (Command | CommandGroup)[] = [
  command({
    name: "start",
    summary: "Serves the stacks on this machine and enforces what AWS would, until Ctrl-C",
    details: `Stopped by Ctrl-C or kill, its exit code is 0; stopped before it served, 130. (npm's own is 130 after any
Ctrl-C.)`,
    options: {
      ...servingOptions,
      out: { value: "DIR", help: "serves this synthesized folder as it is, instead of synthesizing" },
      state: { help: "serves what Terraform deployed, read from its state; needs Terraform" },
      environment: {
        value: "NAME",
        help: "whose state (default: the variable ENVIRONMENT, else development)",
        read: environmentName,
      },
      target,
      "endpoints-file": {
        value: "FILE",
        help: "where to write how it is reached",
        default: DEFAULT_ENDPOINTS_FILE,
      },
      watch: { help: "follows the sources: a changed handler runs at once, changed stacks are served anew" },
      inspect: {
        value: "PORT",
        help: "as --watch, and a debugger finds the first function at this port, each further one at the next; functions have no timeout",
        read: port,
      },
      record: { value: "FILE", help: "writes each request, its answer and its way as a line of JSON" },
      unmasked: { help: "leaves tokens, keys and passwords in the recording" },
      replay: {
        value: "FILE",
        help: "sends a recording's requests again, says what is answered otherwise, and ends; exit code 1 for a difference",
      },
    },
    examples: [
      "",
      "--watch",
      "--inspect 9229",
      "--port 0 --fault sns:error:0.3",
      "--state --environment staging",
    ],
    run: async (values, context) => (await import("./commands/start")).start(values, context),
  }),
  command({
    name: "demo",
    summary: "Starts the local runtime, runs the end-to-end check against it and stops it",
    details: "Exit code 1 when a check failed, 130 after Ctrl-C.",
    options: { json },
    examples: [""],
    run: async (values, context) => (await import("./commands/demo")).demo(values, context),
  }),
  command({
    name: "verify",
    summary: "Runs the end-to-end check against the running local runtime or a deployed environment",
    details: "Exit code 1 when a check failed, 130 after Ctrl-C.",
    options: {
      ...reach,
      user: {
        value: "POOL=EMAIL:PASSWORD",
        help: "signs in as this user; without it a temporary user is created and removed",
        repeats: true,
        read: poolUser,
      },
      junit: { value: "FILE", help: "writes the rows as a JUnit report, for CI" },
      json,
    },
    examples: ["", "--junit report.xml", "--environment staging --user MyUserPool1=ada@example.com:secret"],
    run: async (values, context) => (await import("./commands/verify")).verify(values, context),
  }),
  command({
    name: "permissions",
    summary: "Says which permissions each function used, never used, or was denied, and the smallest policy",
    details: `Of the runtime that runs, else of the last npm start or npm run demo of this folder.`,
    options: { endpoints: reach.endpoints, json },
    examples: ["", "--json"],
    run: async (values, context) => (await import("./commands/permissions")).permissions(values, context),
  }),
  command({
    name: "token",
    silent: true,
    summary: "Signs in and prints the ID token, and nothing else",
    options: {
      pool,
      ...reach,
      email: { value: "ADDRESS", help: "the user; locally the one that npm start created" },
      password: { value: "PASSWORD", help: "the user's password" },
      browser: { help: "signs in on the login page, in a browser" },
      timeout: {
        value: "SECONDS",
        help: "how long to wait for the browser",
        default: "300",
        read: wholeNumber(1, 3600, "a whole number from 1 to 3600"),
      },
      json: { help: "prints JSON: every token that there is" },
    },
    examples: [
      "--pool MyUserPool1",
      "--pool MyUserPool1 --browser",
      "--pool MyUserPool1 --environment staging --email ada@example.com --password secret",
    ],
    run: async (values, context) => (await import("./commands/token")).token(values, context),
  }),
  {
    name: "user",
    summary: "Creates, deletes and lists the users of a user pool, and their groups",
    commands: [
      command({
        name: "create",
        summary: "Creates a confirmed user",
        options: {
          ...userOptions,
          password: { value: "PASSWORD", help: "a final password; without it one is made up and printed" },
        },
        examples: ["--pool MyUserPool1 --email ada@example.com"],
        run: async (values, context) => (await import("./commands/user")).create(values, context),
      }),
      command({
        name: "delete",
        summary: "Deletes a user",
        options: userOptions,
        examples: ["--pool MyUserPool1 --email ada@example.com"],
        run: async (values, context) => (await import("./commands/user")).remove(values, context),
      }),
      command({
        name: "list",
        summary: "Lists the users",
        options: { pool, ...reach, json },
        examples: ["--pool MyUserPool1 --json"],
        run: async (values, context) => (await import("./commands/user")).list(values, context),
      }),
      command({
        name: "join",
        summary: "Adds the user to a group",
        options: { ...userOptions, group },
        examples: ["--pool MyUserPool1 --email ada@example.com --group staff"],
        run: async (values, context) => (await import("./commands/user")).join(values, context),
      }),
      command({
        name: "leave",
        summary: "Takes the user out of a group",
        options: { ...userOptions, group },
        examples: ["--pool MyUserPool1 --email ada@example.com --group staff"],
        run: async (values, context) => (await import("./commands/user")).leave(values, context),
      }),
      command({
        name: "groups",
        summary: "Lists the user's groups",
        options: userOptions,
        examples: ["--pool MyUserPool1 --email ada@example.com"],
        run: async (values, context) => (await import("./commands/user")).groups(values, context),
      }),
    ],
  },
  {
    name: "new",
    summary: "Writes an API of your own: handler, rights, example, test and route",
    commands: [
      command({
        name: "api",
        summary: "Writes a handler with its definition and test, and its rows in the tables",
        details: `Everything or nothing is written. Exit code 1 where a name is taken, a path or a method is not one, or a table has
changes that are not committed.`,
        options: {
          name: { value: "NAME", help: "the handler, and its folder in lambda-src", required: true },
          path: { value: "PATH", help: "where the API answers", required: true },
          method: {
            value: "METHOD",
            help: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or ANY",
            default: "GET",
          },
          pool: { value: "NAME", help: "the user pool whose users may call it", default: "MyUserPool1" },
        },
        examples: [
          "--name orders --path '/orders/{id}' --method GET",
          "--name notes --path /notes --method POST",
        ],
        run: async (values, context) => (await import("./commands/new")).newApi(values, context),
      }),
    ],
  },
  command({
    name: "inbox",
    summary: "Shows the codes and passwords that the local runtime's user pools would send",
    details: "The oldest first. The page is at the address that npm start prints.",
    options: {
      endpoints: reach.endpoints,
      to: { value: "ADDRESS", help: "to whom; a part of the address is enough" },
      follow: { help: "waits for what comes, until Ctrl-C" },
      json: { help: "prints one JSON object a line" },
    },
    examples: ["", "--to ada@example.com --json", "--follow"],
    run: async (values, context) => (await import("./commands/inbox")).inbox(values, context),
  }),
  command({
    name: "synth",
    summary: "Writes Terraform JSON to cdktf.out, each environment and target to a folder of its own",
    options: { target },
    examples: ["", "--target moto"],
    run: async (values, context) => (await import("./commands/deploy")).synth(values, context),
  }),
  command({
    name: "diff",
    summary: "Shows what deploy would change",
    options: { target },
    examples: ["", "--target moto"],
    run: async (values, context) => (await import("./commands/deploy")).runTerraform("diff", values, context),
  }),
  command({
    name: "deploy",
    summary: "Deploys all stacks",
    details: `ENVIRONMENT and the other settings come from the environment. With --target moto it starts moto, which keeps
running, to look around with the AWS CLI, until destroy stops it.`,
    options: { target, "auto-approve": autoApprove },
    examples: ["", "--auto-approve", "--target moto"],
    run: async (values, context) =>
      (await import("./commands/deploy")).runTerraform("deploy", values, context),
  }),
  command({
    name: "destroy",
    summary: "Destroys all stacks",
    details: "With --target moto it stops moto as well.",
    options: { target, "auto-approve": autoApprove },
    examples: ["", "--target moto --auto-approve"],
    run: async (values, context) =>
      (await import("./commands/deploy")).runTerraform("destroy", values, context),
  }),
  command({
    name: "cost",
    summary: "Says what the stacks cost a month, line by line, with the settings in force",
    options: {
      requests: {
        value: "N",
        help: "requests a month",
        default: "0",
        read: wholeNumber(0, Number.MAX_SAFE_INTEGER, "a whole number, 0 or more"),
      },
      json,
    },
    examples: ["", "--requests 1000000"],
    run: async (values, context) => (await import("./commands/cost")).cost(values, context),
  }),
  command({
    name: "guardrails",
    summary: "Lists what stops a synthesis, why, the exceptions with their reasons, and what breaks it",
    details: "Exit code 1 when something breaks one.",
    options: { json },
    examples: [""],
    run: async (values, context) => (await import("./commands/guardrails")).listGuardrails(values, context),
  }),
  command({
    name: "openapi",
    summary: "Writes the API as an OpenAPI 3.1 document, from the synthesized JSON",
    details: "npm start serves the same document, with the local address, at /openapi.json.",
    options: {
      out: { value: "FILE", help: "where to write it (default: the terminal)" },
      stage: { value: "NAME", help: "the stage (default: the first)" },
    },
    examples: ["", "--out docs/openapi.json"],
    run: async (values, context) => (await import("./commands/openapi")).writeOpenApi(values, context),
  }),
  command({
    name: "inventory",
    summary:
      "Lists the APIs: who may call each, who answers for it, its function, and the data that it reaches",
    details: "Markdown, from the table of routes and from the synthesized JSON.",
    options: { out: { value: "FILE", help: "where to write it (default: the terminal)" } },
    examples: ["", "--out docs/inventory.md"],
    run: async (values, context) => (await import("./commands/inventory")).writeInventory(values, context),
  }),
  command({
    name: "scan",
    summary: "Scans the stacks with checkov, in development, in production and with everything on",
    details: `Needs checkov on the PATH, or Python 3.9 or newer to install it below .local. Exit code 1 for a failure without a
reason, for a reason without a failure, and for a stack that was not scanned.`,
    options: { json },
    examples: [""],
    run: async (values, context) => (await import("./commands/scan")).scanStacks(values, context),
  }),
  command({
    name: "portability",
    summary: "Synthesizes the stacks with cdktn, which continues CDKTF, and compares the JSON",
    details: `Needs the npm registry: it installs cdktn and its bindings (about 490 MB) into a temporary folder, and removes it.
Exit code 1 when a difference is not an expected one.`,
    options: { json },
    examples: [""],
    run: async (values, context) => (await import("./commands/portability")).portability(values, context),
  }),
  command({
    name: "bench",
    summary: "Measures what people wait for, against the project's goals",
    details: `Synthesis, start, handlers, the edge, logs and memory: each goal with what was reached, as ratios to what is
measured beside it in the same run; under 5 minutes. Exit code 1 when a goal is missed by every value of the run.`,
    options: {
      requests: {
        value: "N",
        help: "requests of the memory measurement",
        default: "100000",
        read: wholeNumber(1000, Number.MAX_SAFE_INTEGER, "a whole number, 1000 or more"),
      },
      out: { value: "FILE", help: "where the page with the figures goes", default: "docs/performance.md" },
      peers: { help: "also AWS CDK's synthesis of the same architecture; needs the npm registry" },
      json,
    },
    examples: ["", "--requests 20000 --out /tmp/performance.md"],
    run: async (values, context) => (await import("../bench/bench")).bench(values, context),
  }),
];
