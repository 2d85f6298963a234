import { LAYERS } from "../services/apigateway/edge/layers";
import type { MapData, Overview } from "./contract";
import { wayOf } from "./requests";
import type { View } from "./view";

export function overviewOf({ host }: View): Overview {
  const { runtime } = host;
  const { deployment } = runtime.inside;
  const requests = runtime.traces.recent();
  return {
    apis: deployment.ofType("aws_api_gateway_rest_api").map((api) => api.string("name")),
    invokeUrls: runtime.invokeUrls,
    awsEndpointUrl: runtime.awsEndpointUrl,
    region: deployment.region,
    accountId: deployment.accountId,
    startedAt: host.since,
    notEnforced: runtime.warnings,
    layers: LAYERS.map(({ name, checks, answers }) => ({ name, checks, answers })),
    userPools: runtime.userPools,
    counts: {
      requests: requests.length,
      refused: requests.filter(({ steps }) => steps.at(-1)?.verdict === "refused").length,
      failed: requests.filter(({ status }) => status >= 500).length,
    },
  };
}

/** The map with what went over it: requests, calls of functions, and messages. */
export function mapOf(view: View): MapData {
  const { host } = view;
  const map = view.map();
  const { traces, inside } = host.runtime;
  const counts = new Map<string, { count: number; refused: number }>();
  const went = (from: string | undefined, to: string | undefined, isRefused = false) => {
    if (from === undefined || to === undefined) return;
    const id = edgeId(from, to);
    const known = counts.get(id) ?? { count: 0, refused: 0 };
    counts.set(id, { count: known.count + 1, refused: known.refused + (isRefused ? 1 : 0) });
  };
  for (const trace of traces.recent()) {
    const way = wayOf(view, trace);
    const isRefused = trace.steps.at(-1)?.verdict === "refused";
    for (const [index, to] of way.entries()) {
      if (index > 0) went(way[index - 1], to, isRefused && index === way.length - 1);
    }
    const pool = trace.caller && map.node(poolArnOf(view, trace.caller.pool));
    if (pool !== undefined) went(methodOn(way), pool);
  }
  for (const run of inside.activity.runs.recent()) {
    const fn = map.node(run.functionName);
    went(fn, "logs");
    for (const { resource = "", allowed } of run.calls) went(fn, map.node(resource), !allowed);
  }
  for (const { topicArn = "", hops } of inside.activity.messages.recent()) {
    for (const { kind, to } of hops) {
      if (kind === "filtered") continue;
      const target = endpointOf(view, to) ?? to;
      went(map.node(topicArn), map.node(target), kind === "failed" || kind === "lost");
    }
  }
  const { patches } = view.defences;
  return {
    nodes: map.nodes.map((node) => ({
      ...node,
      defencesOff: host.patched.filter((id) => patches(id).includes(node.id)),
    })),
    edges: map.edges.map((edge) => {
      const id = edgeId(edge.from, edge.to);
      return { id, ...edge, ...(counts.get(id) ?? { count: 0, refused: 0 }) };
    }),
  };
}

function edgeId(from: string, to: string): string {
  return `${from}→${to}`;
}

function methodOn(way: readonly string[]): string | undefined {
  return way.find((node) => node.startsWith("aws_api_gateway_method.") || node.startsWith("methods:"));
}

function poolArnOf({ host }: View, poolId: string): string {
  const pool = host.runtime.inside.deployment.find("aws_cognito_user_pool", "id", poolId);
  return pool?.string("arn") ?? "";
}

/** A subscription is not drawn: its endpoint is. */
function endpointOf({ host }: View, subscriptionArn: string): string | undefined {
  return host.runtime.inside.deployment
    .find("aws_sns_topic_subscription", "arn", subscriptionArn)
    ?.string("endpoint");
}
