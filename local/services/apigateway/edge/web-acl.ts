import type { HeaderList } from "../../../kernel/headers";
import type { Verdict } from "../../../kernel/web-acl-inspection";
import type { AtStage } from "./exchange";
import { KINDS } from "./failures";
import { forwardedHeaders } from "./forwarded-headers";
import { type EdgeContext, type Outcome, refuse, skip } from "./layer";
import type { ProxyResponse } from "./proxy-response";

/** Lets the stage's web ACL look at the request as it came. A blocked one gets the rule's own response, or `WAF_FILTERED`. */
export function filterByWebAcl(exchange: AtStage, { ports }: EdgeContext): Outcome {
  const { stage, request, target } = exchange;
  const inspector = stage.webAclArn === undefined ? undefined : ports.webAclFor(stage.arn);
  if (stage.webAclArn === undefined || inspector === undefined) return skip("the stage has no web ACL");
  const verdict = inspector.inspect({
    sourceIp: request.sourceIp,
    method: request.method,
    path: target.rawPath,
    queryString: target.rawQuery,
    httpVersion: request.httpVersion,
    headers: request.headers,
    body: request.body,
    requestId: exchange.ids.extendedRequestId,
  });
  const { prediction, trace: rules = [] } = verdict;
  exchange.waf = { webAclArn: stage.webAclArn, responseCode: `WAF_${verdict.action}`, prediction };
  const facts = { webAclArn: stage.webAclArn, rules, ...(prediction === undefined ? {} : { prediction }) };
  const detail = verdict.rule;
  if (verdict.action === "BLOCK") {
    const answer = ownResponse(verdict);
    return answer === undefined
      ? refuse(KINDS.wafFiltered, detail, facts)
      : { verdict: "refused", answer, detail, facts };
  }
  if (verdict.insertHeaders !== undefined) insertHeaders(exchange, verdict.insertHeaders);
  const counted = rules.some(({ outcome, action }) => outcome === "match" && action === "COUNT");
  return { verdict: counted ? "counted" : "passed", detail, facts };
}

function ownResponse({ customResponse }: Verdict & { action: "BLOCK" }): ProxyResponse | undefined {
  if (customResponse === undefined) return undefined;
  const { status, headers, contentType, body } = customResponse;
  return {
    status,
    headers: [
      ...(contentType === undefined ? [] : [["Content-Type", contentType] as const]),
      ["x-amzn-ErrorType", KINDS.wafFiltered.errorType],
      ...headers,
    ],
    body: Buffer.from(body ?? ""),
  };
}

/** Everything after the web ACL sees the rules' headers in place of the client's of the same names. */
function insertHeaders(exchange: AtStage, inserted: HeaderList): void {
  const names = new Set(inserted.map(([name]) => name.toLowerCase()));
  exchange.headers = [...exchange.headers.filter(([name]) => !names.has(name.toLowerCase())), ...inserted];
  exchange.integrationHeaders = forwardedHeaders(exchange);
}
