import type { RequestTrace } from "../kernel/trace";
import { LAYERS } from "../services/apigateway/edge/layers";
import { adviceFor } from "./advice";
import type { CallerView, RequestDetail, RequestSummary, Rung } from "./contract";
import { curlOf } from "./curl";
import { messageViewOf } from "./messages";
import { onAwsOf } from "./on-aws";
import { runViewOf } from "./runs";
import type { View } from "./view";

export function summaryOf(view: View, trace: RequestTrace): RequestSummary {
  const { id, at, method, path, query, sourceIp, userAgent, status, durationMs, decidedBy, caller } = trace;
  return {
    ...{ id, at, method, path, sourceIp, userAgent, status, durationMs, decidedBy },
    ...(query === undefined ? {} : { query }),
    outcome: outcomeOf(trace),
    ...(caller === undefined ? {} : { caller: callerOf(view, caller) }),
    way: wayOf(view, trace),
    defencesOff: view.host.patchedAt(at),
  };
}

function outcomeOf({ status, steps }: RequestTrace): RequestSummary["outcome"] {
  if (status >= 500) return "failed";
  return steps.at(-1)?.verdict === "refused" ? "refused" : "answered";
}

function callerOf(
  { host }: View,
  { pool, sub }: { readonly pool: string; readonly sub: string },
): CallerView {
  const { userPools, inside } = host.runtime;
  const poolName = userPools.find(({ id }) => id === pool)?.name ?? pool;
  const username = inside.ports.users.nameOf(pool, sub);
  return { pool, sub, poolName, ...(username === undefined ? {} : { username }) };
}

/** Where on the map the request was, in order; its last layer is at the last place. */
export function wayOf(view: View, { steps, path, method }: RequestTrace): readonly string[] {
  const map = view.map();
  const stage = map.stage(path.split("/")[1] ?? "");
  const way = ["client"];
  const went = (node: string | undefined) => {
    if (node !== undefined && way.at(-1) !== node) way.push(node);
  };
  for (const { layer, verdict, facts } of steps) {
    if (layer === "web ACL" && verdict !== "not evaluated") {
      went(map.webAcl);
      if (verdict === "refused") break;
    }
    if (layer === "routing") {
      went(stage);
      if (facts.resourcePath !== undefined) went(map.method(method, facts.resourcePath));
    }
    if (facts.run !== undefined) went(map.node(facts.run.name));
  }
  return way;
}

/** Everything that is known of one request, put together when somebody looks. */
export async function detailOf(view: View, trace: RequestTrace, unmasked: boolean): Promise<RequestDetail> {
  const { activity } = view.host.runtime.inside;
  const caused = (record: Parameters<typeof activity.beginningOf>[0]) =>
    activity.beginningOf(record) === trace.id;
  const runs = activity.runs.filter(caused);
  const exchange = view.kept.find(trace.id, unmasked);
  const advice = await adviceFor(view, trace);
  return {
    ...summaryOf(view, trace),
    ladder: ladderOf(trace),
    runs: await Promise.all(runs.map((run) => runViewOf(view, run))),
    messages: activity.messages.filter(caused).map(messageViewOf),
    onAws: await onAwsOf(view, trace),
    ...(advice === undefined ? {} : { advice }),
    ...(exchange === undefined ? {} : { exchange }),
    curl: curlOf(view.host.runtime.awsEndpointUrl, trace, exchange),
  };
}

function ladderOf({ steps }: RequestTrace): readonly Rung[] {
  const reached = steps.map((step) => ({ ...step, reached: true as const }));
  const names = new Set(steps.map(({ layer }) => layer));
  const others = LAYERS.filter(({ name }) => !names.has(name)).map(({ name }) => ({
    reached: false as const,
    layer: name,
  }));
  return [...reached, ...others];
}
