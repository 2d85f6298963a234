import { performance } from "node:perf_hooks";
import type { Handled } from "./http/dispatch";
import type { HttpRequest, HttpResponse } from "./http/message";
import type { RequestLine } from "./runtime-options";

/** Tells of each request to the invoke URL once it is answered; calls of the AWS APIs are not told of. */
export function recordRequests(
  dispatch: (request: HttpRequest) => Promise<Handled>,
  onRequest: (line: RequestLine) => void = () => {},
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const startedAt = performance.now();
    const handled = await dispatch(request);
    if (handled.by === "edge") {
      onRequest({
        at: new Date(),
        sourceIp: request.sourceIp,
        method: request.method,
        path: request.target.split("?", 1)[0] ?? "",
        status: handled.response.status,
        decision: handled.response.decision,
        durationMs: performance.now() - startedAt,
      });
    }
    return handled.response;
  };
}
