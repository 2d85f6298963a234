import { notEnforced } from "./common/banner";
import { type Command, readOptions, runAsProcess } from "./common/command";
import { serve, synthesizeForServing } from "./common/serve";
import { painter } from "./common/terminal";
import { hasFailed, renderCheck, renderSummary } from "./verification/report";
import { localTarget } from "./verification/target";
import { verify } from "./verification/verify";

const usage = `
Starts the local runtime, runs the end-to-end check against it, and stops it.

  npm run demo -- [--json]

  --json   the checks as JSON

Exit code 1 when a check failed, 130 after Ctrl-C.
`;

export const demoCommand: Command = {
  usage,
  cleansUp: true,
  async run(argv, context) {
    const { values } = readOptions(argv, { json: { type: "boolean", default: false } });
    const { signal, stdout } = context;
    const paint = painter(stdout);
    const say = (text: string) => {
      if (!values.json) stdout.write(`${text}\n`);
    };

    say(paint("dim", "1/3  synthesizing the stacks …"));
    const { deployment, remove } = await synthesizeForServing(context);
    say(paint("dim", "2/3  serving them on the loopback interface …"));
    const served = await serve({ deployment, port: 0 }, remove);
    try {
      signal.throwIfAborted();
      say(paint("dim", `3/3  checking ${served.endpoints.invokeUrl} …\n`));
      const checks = await verify(localTarget(served.endpoints), {
        signal,
        onCheck: (check) => say(renderCheck(check, paint)),
      });
      say(`\n${renderSummary(checks, paint)}`);
      const { warnings } = served.runtime;
      if (warnings.length > 0) say(`\n${notEnforced(warnings, paint).join("\n").trimEnd()}`);
      if (values.json) stdout.write(`${JSON.stringify({ checks }, null, 2)}\n`);
      return hasFailed(checks) ? 1 : 0;
    } finally {
      await served.stop();
    }
  },
};

if (require.main === module) void runAsProcess(demoCommand);
