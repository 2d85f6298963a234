import { type Command, readOptions, runAsProcess } from "./common/command";
import { serve, synthesizeForServing } from "./common/serve";
import { painter } from "./common/terminal";
import { hasFailed, renderCheck, renderSummary } from "./verification/report";
import { localTarget } from "./verification/target";
import { verify } from "./verification/verify";

const usage = `
Starts the local runtime, runs the end-to-end check against it, and stops it.

  npm run demo -- [--json]

Exit code 1 when a check failed.
`;

export const demoCommand: Command = {
  usage,
  async run(argv) {
    const { values } = readOptions(argv, { json: { type: "boolean", default: false } });
    const paint = painter(process.stdout);
    const say = (text: string) => {
      if (!values.json) process.stdout.write(`${text}\n`);
    };
    const interrupt = new AbortController();
    process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));

    say(paint("dim", "1/3  synthesizing the stacks …"));
    const { deployment, remove } = await synthesizeForServing();
    say(paint("dim", "2/3  serving them on the loopback interface …"));
    const served = await serve({ deployment, port: 0 }, remove);
    try {
      say(paint("dim", `3/3  checking ${served.endpoints.invokeUrl} …\n`));
      const checks = await verify(localTarget(served.endpoints), {
        signal: interrupt.signal,
        onCheck: (check) => say(renderCheck(check, paint)),
      });
      say(`\n${renderSummary(checks, paint)}`);
      if (values.json) process.stdout.write(`${JSON.stringify({ checks }, null, 2)}\n`);
      for (const warning of served.runtime.warnings) say(paint("yellow", `not enforced here: ${warning}`));
      return hasFailed(checks) ? 1 : 0;
    } finally {
      await served.stop();
    }
  },
};

if (require.main === module) void runAsProcess(demoCommand);
