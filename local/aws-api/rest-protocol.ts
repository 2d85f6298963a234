import { AwsError } from "../kernel/aws-error";
import { type HeaderList, singleHeader } from "../kernel/headers";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";
import type { Members } from "../kernel/input";
import { splitTarget } from "../kernel/request-target";
import { type Call, jsonErrorCodes, parseJsonBody, unknownOperation } from "./call";
import { xmlFailure } from "./query-answer";
import type { AwsService, BoundOperation, BoundRoute } from "./service";

/** Services that speak REST with XML, by signing name (botocore 1.43). None is served; their SDKs read refusals in XML. */
const REST_XML: ReadonlySet<string> = new Set(["s3", "s3express", "s3-outposts", "cloudfront", "route53"]);

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
      unknownOperation: () => unknownOperation(named, service),
    },
    input: () => (match === undefined ? {} : readInput(request, query, match)),
    success: (output, requestId) => {
      const headers: HeaderList = [["x-amzn-RequestId", requestId]];
      return match?.route.answer === undefined
        ? jsonResponse(200, output, headers)
        : payloadResponse(output, match.route.answer, headers);
    },
    failure: (error, requestId) => {
      if (match === undefined && REST_XML.has(signedFor ?? "")) return xmlFailure(error, requestId);
      const key = messageKey(match?.service ?? services.find(({ name }) => name === signedFor));
      return jsonResponse(error.status, { [key]: error.message, ...error.members }, [
        ["x-amzn-RequestId", requestId],
        ["x-amzn-ErrorType", error.code],
      ]);
    },
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
    ...queryMembers(query, route),
    ...body,
    ...Object.fromEntries(headers),
    ...Object.fromEntries([...segments].map(([name, segment]) => [name, decodeSegment(segment)])),
  };
}

/** A parameter sent several times is a list. */
function queryMembers(parameters: URLSearchParams, { query, lists }: BoundRoute): Members {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      const member = query?.[name] ?? name;
      return [member, values.length === 1 && !lists?.has(member) ? values[0] : values];
    }),
  );
}

function payloadResponse(
  output: Members,
  answer: NonNullable<BoundRoute["answer"]>,
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

export interface RouteMatch {
  readonly service: AwsService;
  readonly name: string;
  readonly operation: BoundOperation;
  readonly route: BoundRoute;
  /** The path's members, still percent-encoded. */
  readonly segments: ReadonlyMap<string, string>;
}

/** The route that method and path belong to, of the service the request is signed for if it is signed. */
export function matchRoute(
  method: string,
  path: string,
  services: readonly AwsService[],
  signedFor: string | undefined,
): RouteMatch | undefined {
  for (const service of services) {
    if (service.wire.protocol !== "rest-json") continue;
    if (signedFor !== undefined && service.name !== signedFor) continue;
    for (const [name, operation] of Object.entries(service.operations)) {
      const { route } = operation;
      const segments = route?.method === method ? matchPath(route.path, path) : undefined;
      if (route !== undefined && segments !== undefined) return { service, name, operation, route, segments };
    }
  }
  return undefined;
}

/** A slash at the end does not count: botocore sends one for Lambda's list operations. */
function matchPath(pattern: string, path: string): Map<string, string> | undefined {
  const expected = parts(pattern);
  const received = parts(path);
  if (expected.length !== received.length) return undefined;
  const segments = new Map<string, string>();
  for (const [index, part] of expected.entries()) {
    const segment = received[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== segment : segment === "") return undefined;
    if (name !== undefined) segments.set(name, segment);
  }
  return segments;
}

function parts(path: string): string[] {
  return path.replace(/\/$/, "").split("/");
}

/** @throws AwsError for a broken percent-encoding */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError("BadRequestException", `The path is not percent-encoded correctly: ${segment}`);
  }
}
