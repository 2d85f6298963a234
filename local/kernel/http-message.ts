import type { HeaderList } from "./headers";

/** A request as the loopback server read it. */
export interface HttpRequest {
  readonly method: string;
  /** The request target as sent: `/development/lambda1?a=1`. */
  readonly target: string;
  /** `1.1` */
  readonly httpVersion: string;
  readonly headers: HeaderList;
  /** At most `maxBodyBytes + 1` bytes: one byte over the limit says that the client sent too much. */
  readonly body: Buffer;
  readonly sourceIp: string;
  /** The port that the client connected to. */
  readonly localPort: number;
  /** Whether it came over TLS. @default false */
  readonly isSecure?: boolean;
  /** Aborted when the client is gone before its answer. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** An answer with a JSON body. */
export function jsonResponse(status: number, body: unknown, headers: HeaderList = []): HttpResponse {
  return {
    status,
    headers: [["Content-Type", "application/json"], ...headers],
    body: Buffer.from(JSON.stringify(body)),
  };
}
