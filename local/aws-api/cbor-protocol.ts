import { singleHeader } from "../kernel/headers";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";
import { splitTarget } from "../kernel/request-target";
import { type Call, jsonErrorCodes, unknownOperation } from "./call";

const PROTOCOL = "rpc-v2-cbor";

/**
 * Smithy RPC v2 CBOR (smithy.io, "Smithy RPC v2 CBOR protocol"): `POST /service/<service>/operation/<operation>`. None of
 * the served services speaks it (botocore 1.43): it is here only so that SDKs can read a refusal.
 */
export function cborCall(request: HttpRequest): Call | undefined {
  if (singleHeader(request.headers, "smithy-protocol") !== PROTOCOL) return undefined;
  const { path } = splitTarget(request.target);
  const [, service, operation = path] = /\/service\/([\w.]+)\/operation\/(\w+)$/.exec(path) ?? [];
  return {
    service,
    operation,
    target: undefined,
    commonErrors: {
      ...jsonErrorCodes,
      unknownOperation: () => unknownOperation(operation, service),
    },
    input: () => ({}),
    success: (_output, requestId) => respond(200, {}, requestId),
    failure: ({ code, message, status }, requestId) => respond(status, { __type: code, message }, requestId),
  };
}

function respond(status: number, members: Readonly<Record<string, string>>, requestId: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/cbor"],
      ["smithy-protocol", PROTOCOL],
      ["x-amzn-RequestId", requestId],
    ],
    body: cborMap(members),
  };
}

/** A map of texts in CBOR (RFC 8949, section 3.1): a head of the major type and the length, then the content. */
function cborMap(members: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(members);
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(text)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function head(majorType: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(majorType << 5) | length]);
  if (length < 256) return Buffer.from([(majorType << 5) | 24, length]);
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8((majorType << 5) | 26, 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}
