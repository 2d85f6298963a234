import { notEnforced } from "../../local/command/banner";
import type { CommandContext } from "../../local/command/command";
import { serve } from "../../local/command/serve";
import { painter } from "../../local/command/terminal";
import { localTarget } from "../common/target";
import { keepPermissions } from "../serving/permissions-file";
import { synthesizeForServing } from "../serving/synthesize";
import { hasFailed, renderCheck, renderSummary } from "../verification/check";
import { runChecks } from "../verification/run-checks";

/** Serves the stacks for as long as the end-to-end check takes. */
export async function demo({ json }: { readonly json: boolean }, context: CommandContext): Promise<number> {
  const { signal, stdout } = context;
  const paint = painter(stdout);
  const say = (text: string) => {
    if (!json) stdout.write(`${text}\n`);
  };

  say(paint("dim", "1/3  synthesizing the stacks …"));
  const { deployment, remove } = await synthesizeForServing(context);
  say(paint("dim", "2/3  serving them on the loopback interface …"));
  const served = await serve({ deployment, port: 0 }, remove);
  try {
    signal.throwIfAborted();
    say(paint("dim", `3/3  checking ${served.endpoints.invokeUrl} …\n`));
    const checks = await runChecks(localTarget(served.endpoints), {
      signal,
      onCheck: (check) => say(renderCheck(check, paint)),
    });
    say(`\n${renderSummary(checks, paint)}`);
    const { warnings } = served.runtime;
    if (warnings.length > 0) say(`\n${notEnforced(warnings, paint).join("\n").trimEnd()}`);
    if (json) stdout.write(`${JSON.stringify({ checks }, null, 2)}\n`);
    return hasFailed(checks) ? 1 : 0;
  } finally {
    keepPermissions(context.project, served.host.runtime);
    await served.stop();
  }
}
