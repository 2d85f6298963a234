import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Handled } from "./front-door/dispatch";
import type { Clock } from "./kernel/clock";
import { headerValue } from "./kernel/headers";
import type { HttpRequest, HttpResponse } from "./kernel/http-message";
import { type PassedMessages, type RequestTrace, shown, shownQuery, type TraceStep } from "./kernel/trace";
import type { RequestLine } from "./runtime-options";

/** How much of a client's text a trace keeps, in characters. */
const PATH_LENGTH = 2_000;
const AGENT_LENGTH = 300;

/**
 * Records each request to the invoke URL once it is answered, and what the server refused before it knew where it would
 * go; calls of the AWS APIs are not recorded. Requests to a login page have a line and no trace: no layer of the API sees them.
 */
export function recordRequests(
  dispatch: (request: HttpRequest) => Promise<Handled>,
  clock: Clock,
  record: (trace: RequestTrace, passed: PassedMessages) => void,
  tellOfLogin: (line: RequestLine) => void = () => {},
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const at = clock.now();
    const startedAt = performance.now();
    const handled = await dispatch(request);
    const durationMs = performance.now() - startedAt;
    const outcome = outcomeOf(handled, durationMs);
    if (outcome !== undefined) {
      const [path = "", ...query] = request.target.split("?");
      const userAgent = headerValue(request.headers, "user-agent");
      const trace: RequestTrace = {
        at,
        method: shown(request.method, 40),
        path: shown(path, PATH_LENGTH),
        ...(query.length === 0 ? {} : { query: shownQuery(query.join("?"), PATH_LENGTH) }),
        sourceIp: request.sourceIp,
        userAgent: userAgent && shown(userAgent, AGENT_LENGTH),
        status: handled.response.status,
        durationMs,
        ...outcome,
      };
      record(trace, { request, response: handled.response });
    }
    if (handled.by === "login") {
      const { poolName, path } = handled.resource;
      tellOfLogin({
        ...{ at: new Date(at), sourceIp: request.sourceIp, method: shown(request.method, 40), durationMs },
        ...{ path: shown(path, PATH_LENGTH), status: handled.response.status },
        decision: { layer: "login", detail: poolName },
      });
    }
    return handled.response;
  };
}

/** The request as the terminal shows it. */
export function lineOf({
  id,
  at,
  sourceIp,
  method,
  path,
  status,
  decidedBy,
  durationMs,
}: RequestTrace): RequestLine {
  return { id, at: new Date(at), sourceIp, method, path, status, decision: decidedBy, durationMs };
}

function outcomeOf(
  handled: Handled,
  durationMs: number,
): Pick<RequestTrace, "id" | "extendedId" | "caller" | "decidedBy" | "steps"> | undefined {
  if (handled.by === "edge") {
    const { decision, trace } = handled.response;
    return { ...trace, decidedBy: decision };
  }
  if (handled.by !== "server") return undefined;
  const decidedBy = { layer: "server", detail: handled.detail } as const;
  const step: TraceStep = { ...decidedBy, verdict: "refused", durationMs, facts: {} };
  return { id: randomUUID(), caller: undefined, decidedBy, steps: [step] };
}
