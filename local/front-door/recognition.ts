import { readForm } from "../aws-api/query-protocol";
import { matchRoute } from "../aws-api/rest-protocol";
import type { AwsService, Wire } from "../aws-api/service";
import { readSignature } from "../aws-api/signature";
import { singleHeader } from "../kernel/headers";
import type { HttpRequest } from "../kernel/http-message";
import { splitTarget } from "../kernel/request-target";

/**
 * Tells a call to the AWS endpoint from a request to a stage, which share one port. A path of a stage is always the
 * edge's, whatever headers a client adds, unless it is signed for a service that has exactly that path: so no header
 * leads past the web ACL and the authorizer.
 */
export function isAwsCall(
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
