import type { EdgeRequest, EdgeResponse } from "../../kernel/exchange";
import type { ExchangeState } from "./exchange-state";
import type { Failure } from "./failures";
import { gatewayAnswer } from "./gateway-responses";
import { createRequestIds } from "./identifiers";
import type { MethodResponse } from "./method-execution";

/** AWS's limits, which no setting raises (Developer Guide, "Quotas for configuring and running a REST API"). */
const MAX_BODY_BYTES = 10_485_760;
const MAX_HEADER_BYTES = 10_240;

/**
 * The answer to a request above a size limit, `undefined` for one below: plain text from in front of the API, so without
 * identifiers (koki-develop/lgtm-generator, issue 10; ntsblog.homedev.com.au, "AWS API Gateway - HTTP header is larger than
 * 10240 bytes").
 */
export function refuseTooLarge(request: EdgeRequest): EdgeResponse | undefined {
  const line = request.method.length + request.target.length;
  const headerBytes = request.headers.reduce((sum, [, value]) => sum + Buffer.byteLength(value), line);
  if (headerBytes > MAX_HEADER_BYTES) {
    return plainText(431, `HTTP header is larger than ${MAX_HEADER_BYTES} bytes.`);
  }
  if (request.body.length > MAX_BODY_BYTES) {
    return plainText(413, `HTTP content length exceeded ${MAX_BODY_BYTES} bytes.`);
  }
  return undefined;
}

function plainText(status: number, text: string): EdgeResponse {
  return {
    status,
    headers: [["Content-Type", "text; charset=utf-8"]],
    body: Buffer.from(text),
    decision: { layer: "routing", detail: "request above a size limit" },
  };
}

/** A method's answer, with the request's identifiers. */
export function methodAnswer(state: ExchangeState, method: string, answer: MethodResponse): EdgeResponse {
  return {
    status: answer.status,
    headers: [
      ["x-amzn-RequestId", state.ids.requestId],
      ["x-amz-apigw-id", state.ids.extendedRequestId],
      ...answer.headers,
    ],
    body: hasNoBody(method, answer.status) ? Buffer.alloc(0) : answer.body,
    decision: answer.decision,
  };
}

/** API Gateway's own answer, in the shape that the API's gateway responses give it. */
export function failureAnswer(state: ExchangeState, method: string, failure: Failure): EdgeResponse {
  const { status, headers, body } = gatewayAnswer(state, failure);
  return {
    status,
    headers,
    body: hasNoBody(method, status) ? Buffer.alloc(0) : Buffer.from(body),
    decision: failure.decision,
  };
}

/** API Gateway's own answer where no stage, and so no API, is known. */
export function answerWithoutStage(now: number, method: string, failure: Failure): EdgeResponse {
  const { requestId, extendedRequestId } = createRequestIds(now, undefined);
  return {
    status: failure.status,
    headers: [
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", requestId],
      ["x-amz-apigw-id", extendedRequestId],
      ["x-amzn-ErrorType", failure.errorType],
    ],
    body: hasNoBody(method, failure.status)
      ? Buffer.alloc(0)
      : Buffer.from(JSON.stringify({ message: failure.message })),
    decision: failure.decision,
  };
}

function hasNoBody(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}
