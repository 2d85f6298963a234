import type { RequestSummary } from "../../contract";

export interface RequestFilter {
  /** Words that must all occur. */
  readonly text: string;
  readonly outcome: string;
  readonly layer: string;
}

/** Whether a request is shown. The words are looked for in all that its row says, and in its caller, address and agent. */
export function matches(request: RequestSummary, { text, outcome, layer }: RequestFilter): boolean {
  if (outcome !== "" && request.outcome !== outcome) return false;
  if (layer !== "" && request.decidedBy.layer !== layer) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { method, path, query = "", status, sourceIp, userAgent = "", decidedBy, caller, id } = request;
  const said = [
    id,
    method,
    `${path}?${query}`,
    status,
    `${Math.floor(status / 100)}xx`,
    decidedBy.layer,
    decidedBy.detail,
    sourceIp,
    userAgent,
    caller?.username,
    caller?.poolName,
    caller?.sub,
  ]
    .join("\n")
    .toLowerCase();
  return words.every((word) => said.includes(word));
}
