import { AwsError } from "../kernel/aws-error";
import type { AwsService, BoundOperation, RestRoute } from "./service";

export interface RouteMatch {
  readonly service: AwsService;
  readonly name: string;
  readonly operation: BoundOperation;
  readonly route: RestRoute;
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
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError("BadRequestException", `The path is not percent-encoded correctly: ${segment}`);
  }
}
