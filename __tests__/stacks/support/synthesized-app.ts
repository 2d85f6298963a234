import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Route } from "../../../stacks/secure-edge/route";
import type { SecureEdgeStack } from "../../../stacks/secure-edge-stack";
import { synthesizeInto } from "../../support/synthesis";
import { type StackJson, stackJson } from "./stack-json";

export interface SynthesizedApp {
  readonly messaging: StackJson;
  readonly edge: StackJson;
  /** Only where a setting asks for it. */
  readonly account: StackJson | undefined;
  /** The stacks that are deployed before the edge. */
  readonly edgeDependencies: readonly string[];
  /** What synthesis says of the edge. */
  readonly edgeWarnings: readonly string[];
}

/** The JSON of the whole app; `change` is made to the edge's constructs before synthesis. */
export function synthesizeApp(
  env: Record<string, string> = {},
  routes?: readonly Route[],
  change?: (edge: SecureEdgeStack) => void,
): SynthesizedApp {
  const outdir = mkdtempSync(path.join(tmpdir(), "secure-lambda-"));
  try {
    const edge = synthesizeInto(outdir, { env, routes }, change);
    const fileOf = (stack: string) => path.join(outdir, "stacks", stack, "cdk.tf.json");
    const read = (stack: string) => stackJson(readFileSync(fileOf(stack), "utf8"));
    return {
      messaging: read("shared-messaging"),
      edge: read("secure-edge"),
      account: existsSync(fileOf("api-gateway-account")) ? read("api-gateway-account") : undefined,
      edgeWarnings: edge.node.metadata
        .filter(({ type }) => type.endsWith("warn"))
        .map(({ data }) => String(data)),
      edgeDependencies: edge.dependencies.map(({ node }) => node.id).sort(),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
