import { AwsError } from "../kernel/aws-error";
import { type HeaderList, singleHeader } from "../kernel/headers";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";
import { type Call, jsonErrorCodes, ownOperation, parseJsonBody } from "./call";
import type { AwsService, Wire } from "./service";

type JsonWire = Extract<Wire, { protocol: "json" }>;

/** AWS JSON 1.0 and 1.1: `X-Amz-Target` names the operation, the body has its members. */
export function jsonCall(request: HttpRequest, services: readonly AwsService[]): Call | undefined {
  const name = singleHeader(request.headers, "x-amz-target");
  if (name === undefined || request.method !== "POST") return undefined;
  const dot = name.lastIndexOf(".");
  const found = findService(name.slice(0, Math.max(dot, 0)), services);
  const operation = found && ownOperation(found.service, name.slice(dot + 1));
  const wire = found?.wire ?? { version: versionOf(request.headers), messageKey: "message" };
  const contentType = `application/x-amz-json-${wire.version}`;
  return {
    service: found?.service.name,
    operation: name,
    target: operation && found && { service: found.service, operation },
    commonErrors: {
      ...jsonErrorCodes,
      // AWS's own body has no message here; a user of this endpoint wants to know which operation is missing.
      unknownOperation: () =>
        new AwsError("UnknownOperationException", `The operation ${name} is not one that this endpoint has.`),
    },
    input: () => parseJsonBody(request.body),
    success: (output, requestId) => respond(200, contentType, output, [["x-amzn-RequestId", requestId]]),
    failure: (error, requestId) =>
      respond(
        error.status,
        contentType,
        { __type: error.code, [wire.messageKey]: error.message, ...error.members },
        [["x-amzn-RequestId", requestId], ...(found?.wire.errorHeaders?.(error) ?? [])],
      ),
  };
}

function findService(prefix: string, services: readonly AwsService[]) {
  for (const service of services) {
    const { wire } = service;
    if (wire.protocol === "json" && wire.targetPrefix === prefix) return { service, wire };
  }
  return undefined;
}

function versionOf(headers: HeaderList): JsonWire["version"] {
  return singleHeader(headers, "content-type")?.includes("json-1.0") ? "1.0" : "1.1";
}

function respond(status: number, contentType: string, body: unknown, headers: HeaderList): HttpResponse {
  return {
    status,
    headers: [["Content-Type", contentType], ...headers],
    body: Buffer.from(JSON.stringify(body)),
  };
}
