/** An answer before it is put into API Gateway's form. */
export interface Answer {
  readonly statusCode: number;
  /** Goes as JSON. */
  readonly body: object;
  /** On top of those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** API Gateway's proxy response. */
export interface ProxyResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * On every answer, errors too: nothing is stored, sniffed as another type, framed, or sent over plain HTTP later.
 * The set is that of OWASP's REST Security Cheat Sheet, "Security Headers". JSON is UTF-8 and has no charset (RFC 8259).
 */
const SECURITY_HEADERS = {
  "Content-Type": "application/json",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
} as const;

/** The answer in API Gateway's form, readable by pages of the origins in `corsOrigins` and of no other. */
export function proxyResponse(
  answer: Answer,
  origin: string | undefined,
  corsOrigins: readonly string[],
): ProxyResponse {
  return {
    statusCode: answer.statusCode,
    headers: { ...SECURITY_HEADERS, ...corsHeaders(origin, corsOrigins), ...answer.headers },
    body: JSON.stringify(answer.body),
  };
}

/** `Vary` for every origin as soon as answers differ by it, so that no cache gives one origin the answer for another. */
function corsHeaders(origin: string | undefined, corsOrigins: readonly string[]): Record<string, string> {
  if (corsOrigins.length === 0) return {};
  const vary = { Vary: "Origin" };
  return origin !== undefined && corsOrigins.includes(origin)
    ? { "Access-Control-Allow-Origin": origin, ...vary }
    : vary;
}
