import type { CommandContext } from "../../local/command/command";
import { type Paint, painter } from "../../local/command/terminal";
import {
  type Exception,
  exceptionsIn,
  type Guardrail,
  guardrails,
  violationsIn,
} from "../../stacks/guardrails";
import { makeSynthesisFolder } from "../serving/synthesize";

interface Finding {
  readonly id: string;
  readonly path: string;
  readonly address: string;
  readonly problem: string;
}

/** Lists what the guardrails hold, the exceptions that the stacks make, and what breaks them. */
export async function listGuardrails(
  { json }: { readonly json: boolean },
  { project, stdout }: CommandContext,
): Promise<number> {
  const { exceptions, violations } = await examine(project);
  const rules = guardrails([]);
  if (json) stdout.write(`${JSON.stringify({ guardrails: rules, exceptions, violations }, null, 2)}\n`);
  else stdout.write(render(rules, exceptions, violations, painter(stdout)));
  return violations.length > 0 ? 1 : 0;
}

/** Reads the app as `main.ts` builds it, violations included: to stop at them is the synthesis's business. */
async function examine(
  project: string,
): Promise<{ readonly exceptions: Exception[]; readonly violations: Finding[] }> {
  const { folder, remove } = makeSynthesisFolder(`${project}/.local`);
  process.env.CDKTF_OUTDIR = folder;
  process.env.CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS = "1";
  try {
    const { app, REQUIRED_TAGS } = await import("../../main");
    return {
      exceptions: exceptionsIn(app),
      violations: violationsIn(app, { requiredTags: REQUIRED_TAGS }).map(
        ({ guardrail, resource, problem }) => ({
          id: guardrail.id,
          path: resource.construct.node.path,
          address: resource.address,
          problem,
        }),
      ),
    };
  } finally {
    remove();
  }
}

function render(
  rules: readonly Guardrail[],
  exceptions: readonly Exception[],
  violations: readonly Finding[],
  paint: Paint,
): string {
  const lines = rules.flatMap(({ id, why, fix, controls }) => {
    const { checkov = [], securityHub = [], cdkNag = [] } = controls;
    const ids = [...checkov, ...securityHub, ...cdkNag].join(", ");
    const broken = violations.filter((violation) => violation.id === id);
    return [
      `${broken.length === 0 ? paint("green", "holds ") : paint("red", "broken")}  ${paint("bold", id)}`,
      `        ${why}`,
      paint("dim", `        ${fix}`),
      ...(ids === "" ? [] : [paint("dim", `        ${ids}`)]),
      ...broken.map(({ path, problem }) => paint("red", `        ${path}: ${problem}`)),
      ...exceptions
        .filter((exception) => exception.id === id)
        .map(({ path, reason }) => paint("yellow", `        exception for ${path}: ${reason}`)),
    ];
  });
  const summary = `${rules.length} guardrails, ${exceptions.length} exceptions, ${violations.length} violations`;
  return `${[...lines, "", paint(violations.length === 0 ? "green" : "red", summary)].join("\n")}\n`;
}
