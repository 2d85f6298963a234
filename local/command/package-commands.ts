import { type Caller, type Command, command } from "./command";
import { servingOptions } from "./serving-options";

/** The package's command: `npx secure-lambda-local [DIR]`, `npx secure-lambda-local apply [DIR]`. */
export const caller: Caller = {
  name: "npx secure-lambda-local",
  summary: "Serves a CDKTF or Terraform project's API on this machine and enforces what AWS would",
  callOf: ({ name }) => (name === "serve" ? "npx secure-lambda-local" : `npx secure-lambda-local ${name}`),
  separator: "",
  unnamed: "serve",
};

const options = {
  ...servingOptions,
  port: {
    value: "N",
    help: "the port; 0 for a free one (default: 3000, with --check a free one)",
    read: servingOptions.port.read,
  },
  without: {
    value: "ADDRESS",
    help: "takes this resource, or all of this module, out of what is served, as if the project did not have it",
    repeats: true,
  },
  "endpoints-file": {
    value: "FILE",
    help: "writes how it is reached, and whom to sign in as, while it serves (default: nowhere)",
  },
  check: {
    value: "COMMAND",
    help: "once it serves, runs this shell command with INVOKE_URL, ENDPOINTS_FILE, ID_TOKEN_<POOL> and the AWS SDKs' variables set, then stops and ends with its exit code",
  },
} as const;

/** What the npm package's command can do: the options, the help and the errors of a wrong call follow from here. */
export const commands: readonly Command[] = [
  command({
    name: "serve",
    summary: "Serves a synthesized CDKTF folder, or a Terraform state, until Ctrl-C",
    details: `DIR is the folder that cdktf synth wrote (default: cdktf.out). Any other Terraform project is served from its state, with
--state; where there is none, npx secure-lambda-local apply DIR applies the project to a moto of its own first (--help after apply
says more). Stopped by Ctrl-C or kill, its exit code is 0; stopped before it served, 130; refused, 1; called wrongly, 2; with --check, the
check's.`,
    operand: "DIR",
    options: {
      state: {
        value: "FILE",
        help: "serves this Terraform state: what terraform show -json prints, or the state file (terraform state pull)",
      },
      root: {
        value: "DIR",
        help: "with --state: the folder from which Terraform ran, where it found the functions' code (default: the state's)",
      },
      ...options,
    },
    examples: [
      "",
      "dist/cdktf.out --port 0 --json",
      "--state terraform.tfstate",
      "--check 'npm test'",
      "--fault sns:error:0.3",
    ],
    run: async (values, context, folder) =>
      (await import("./serve-command")).serveCommand(values, context, folder),
  }),
  command({
    name: "apply",
    summary: "Applies a Terraform project to a moto of its own, and serves the state, until Ctrl-C",
    details: `DIR is the project's root module (default: this folder). Terraform runs in a copy, with a local state, and reaches moto
alone: no account, no remote state, nothing in DIR changes. It asks first. Needs terraform, and moto (pip install 'moto[server]').`,
    operand: "DIR",
    options: {
      yes: { help: "applies without asking" },
      "run-provisioners": {
        help: "lets provisioners and external programs run on this machine, which the project has; else they stop it",
      },
      "var-file": {
        value: "FILE",
        help: "values of the project's variables, as Terraform takes them",
        repeats: true,
      },
      ...options,
    },
    examples: ["", "infra --yes --var-file dev.tfvars"],
    run: async (values, context, folder) =>
      (await import("./apply-command")).applyCommand(values, context, folder),
  }),
];
