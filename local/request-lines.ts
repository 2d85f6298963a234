import { performance } from "node:perf_hooks";
import type { Handled } from "./front-door/dispatch";
import type { HttpRequest, HttpResponse } from "./kernel/http-message";
import type { RequestLine } from "./runtime-options";

/**
 * Tells of each request to the invoke URL once it is answered, and of what the server refused before it knew where it
 * would go; calls of the AWS APIs are not told of.
 */
export function recordRequests(
  dispatch: (request: HttpRequest) => Promise<Handled>,
  onRequest: (line: RequestLine) => void = () => {},
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const startedAt = performance.now();
    const handled = await dispatch(request);
    const decision = decisionOn(handled);
    if (decision !== undefined) {
      onRequest({
        at: new Date(),
        sourceIp: request.sourceIp,
        method: request.method,
        path: request.target.split("?", 1)[0] ?? "",
        status: handled.response.status,
        decision,
        durationMs: performance.now() - startedAt,
      });
    }
    return handled.response;
  };
}

function decisionOn(handled: Handled): RequestLine["decision"] | undefined {
  if (handled.by === "edge") return handled.response.decision;
  return handled.by === "server" ? { layer: "server", detail: handled.detail } : undefined;
}
