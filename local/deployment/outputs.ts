import type { Value } from "./attributes";

/** A stack's own outputs: without those in which CDKTF hands values from stack to stack. */
export function withoutCrossStackOutputs(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(outputs).filter(([name]) => !name.startsWith("cross-stack-output-")),
  );
}
