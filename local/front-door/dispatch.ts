import type { AwsEndpoint, AwsResponse } from "../aws-api/endpoint";
import { readForm } from "../aws-api/query-protocol";
import { matchRoute } from "../aws-api/rest-protocol";
import type { AwsService, Wire } from "../aws-api/service";
import { readSignature } from "../aws-api/signature";
import type { EdgeRequest, EdgeResponse } from "../kernel/exchange";
import { headerValues, singleHeader } from "../kernel/headers";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../kernel/http-message";
import { INBOX_PATH } from "../kernel/inbox";
import { splitTarget } from "../kernel/request-target";
import type { LoginResource } from "../services/ports";
import {
  exposedTo,
  isForeignOrigin,
  loopbackNames,
  preflightAnswer,
  preflightFor,
  readableByPage,
} from "./cross-origin";

export interface DispatcherOptions {
  readonly edge: (request: EdgeRequest) => Promise<EdgeResponse>;
  readonly awsEndpoint: AwsEndpoint;
  /** Whether a path, as sent, belongs to a stage: `/development/lambda1`. */
  readonly isStagePath: (path: string) => boolean;
  /**
   * Documents that anybody may read, by path: a pool's `/us-east-1_abc/.well-known/jwks.json`, a stage's
   * `/development.openapi.json`. `undefined` for other paths.
   */
  readonly documents: (path: string) => object | undefined;
  /** What a user pool's login page has at a path, as sent. */
  readonly login: (path: string) => LoginResource | undefined;
  readonly inbox: (request: HttpRequest) => Promise<HttpResponse>;
}

/** The part that answered, as the request log names it. */
export type Handled =
  | { readonly by: "edge"; readonly response: EdgeResponse }
  | { readonly by: "aws"; readonly response: AwsResponse }
  | { readonly by: "keys"; readonly response: HttpResponse }
  | {
      readonly by: "login";
      readonly response: HttpResponse;
      readonly resource: Pick<LoginResource, "poolName" | "path">;
    }
  | { readonly by: "inbox"; readonly response: HttpResponse }
  | { readonly by: "server"; readonly response: HttpResponse; readonly detail: string };

/** Gives each request of the one port to the part of the runtime that AWS would have at another host name. */
export function createDispatcher(options: DispatcherOptions): (request: HttpRequest) => Promise<Handled> {
  const { edge, awsEndpoint, isStagePath, documents, login, inbox } = options;
  return async (request) => {
    const refusal = checkHost(request);
    if (refusal !== undefined) return refusal;
    if (isAwsCall(request, awsEndpoint.services, isStagePath)) {
      if (isForeignOrigin(request.headers)) return refuse(403, "page of another site calls AWS");
      const response = await awsEndpoint.handle(request);
      const exposed = exposedTo(response.call, awsEndpoint.services);
      return { by: "aws", response: exposed ? readableByPage(response, request, exposed) : response };
    }
    const { path } = splitTarget(request.target);
    if (path === INBOX_PATH) return { by: "inbox", response: await inbox(request) };
    const resource = isStagePath(path) ? undefined : login(path);
    if (resource !== undefined) return handleLogin(request, resource);
    const preflight = preflightAnswer(request, path, awsEndpoint.services);
    if (preflight !== undefined)
      return { by: "server", detail: "a page asks to call AWS", response: preflight };
    const document = request.method === "GET" || request.method === "HEAD" ? documents(path) : undefined;
    if (document !== undefined)
      return { by: "keys", response: readableByPage(jsonResponse(200, document), request) };
    return { by: "edge", response: await edge(request) };
  };
}

/**
 * Pages of other origins on this machine may call the endpoints for apps, as every page may on AWS. They cannot read the login
 * page's forms, and no page of another machine gets to post one.
 */
async function handleLogin(request: HttpRequest, resource: LoginResource): Promise<Handled> {
  const { forPages, handle } = resource;
  if (request.method === "POST" && isForeignOrigin(request.headers)) {
    return refuse(403, "page of another site uses the login page");
  }
  if (forPages === undefined) return { by: "login", resource, response: await handle(request) };
  if (request.method === "OPTIONS") {
    const preflight = preflightFor(request, forPages, headersOfApps);
    return preflight === undefined
      ? refuse(403, "page asks for what no app needs of the login page")
      : { by: "login", resource, response: preflight };
  }
  const response = readableByPage(await handle(request), request, ["WWW-Authenticate"]);
  return { by: "login", resource, response };
}

/** What a page's call of an endpoint for apps brings along: the client's or the user's proof, and what Amplify adds. */
const headersOfApps = ["authorization", "cache-control", "content-type", "x-amz-user-agent"];

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

/**
 * Tells whether the client meant this machine. A page of another site can make its own name resolve to 127.0.0.1 (DNS
 * rebinding) and would then be same-origin with this port, where any access key is an administrator; its `Host` gives it
 * away. Both the edge and the AWS endpoint refuse other hosts: a stage has no custom domain here.
 */
function isLoopbackHost(host: string, port: number): boolean {
  const name = host.toLowerCase();
  return loopbackNames.some(
    (loopback) => name === `${loopback}:${port}` || (port === 80 && name === loopback),
  );
}

/**
 * Tells a call to the AWS endpoint from a request to a stage, which share one port. A path of a stage is always the
 * edge's, whatever headers a client adds, unless it is signed for a service that has exactly that path: so no header
 * leads past the web ACL and the authorizer.
 */
function isAwsCall(
  request: HttpRequest,
  services: readonly AwsService[],
  isStagePath: (path: string) => boolean,
): boolean {
  const { path, query } = splitTarget(request.target);
  const signature = readSignature(request.headers, query);
  const signedFor = typeof signature === "object" ? signature.service : undefined;
  // Requests to a stage with IAM authorization are signed for this service.
  if (signedFor === "execute-api") return false;
  if (isStagePath(path)) {
    return signedFor !== undefined && matchRoute(request.method, path, services, signedFor) !== undefined;
  }
  if (path === "/" && readForm(request).has("Action")) return true;
  if (request.method === "POST" && (path === "/" || services.some(({ wire }) => takesJsonAt(wire, path)))) {
    if (singleHeader(request.headers, "x-amz-target") !== undefined) return true;
  }
  return signature !== undefined || matchRoute(request.method, path, services, undefined) !== undefined;
}

function takesJsonAt(wire: Wire, path: string): boolean {
  return wire.protocol === "json" && wire.paths?.test(path) === true;
}
