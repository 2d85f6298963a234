import "../../stacks/common/archiver-when-used";
import { App } from "cdktf";
import { ApiGatewayAccountStack } from "../../stacks/api-gateway-account-stack";
import { readConfig } from "../../stacks/common/config";
import type { Route } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import { SecureEdgeStack } from "../../stacks/secure-edge-stack";
import { SharedMessagingStack } from "../../stacks/shared-messaging-stack";

/** The rows that the project ships with: suites that hold the stacks to them do not change when somebody adds another API. */
export const shippedRoutes: readonly Route[] = routes.filter(({ handler }) =>
  /^(external|rates)$/.test(handler),
);

/**
 * The rows that a generated document is held to: those the project ships with, and those of one's own that are written in it.
 * With `UPDATE_DOCS=1` it is every row. `undefined` where that comes to the shipped ones alone.
 */
export function documentedRoutes(document: string): readonly Route[] | undefined {
  const isIn = ({ method, path }: Route) =>
    ["`", '"'].some((end) => document.includes(`${method === "ANY" ? "" : `${method} `}${path}${end}`));
  const held = routes.filter(
    (route) => process.env.UPDATE_DOCS || shippedRoutes.includes(route) || isIn(route),
  );
  return held.length === shippedRoutes.length ? undefined : held;
}

export interface SynthesisOptions {
  /** The settings. */
  readonly env?: Readonly<Record<string, string>>;
  readonly routes?: readonly Route[];
}

/**
 * Synthesizes the whole app into a folder, as `main.ts` does: prepared, so that references between the stacks are real.
 *
 * @param change made to the edge's constructs before synthesis
 */
export function synthesizeInto(
  outdir: string,
  { env = {}, routes = shippedRoutes }: SynthesisOptions = {},
  change: (edge: SecureEdgeStack) => void = () => {},
): SecureEdgeStack {
  const config = readConfig(env);
  const app = new App({ outdir });
  const { endpoints } = new SharedMessagingStack(app, "shared-messaging", config);
  const edge = new SecureEdgeStack(app, "secure-edge", { config, routes, messaging: endpoints });
  if (config.manageApiGatewayAccount)
    edge.addDependency(new ApiGatewayAccountStack(app, "api-gateway-account", config));
  change(edge);
  app.synth();
  return edge;
}
