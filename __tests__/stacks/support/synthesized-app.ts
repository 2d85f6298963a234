import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Route } from "../../../stacks/secure-edge/route";
import type { SecureEdgeStack } from "../../../stacks/secure-edge-stack";
import { synthesizedFolder } from "../../support/synthesized-folder";
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
  if (change === undefined) return readApp(synthesizedFolder({ env, routes }));
  const outdir = mkdtempSync(path.join(tmpdir(), "secure-lambda-"));
  try {
    const { synthesizeInto }: typeof import("../../support/synthesis") =
      createRequire(__filename)("../../support/synthesis");
    synthesizeInto(outdir, { env, routes }, change);
    return readApp(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      {
        readonly dependencies: readonly string[];
        readonly annotations: readonly { readonly level: string; readonly message: string }[];
      }
    >
  >;
}

function readApp(outdir: string): SynthesizedApp {
  const fileOf = (stack: string) => path.join(outdir, "stacks", stack, "cdk.tf.json");
  const read = (stack: string) => stackJson(readFileSync(fileOf(stack), "utf8"));
  const manifest: Manifest = JSON.parse(readFileSync(path.join(outdir, "manifest.json"), "utf8"));
  const { dependencies = [], annotations = [] } = manifest.stacks["secure-edge"] ?? {};
  return {
    messaging: read("shared-messaging"),
    edge: read("secure-edge"),
    account: existsSync(fileOf("api-gateway-account")) ? read("api-gateway-account") : undefined,
    edgeWarnings: annotations.filter(({ level }) => level.endsWith("warn")).map(({ message }) => message),
    edgeDependencies: [...dependencies].sort(),
  };
}
