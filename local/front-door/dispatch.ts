import type { AwsEndpoint, AwsResponse } from "../aws-api/endpoint";
import type { EdgeRequest, EdgeResponse } from "../kernel/exchange";
import { headerValues } from "../kernel/headers";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";
import { splitTarget } from "../kernel/request-target";
import { isForeignOrigin, isLoopbackHost } from "./origin";
import { isAwsCall } from "./recognition";

export interface DispatcherOptions {
  readonly edge: (request: EdgeRequest) => Promise<EdgeResponse>;
  readonly awsEndpoint: AwsEndpoint;
  /** Whether a path, as sent, belongs to a stage: `/development/lambda1`. */
  readonly isStagePath: (path: string) => boolean;
  /** Documents that a pool publishes, by path: `/us-east-1_abc/.well-known/jwks.json`. `undefined` for other paths. */
  readonly wellKnown: (path: string) => object | undefined;
}

/** Who answered, for the request log. */
export type Handled =
  | { readonly by: "edge"; readonly response: EdgeResponse }
  | { readonly by: "aws"; readonly response: AwsResponse }
  | { readonly by: "keys"; readonly response: HttpResponse }
  | { readonly by: "server"; readonly response: HttpResponse; readonly detail: string };

/** Gives each request of the one port to the part of the runtime that AWS would have at another host name. */
export function createDispatcher(options: DispatcherOptions): (request: HttpRequest) => Promise<Handled> {
  const { edge, awsEndpoint, isStagePath, wellKnown } = options;
  return async (request) => {
    const refusal = checkHost(request);
    if (refusal !== undefined) return refusal;
    if (isAwsCall(request, awsEndpoint.services, isStagePath)) {
      if (isForeignOrigin(request.headers)) return refuse(403, "page of another site calls AWS");
      return { by: "aws", response: await awsEndpoint.handle(request) };
    }
    const { path } = splitTarget(request.target);
    const document = request.method === "GET" || request.method === "HEAD" ? wellKnown(path) : undefined;
    if (document !== undefined) return { by: "keys", response: jsonResponse(200, document) };
    return { by: "edge", response: await edge(request) };
  };
}

/** RFC 9112, section 3.2: more than one `Host` is a bad request; so is none here, in HTTP/1.0 too. */
function checkHost(request: HttpRequest): Handled | undefined {
  const [host, ...more] = headerValues(request.headers, "host");
  if (host === undefined || more.length > 0) return refuse(400, "not exactly one Host header");
  return isLoopbackHost(host, request.localPort) ? undefined : refuse(403, "Host is not this machine");
}

function refuse(status: 400 | 403, detail: string): Handled {
  const message = status === 400 ? "Bad Request" : "Forbidden";
  return { by: "server", detail, response: jsonResponse(status, { message }) };
}
