import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { ApiGatewayAccountStack } from "../../../stacks/api-gateway-account-stack";
import { readConfig } from "../../../stacks/common/config";
import type { Route } from "../../../stacks/secure-edge/route";
import { routes as defaultRoutes } from "../../../stacks/secure-edge/routes";
import { SecureEdgeStack } from "../../../stacks/secure-edge-stack";
import { SharedMessagingStack } from "../../../stacks/shared-messaging-stack";
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

/**
 * The whole app as `main.ts` creates it, prepared and synthesized, so that references between the stacks are real.
 *
 * @param change made to the edge's constructs before synthesis
 */
export function synthesizeApp(
  env: Record<string, string> = {},
  routes: readonly Route[] = defaultRoutes,
  change: (edge: SecureEdgeStack) => void = () => {},
): SynthesizedApp {
  const outdir = mkdtempSync(path.join(tmpdir(), "secure-lambda-"));
  try {
    const config = readConfig(env);
    const app = new App({ outdir });
    const { endpoints } = new SharedMessagingStack(app, "shared-messaging", config);
    const edge = new SecureEdgeStack(app, "secure-edge", { config, routes, messaging: endpoints });
    if (config.manageApiGatewayAccount)
      edge.addDependency(new ApiGatewayAccountStack(app, "api-gateway-account", config));
    change(edge);
    app.synth();
    const read = (stack: string) =>
      stackJson(readFileSync(path.join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"));
    return {
      messaging: read("shared-messaging"),
      edge: read("secure-edge"),
      account: config.manageApiGatewayAccount ? read("api-gateway-account") : undefined,
      edgeWarnings: edge.node.metadata
        .filter(({ type }) => type.endsWith("warn"))
        .map(({ data }) => String(data)),
      edgeDependencies: edge.dependencies.map(({ node }) => node.id).sort(),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
