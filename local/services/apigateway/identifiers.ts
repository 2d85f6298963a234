import { randomBytes, randomUUID } from "node:crypto";

/** The identifiers that API Gateway gives a request. */
export interface RequestIds {
  /** `x-amzn-RequestId`: a UUID. */
  readonly requestId: string;
  /** `x-amz-apigw-id`: 15 characters and `=`. */
  readonly extendedRequestId: string;
  /** `X-Amzn-Trace-Id`: `Root=1-<seconds, hexadecimal>-<24 hexadecimal digits>`. */
  readonly traceId: string;
}

const ROOT = /(?:^|;)\s*(Root=1-[0-9a-f]{8}-[0-9a-f]{24})\s*(?:;|$)/i;

/** New identifiers. A trace that the client started goes on; anything else in its header is left out. */
export function createRequestIds(now: number, clientTrace: string | undefined): RequestIds {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return {
    requestId: randomUUID(),
    // 11 bytes are 15 base64 digits and one `=`; Node leaves that out in the alphabet for URLs.
    extendedRequestId: `${randomBytes(11).toString("base64url")}=`,
    traceId: ROOT.exec(clientTrace ?? "")?.[1] ?? `Root=1-${seconds}-${randomBytes(12).toString("hex")}`,
  };
}
