import type { Deployment } from "../local/deployment/deployment";
import { parseFaults } from "../local/fault-plan";
import { loadSynthesized } from "../local/load";
import { type Command, type CommandContext, readOptions, runAsProcess, UsageError } from "./common/command";
import { DEFAULT_ENDPOINTS_FILE, publishEndpoints } from "./common/endpoints";
import { aborted } from "./common/interruption";
import { type Output, outputFor } from "./common/output";
import { type Served, serve, synthesizeForServing } from "./common/serve";
import { chooseState, deploymentFromState, type StateWords } from "./common/state-deployment";

const usage = `
Serves the stacks on the loopback interface and enforces what AWS would. Ctrl-C stops it.

  npm start -- [--port N] [--out DIR | --state] [--endpoints-file FILE] [--fault SPEC ...] [--retry-delay-scale X] [--json]

  --port N              the port; 0 for a free one (default: 3000)
  --out DIR             serve this synthesized folder as it is, instead of synthesizing
  --state               serve what Terraform deployed, read from its state, instead of synthesizing; needs Terraform
  --environment NAME    whose state (default: the variable ENVIRONMENT, else development)
  --target local        the state of what was deployed with --target local
  --endpoints-file FILE where to write how to reach it (default: ${DEFAULT_ENDPOINTS_FILE})
  --fault SPEC          make a service fail on purpose: SERVICE:MODE or SERVICE:MODE:RATE, for instance sns:error,
                        secretsmanager:timeout, lambda:throttle, sns:error:0.3
  --retry-delay-scale X multiplies the minutes that Lambda waits between retries (default: 1)
  --json                one JSON object a line instead of text

Stopped by Ctrl-C or kill, its exit code is 0; stopped before it served, 130. (npm's own is 130 after any Ctrl-C.)
`;

export const startCommand: Command = {
  usage,
  cleansUp: true,
  async run(argv, context) {
    const { values } = readOptions(argv, {
      port: { type: "string", default: "3000" },
      out: { type: "string" },
      state: { type: "boolean", default: false },
      environment: { type: "string" },
      target: { type: "string" },
      "endpoints-file": { type: "string", default: DEFAULT_ENDPOINTS_FILE },
      fault: { type: "string", multiple: true, default: [] },
      "retry-delay-scale": { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    });
    const port = numberOption("--port", values.port, isPort, "a port from 0 to 65535");
    const scale = values["retry-delay-scale"];
    const retryDelayScale = numberOption(
      "--retry-delay-scale",
      scale,
      Number.isFinite,
      "a number, 0 or more",
    );
    const faults = parseFaults(values.fault, { signal: context.signal });
    const output = outputFor(context.stdout, values.json);

    const { deployment, remove } = await chooseDeployment(values, output, context);
    const served = await serve(
      { deployment, port, faults, retryDelayScale, onRequest: output.request, onNotice: output.notice },
      remove,
    );
    try {
      context.signal.throwIfAborted();
      await untilAborted(served, values["endpoints-file"], output, context.signal);
    } finally {
      await served.stop();
    }
    return 0;
  },
};

async function chooseDeployment(
  words: StateWords,
  output: Output,
  context: CommandContext,
): Promise<{ deployment: Deployment; remove: () => void }> {
  const { out } = words;
  const choice = chooseState(words, process.env);
  if (choice !== undefined) {
    output.progress(`reading Terraform's state of ${choice.environment}`);
    return { deployment: await deploymentFromState(choice, context), remove: () => {} };
  }
  if (out !== undefined) return { deployment: loadSynthesized(out), remove: () => {} };
  output.progress("synthesizing the stacks");
  return synthesizeForServing(context);
}

/** The file is there exactly while the runtime can be reached. */
async function untilAborted(
  served: Served,
  file: string,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const published = publishEndpoints(file, served.endpoints);
  try {
    const { replaced } = published;
    if (replaced !== undefined) {
      output.notice(
        `${file} led to ${replaced.invokeUrl} (process ${replaced.pid}) and leads here until this one stops; --endpoints-file gives each its own`,
      );
    }
    output.started(served, file);
    await aborted(signal);
  } finally {
    published.withdraw();
  }
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number <= 65_535;
}

function numberOption(
  name: string,
  text: string,
  accepts: (value: number) => boolean,
  accepted: string,
): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !accepts(value))
    throw new UsageError(`${name} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  return value;
}

if (require.main === module) void runAsProcess(startCommand);
