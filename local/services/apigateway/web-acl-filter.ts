import type { EdgeRequest } from "../../kernel/exchange";
import type { HeaderList } from "../../kernel/headers";
import type { Verdict } from "../../kernel/web-acl-inspection";
import type { ExchangeState } from "./exchange-state";
import { failure, KINDS } from "./failures";
import { forwardedHeaders } from "./forwarded-headers";
import type { MethodResponse } from "./method-execution";
import type { RequestTarget } from "./request-target";
import type { Stage } from "./rest-api";
import type { EdgeServices } from "./services";

/**
 * Lets the stage's web ACL look at the request as it came.
 *
 * @returns the rule's own response to a blocked request, `undefined` for a request that goes on
 * @throws GatewayFailure `WAF_FILTERED` for one that is blocked without a response of the rule's own
 */
export function filterByWebAcl(
  state: ExchangeState,
  stage: Stage,
  request: EdgeRequest,
  target: RequestTarget,
  webAclFor: EdgeServices["ports"]["webAclFor"],
): MethodResponse | undefined {
  const { webAclArn } = stage;
  const inspector = webAclArn === undefined ? undefined : webAclFor(stage.arn);
  if (webAclArn === undefined || inspector === undefined) return undefined;
  const verdict = inspector.inspect({
    sourceIp: request.sourceIp,
    method: request.method,
    path: target.rawPath,
    queryString: target.rawQuery,
    httpVersion: request.httpVersion,
    headers: request.headers,
    body: request.body,
  });
  state.waf = { webAclArn, responseCode: `WAF_${verdict.action}` };
  if (verdict.action === "BLOCK") return blockedResponse(verdict);
  if (verdict.insertHeaders !== undefined) insertHeaders(state, verdict.insertHeaders);
  return undefined;
}

function blockedResponse(verdict: Verdict & { action: "BLOCK" }): MethodResponse {
  const { customResponse, rule } = verdict;
  if (customResponse === undefined) throw failure(KINDS.wafFiltered, "web ACL", rule);
  const { status, headers, contentType, body } = customResponse;
  return {
    status,
    headers: [
      ...(contentType === undefined ? [] : [["Content-Type", contentType] as const]),
      ["x-amzn-ErrorType", KINDS.wafFiltered.errorType],
      ...headers,
    ],
    body: Buffer.from(body ?? ""),
    decision: { layer: "web ACL", detail: rule },
  };
}

/** Everything behind the web ACL sees the rules' headers in place of the client's of the same names. */
function insertHeaders(state: ExchangeState, inserted: HeaderList): void {
  const names = new Set(inserted.map(([name]) => name.toLowerCase()));
  state.headers = [...state.headers.filter(([name]) => !names.has(name.toLowerCase())), ...inserted];
  state.integrationHeaders = forwardedHeaders(state);
}
