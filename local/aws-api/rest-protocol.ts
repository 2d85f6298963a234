import { AwsError } from "../kernel/aws-error";
import {
  type HeaderList,
  type HttpRequest,
  type HttpResponse,
  jsonResponse,
  singleHeader,
} from "../kernel/http-message";
import type { Members } from "../kernel/input";
import { splitTarget } from "../kernel/request-target";
import { type Call, jsonErrorCodes } from "./call";
import { parseJsonBody } from "./json-body";
import { decodeSegment, matchRoute, type RouteMatch } from "./rest-routes";
import type { AwsService, RestRoute } from "./service";

/** REST with JSON: method and path name the operation; path, query string, headers and body have its members. */
export function restCall(
  request: HttpRequest,
  services: readonly AwsService[],
  signedFor: string | undefined,
): Call {
  const { path, query } = splitTarget(request.target);
  const match = matchRoute(request.method, path, services, signedFor);
  const service = match?.service.name ?? signedFor;
  const named = `${request.method} ${path}`;
  return {
    service,
    operation: match?.name ?? named,
    target: match && { service: match.service, operation: match.operation },
    commonErrors: {
      ...jsonErrorCodes,
      unknownOperation: () => {
        const of = service === undefined ? "" : ` of ${service}`;
        return new AwsError(
          "UnknownOperationException",
          `The operation ${named}${of} is not one that this endpoint has.`,
          404,
        );
      },
    },
    input: () => (match === undefined ? {} : readInput(request, query, match)),
    success: (output, requestId) => {
      const headers: HeaderList = [["x-amzn-RequestId", requestId]];
      return match?.route.answer === undefined
        ? jsonResponse(200, output, headers)
        : payloadResponse(output, match.route.answer, headers);
    },
    failure: (error, requestId) =>
      jsonResponse(
        error.status,
        {
          [messageKey(match?.service ?? services.find(({ name }) => name === signedFor))]: error.message,
          ...error.members,
        },
        [
          ["x-amzn-RequestId", requestId],
          ["x-amzn-ErrorType", error.code],
        ],
      ),
  };
}

function messageKey(service: AwsService | undefined): "message" | "Message" {
  return service?.wire.protocol === "rest-json" ? service.wire.messageKey : "message";
}

/** What the path says wins over the rest: the permission is asked for the resource that the path names. */
function readInput(request: HttpRequest, query: URLSearchParams, { route, segments }: RouteMatch): Members {
  const body =
    route.payloadMember === undefined ? parseJsonBody(request.body) : { [route.payloadMember]: request.body };
  const headers = Object.entries(route.headers ?? {}).flatMap(([name, member]) => {
    const value = singleHeader(request.headers, name.toLowerCase());
    return value === undefined ? [] : [[member, value] as const];
  });
  return {
    ...queryMembers(query),
    ...body,
    ...Object.fromEntries(headers),
    ...Object.fromEntries([...segments].map(([name, segment]) => [name, decodeSegment(segment)])),
  };
}

/** A parameter sent several times is a list. */
function queryMembers(query: URLSearchParams): Members {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function payloadResponse(
  output: Members,
  answer: NonNullable<RestRoute["answer"]>,
  common: HeaderList,
): HttpResponse {
  const payload = output[answer.payloadMember];
  const status = output[answer.status];
  const headers = Object.entries(answer.headers).flatMap(([member, name]) => {
    const value = output[member];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return {
    status: typeof status === "number" ? status : 200,
    headers: [["Content-Type", "application/json"], ...common, ...headers],
    body: Buffer.isBuffer(payload) ? payload : Buffer.from(payload === undefined ? "" : String(payload)),
  };
}
