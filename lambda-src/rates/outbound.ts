import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { DependencyError, type Trouble } from "../common/dependency-error";

export interface OutboundRequest {
  readonly url: URL;
  /** What the call is called in logs: `rates:latest`. */
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** The whole budget, from the look-up of the name to the last byte. */
  readonly signal: AbortSignal;
}

const MOST_HEADER_BYTES = 8 * 1024;

/**
 * One GET of JSON from a service that nobody here runs. It follows no redirect, takes a certificate that is valid and no
 * other, whatever the environment says, and reads no more than `maxBytes` of an answer that says it is JSON and is not
 * compressed. Nothing of what the service says is in an error.
 *
 * @throws DependencyError
 */
export async function getJson(outbound: OutboundRequest): Promise<unknown> {
  const failure = (trouble: Trouble, reason: string, status?: number) =>
    new DependencyError(trouble, { operation: outbound.operation, reason, status });
  let answer: IncomingMessage;
  try {
    answer = await open(outbound);
  } catch (error) {
    throw failure("unavailable", `no answer (${codeOf(error)})`);
  }
  try {
    const { statusCode: status = 0, headers } = answer;
    if (status === 401 || status === 403) throw failure("refused", "it refuses the key", status);
    if (status === 429 || status >= 502) throw failure("unavailable", "it cannot answer now", status);
    if (status >= 300 && status < 400) throw failure("failed", "a redirect, which is not followed", status);
    if (status !== 200) throw failure("failed", "an error", status);
    if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? ""))
      throw failure("failed", "the answer is not application/json", status);
    if (!/^(identity)?$/i.test(headers["content-encoding"] ?? ""))
      throw failure("failed", "the answer is compressed, which nobody asked for", status);
    const bytes = await read(answer, outbound.maxBytes);
    if (bytes === undefined) throw failure("failed", `more than ${outbound.maxBytes} bytes`, status);
    return parse(bytes) ?? fail(failure("failed", "the answer is not JSON in UTF-8", status));
  } catch (error) {
    throw error instanceof DependencyError ? error : failure("unavailable", `cut off (${codeOf(error)})`);
  } finally {
    // What is left of it is not read: the connection ends.
    answer.destroy();
  }
}

function open({ url, headers, signal }: OutboundRequest): Promise<IncomingMessage> {
  const options = {
    method: "GET",
    headers: { Accept: "application/json", "Accept-Encoding": "identity", ...headers },
    // A connection for each call: one that was kept would be dead after the pause between two events.
    agent: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? httpsRequest(url, { ...options, rejectUnauthorized: true, minVersion: "TLSv1.2" })
        : httpRequest(url, options);
    request.once("response", resolve).once("error", reject).end();
  });
}

/** `undefined` where there is more than that; what comes after it is not waited for. */
async function read(answer: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `null` is an answer that nobody has a use for, and counts as none. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? undefined;
  } catch {
    return undefined;
  }
}

function fail(error: Error): never {
  throw error;
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `ABORT_ERR`: Node.js's own word, never the service's. */
function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "Error";
}
