import type { Deployment } from "../local/deployment/deployment";
import { loadSynthesized } from "../local/deployment/load-synthesized";
import { parseFaults } from "../local/fault-plan";
import { banner, type Output, outputFor } from "./common/banner";
import { type Command, readOptions, runAsProcess, UsageError } from "./common/command";
import { DEFAULT_ENDPOINTS_FILE, removeEndpoints, writeEndpoints } from "./common/endpoints";
import { serve, synthesizeForServing } from "./common/serve";

const usage = `
Serves the stacks on the loopback interface and enforces what AWS would. Ctrl-C stops it.

  npm start -- [--port N] [--out DIR] [--endpoints-file FILE] [--fault SPEC ...] [--retry-delay-scale X] [--json]

  --port N              the port; 0 for a free one (default: 3000)
  --out DIR             serve this synthesized folder as it is, instead of synthesizing
  --endpoints-file FILE where to write how to reach it (default: ${DEFAULT_ENDPOINTS_FILE})
  --fault SPEC          make a service fail on purpose: SERVICE:MODE or SERVICE:MODE:RATE, for instance sns:error,
                        secretsmanager:timeout, lambda:throttle, sns:error:0.3
  --retry-delay-scale X multiplies the minutes that Lambda waits between retries (default: 1)
  --json                one JSON object a line instead of text
`;

export const startCommand: Command = {
  usage,
  async run(argv) {
    const { values } = readOptions(argv, {
      port: { type: "string", default: "3000" },
      out: { type: "string" },
      "endpoints-file": { type: "string", default: DEFAULT_ENDPOINTS_FILE },
      fault: { type: "string", multiple: true, default: [] },
      "retry-delay-scale": { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    });
    const port = numberOption(
      "--port",
      values.port,
      (n) => Number.isInteger(n) && n <= 65_535,
      "a port from 0 to 65535",
    );
    const retryDelayScale = numberOption(
      "--retry-delay-scale",
      values["retry-delay-scale"],
      () => true,
      "a number, 0 or more",
    );
    const stopping = new AbortController();
    const faults = parseFaults(values.fault, { signal: stopping.signal });
    const output = outputFor(process.stdout, values.json);
    const stopped = interruption();

    const { deployment, remove } = await chooseDeployment(values.out, output);
    const served = await serve(
      { deployment, port, faults, retryDelayScale, onRequest: output.request, onNotice: output.notice },
      remove,
    );
    const file = values["endpoints-file"];
    try {
      writeEndpoints(file, served.endpoints);
      output.started(served, file, banner(served, file));
      await stopped;
    } finally {
      stopping.abort();
      removeEndpoints(file, process.pid);
      await served.stop();
    }
    return 0;
  },
};

async function chooseDeployment(
  out: string | undefined,
  output: Output,
): Promise<{ deployment: Deployment; remove: () => void }> {
  if (out !== undefined) return { deployment: loadSynthesized(out), remove: () => {} };
  output.progress("synthesizing the stacks");
  return synthesizeForServing();
}

/** Resolves on the first Ctrl-C or `kill`. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
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
