/** What the loopback server lets a client send, and how long it waits for it. */
export interface ServerLimits {
  readonly maxBodyBytes: number;
  /** Request line and headers together. */
  readonly maxHeaderBytes: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  /** From the first byte of an answer to its last. */
  readonly responseTimeoutMs: number;
  /** How long a connection may stay open between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** How often the two request timeouts are checked. */
  readonly checkIntervalMs: number;
}

/**
 * The payload's size is API Gateway's ("Quotas for configuring and running a REST API in API Gateway"). Its limit of
 * 10240 bytes for header values is the edge's to enforce, with API Gateway's answer; what is far above it never gets
 * there. The timeouts are the runtime's own choice: AWS documents none.
 */
export const defaultLimits: ServerLimits = {
  maxBodyBytes: 10 * 1024 * 1024,
  maxHeaderBytes: 32_768,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  responseTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  checkIntervalMs: 1_000,
};
