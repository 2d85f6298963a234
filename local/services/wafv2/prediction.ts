import { shortName } from "./managed-rule-group";
import type { Decision, Hit } from "./rule";
import { asCount } from "./rule-group";

/** What became of a request. */
export interface Evaluation {
  /** The deciding one last. */
  readonly hits: readonly Hit[];
  readonly decision: Decision;
}

/** What a prediction looks like that changes nothing. */
export function asShown(hit: Hit): Hit {
  const group = hit.group && { ...hit.group, counted: true };
  return { ...asCount(hit), insertHeaders: [], ...(group && { group }) };
}

/** What AWS would do, where that rests on rules that only AWS has. */
export function predictionOf({ hits, decision }: Evaluation, actual: Decision): string | undefined {
  const last = hits.at(-1);
  if (last?.predicted === undefined) return undefined;
  const { kind } = decision.action;
  if (decision !== actual && kind === actual.action.kind) return undefined;
  const { group } = last;
  const which = group === undefined ? last.rule : `${shortName(group.name)} ${group.hits.at(-1)?.rule}`;
  return `AWS would ${last.predicted === "exact" ? "" : "likely "}${kind.toLowerCase()}: ${which}`;
}
