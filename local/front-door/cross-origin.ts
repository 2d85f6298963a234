import type { AwsService } from "../aws-api/service";
import { type HeaderList, headerValues, singleHeader } from "../kernel/headers";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";

export const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/** Tells whether a browser sent the request for a page of another machine. Pages served on loopback may call AWS. */
export function isForeignOrigin(headers: HeaderList): boolean {
  return headerValues(headers, "origin").some((origin) => !isLoopbackOrigin(origin));
}

function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/]+?)(?::\d+)?$/.exec(origin.toLowerCase())?.[1];
  return host !== undefined && loopbackNames.includes(host);
}

/** The page on this machine that the request was sent for. */
function pageOf({ headers }: HttpRequest): string | undefined {
  const origin = singleHeader(headers, "origin");
  return origin !== undefined && isLoopbackOrigin(origin) ? origin : undefined;
}

/**
 * The answer to a browser that asks whether a page on this machine may call an operation without a signature. It does
 * not get to send `Authorization`: operations that need a permission are not for pages.
 */
export function preflightAnswer(
  request: HttpRequest,
  path: string,
  services: readonly AwsService[],
): HttpResponse | undefined {
  if (request.method !== "OPTIONS") return undefined;
  const allowed = services.flatMap(
    ({ wire }) => (wire.protocol === "json" && wire.pages?.allowedHeaders) || [],
  );
  return path === "/" && askedHeaders(request).includes("x-amz-target")
    ? preflightFor(request, "POST", allowed)
    : undefined;
}

/** The answer to a browser that asks for a page on this machine; `undefined` for anything else than such a question. */
export function preflightFor(
  request: HttpRequest,
  method: "GET" | "POST",
  allowedHeaders: readonly string[],
): HttpResponse | undefined {
  const page = pageOf(request);
  const asked = askedHeaders(request);
  if (request.method !== "OPTIONS" || page === undefined) return undefined;
  if (singleHeader(request.headers, "access-control-request-method") !== method) return undefined;
  if (!asked.every((name) => allowedHeaders.includes(name))) return undefined;
  return {
    status: 200,
    headers: [
      ["Access-Control-Allow-Origin", page],
      ["Access-Control-Allow-Methods", method],
      ["Access-Control-Allow-Headers", asked.join(", ")],
      ["Access-Control-Max-Age", "172800"],
      ["Vary", "Origin"],
    ],
    body: Buffer.alloc(0),
  };
}

function askedHeaders({ headers }: HttpRequest): string[] {
  return (singleHeader(headers, "access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}

/** Lets the page on this machine that asked read the answer. `exposed`: the headers that it may read, too. */
export function readableByPage<T extends HttpResponse>(
  response: T,
  request: HttpRequest,
  exposed: readonly string[] = [],
): T {
  const page = pageOf(request);
  if (page === undefined) return response;
  const headers: HeaderList = [
    ...response.headers,
    ["Access-Control-Allow-Origin", page],
    ...(exposed.length === 0 ? [] : [["Access-Control-Expose-Headers", exposed.join(", ")] as const]),
    ["Vary", "Origin"],
  ];
  return { ...response, headers };
}

/** The headers that a page may read of an answer to that call; `undefined` for a call that is not for pages. */
export function exposedTo(
  { service, operation }: { readonly service: string | undefined; readonly operation: string },
  services: readonly AwsService[],
): readonly string[] | undefined {
  const found = services.find(({ name }) => name === service);
  if (found?.wire.protocol !== "json" || found.wire.pages === undefined) return undefined;
  const name = operation.slice(operation.lastIndexOf(".") + 1);
  const own = Object.hasOwn(found.operations, name) ? found.operations[name] : undefined;
  return own !== undefined && own.permission === undefined ? found.wire.pages.exposedHeaders : undefined;
}
