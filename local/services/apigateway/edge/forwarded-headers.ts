import type { HeaderList } from "../../../kernel/headers";
import type { AtStage } from "./exchange";

/**
 * Headers that a Lambda proxy integration never sees (Developer Guide, "Amazon API Gateway important notes", the table of
 * headers for REST APIs). `X-HTTP-Method-Override` is used up by API Gateway itself.
 */
const DROPPED = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
  "x-http-method-override",
]);

/** Headers that API Gateway writes itself; what the client sent under these names is replaced or extended. */
const OWN = new Set(["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"]);

/** Names that arrive in this case whatever the client's; all others keep the client's. */
const CASED = new Map([
  ["authorization", "Authorization"],
  ["host", "Host"],
  ["user-agent", "User-Agent"],
]);

/** The headers of a request as its integration gets them. */
export function forwardedHeaders({
  headers,
  connection,
  ids,
}: Pick<AtStage, "headers" | "connection" | "ids">): HeaderList {
  const passed = headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    return DROPPED.has(lower) || OWN.has(lower) ? [] : [[CASED.get(lower) ?? name, value] as const];
  });
  const hops = headers.filter(([name]) => name.toLowerCase() === "x-forwarded-for").map(([, value]) => value);
  return [
    ...passed,
    ["X-Amzn-Trace-Id", ids.traceId],
    ["X-Forwarded-For", [...hops, connection.sourceIp].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ];
}
