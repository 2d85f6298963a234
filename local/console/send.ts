import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Pairs } from "./contract";

export interface SentRequest {
  readonly method: string;
  /** With the stage, and with the query string. */
  readonly target: string;
  readonly headers: Pairs;
  readonly body?: string | Buffer | undefined;
  /** The address of this machine that it comes from. @default 127.0.0.1 */
  readonly sourceIp?: string | undefined;
}

export interface ReceivedAnswer {
  /** API Gateway's request id; empty where the answer has none. */
  readonly id: string;
  readonly status: number;
  readonly headers: Pairs;
  readonly body: Buffer;
  readonly durationMs: number;
}

/** How long an answer is waited for: API Gateway itself gives up after 29 seconds. */
const TIMEOUT_MS = 60_000;

/**
 * Sends a request to the runtime's own port, as any client would, and gives the answer byte for byte.
 *
 * @throws Error when there is no answer, or when the request cannot be put on the wire
 */
export function sendRequest(
  port: number,
  { method, target, headers, body, sourceIp = "127.0.0.1" }: SentRequest,
): Promise<ReceivedAnswer> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const raw = rawHeaders(port, { method, headers, body });
    const outgoing = httpRequest(
      {
        ...{ host: "127.0.0.1", port, localAddress: sourceIp, agent: false, timeout: TIMEOUT_MS },
        ...{ method, path: target, headers: raw },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", reject);
        incoming.once("end", () => {
          const id = incoming.headers["x-amzn-requestid"];
          resolve({
            id: typeof id === "string" ? id : "",
            status: incoming.statusCode ?? 0,
            headers: pairsOf(incoming.rawHeaders),
            body: Buffer.concat(chunks),
            durationMs: performance.now() - startedAt,
          });
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.once("timeout", () => outgoing.destroy(new Error("no answer within a minute")));
    outgoing.end(body);
  });
}

/**
 * Sends the same request so often over one connection, without waiting for answers (RFC 9112, section 9.3.2).
 *
 * @throws Error when the connection breaks
 */
export function sendPipelined(
  port: number,
  { method, target, headers, body = "", sourceIp = "127.0.0.1" }: SentRequest,
  times: number,
): Promise<ReceivedAnswer[]> {
  const raw = rawHeaders(port, { method, headers, body });
  const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
  const one = (last: readonly string[]) =>
    [`${method} ${target} HTTP/1.1`, ...lines, ...last, "", String(body)].join("\r\n");
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const socket = connect({ host: "127.0.0.1", port, localAddress: sourceIp });
    const chunks: Buffer[] = [];
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("no answer within a minute")));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("error", reject);
    socket.once("end", () => {
      const durationMs = performance.now() - startedAt;
      const texts = Buffer.concat(chunks)
        .toString("latin1")
        .split(/(?=HTTP\/1\.1 \d{3} )/);
      resolve(texts.map((text) => ({ ...parsed(text), durationMs })));
    });
    socket.end(one([]).repeat(times - 1) + one(["Connection: close"]));
  });
}

function parsed(answer: string): Omit<ReceivedAnswer, "durationMs"> {
  const [head = "", ...body] = answer.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => [line.replace(/:.*/, ""), line.replace(/^[^:]*: ?/, "")] as const);
  const id = headers.find(([name]) => name.toLowerCase() === "x-amzn-requestid")?.[1] ?? "";
  return {
    id,
    status: Number(statusLine.split(" ")[1]),
    headers,
    body: Buffer.from(body.join("\r\n\r\n"), "latin1"),
  };
}

function rawHeaders(
  port: number,
  { method, headers, body }: Pick<SentRequest, "method" | "headers" | "body">,
): string[] {
  // AWS's managed rules block a request without one.
  const agent = headers.some(([name]) => name.toLowerCase() === "user-agent")
    ? []
    : ["User-Agent", "secure-lambda-console"];
  return [...headers.flat(), ...agent, "Host", `127.0.0.1:${port}`, ...lengthOf(method, body)];
}

function lengthOf(method: string, body: string | Buffer | undefined): string[] {
  if (body === undefined && (method === "GET" || method === "HEAD")) return [];
  return ["Content-Length", String(Buffer.byteLength(body ?? ""))];
}

function pairsOf(raw: readonly string[]): Pairs {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}
