import { connect } from "node:net";
import fc from "fast-check";
import { type ListeningServer, listen } from "../../../local/front-door/server";
import type { HttpRequest, HttpResponse } from "../../../local/kernel/http-message";
import { defaultLimits, type ServerLimits } from "../../../local/kernel/limits";
import { collect, countAnswers, exchange, statusOf } from "./raw-client";

const requests: HttpRequest[] = [];
const errors: unknown[] = [];
let respond: (request: HttpRequest) => Promise<HttpResponse>;
const plain = async (): Promise<HttpResponse> => ({ status: 200, headers: [], body: Buffer.from("hello") });

function start(limits: Partial<ServerLimits> = {}): Promise<ListeningServer> {
  return listen({
    host: "127.0.0.1",
    port: 0,
    onError: (error) => errors.push(error),
    limits: { ...defaultLimits, ...limits },
    handler: (request) => {
      requests.push(request);
      return respond(request);
    },
  });
}

describe("the loopback server", () => {
  let server: ListeningServer;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    requests.length = 0;
    errors.length = 0;
    respond = plain;
  });
  const send = (text: string) => exchange(server.port, text.replace(/\r?\n/g, "\r\n"));

  test("hands on the request as it came: target, header names, order and duplicates", async () => {
    await send(
      "POST /development/lambda1?a=%31&a=2 HTTP/1.1\nHost: x\nX-Twice: 1\nx-twice: 2\nConnection: close\nContent-Length: 2\n\nhi",
    );

    expect(requests[0]).toMatchObject({
      method: "POST",
      target: "/development/lambda1?a=%31&a=2",
      httpVersion: "1.1",
      headers: [
        ["Host", "x"],
        ["X-Twice", "1"],
        ["x-twice", "2"],
        ["Connection", "close"],
        ["Content-Length", "2"],
      ],
      body: Buffer.from("hi"),
      sourceIp: "127.0.0.1",
      localPort: server.port,
    });
  });

  test("keeps a connection for the next request", async () => {
    const answer = await send("GET /1 HTTP/1.1\nHost: x\n\nGET /2 HTTP/1.1\nHost: x\nConnection: close\n\n");

    expect(countAnswers(answer)).toBe(2);
    expect(requests.map(({ target }) => target)).toEqual(["/1", "/2"]);
  });

  test("answers HTTP/1.0 and closes", async () => {
    const answer = await send("GET / HTTP/1.0\n\n");

    expect(statusOf(answer)).toBe(200);
    expect(requests[0]?.httpVersion).toBe("1.0");
  });

  test("answers HEAD without a body, but with its length", async () => {
    const answer = await send("HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n");

    expect(answer).toContain("Content-Length: 5\r\n");
    expect(answer).not.toContain("hello");
  });

  test("tells a client that waits for it to go on", async () => {
    const answer = await send(
      "POST / HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: 2\nConnection: close\n\nhi",
    );

    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  test.each([
    ["two lengths", "Content-Length: 3\nContent-Length: 30\n\nabc"],
    [
      "length and chunks",
      "Content-Length: 3\nTransfer-Encoding: chunked\n\n0\n\nGET /admin HTTP/1.1\nHost: x\n\n",
    ],
    [
      "chunks and length",
      "Transfer-Encoding: chunked\nContent-Length: 3\n\n0\n\nGET /admin HTTP/1.1\nHost: x\n\n",
    ],
    [
      "an obfuscated transfer encoding",
      "Transfer-Encoding: xchunked\n\n0\n\nGET /admin HTTP/1.1\nHost: x\n\n",
    ],
    ["chunked not last", "Transfer-Encoding: chunked, identity\n\n0\n\n"],
    ["two transfer encodings", "Transfer-Encoding: chunked\nTransfer-Encoding: cow\n\n0\n\n"],
    ["a space before the colon", "Transfer-Encoding : chunked\n\n0\n\n"],
    ["a negative length", "Content-Length: -1\n\n"],
    ["a hexadecimal length", "Content-Length: 0x3\n\nabc"],
    ["a length with a plus", "Content-Length: +3\n\nabc"],
    ["a null byte in a header", "X-A: a\0b\n\n"],
    ["a header without a colon", "Nonsense\n\n"],
    ["a chunk size that is not a number", "Transfer-Encoding: chunked\n\nzz\n\n"],
  ])("refuses a request with %s and closes the connection", async (_name, rest) => {
    const answer = await send(`POST / HTTP/1.1\nHost: x\n${rest}`);

    expect(statusOf(answer)).toBe(400);
    expect(countAnswers(answer)).toBe(1);
    expect(answer).toContain("Connection: close\r\n");
    expect(requests).toEqual([]);
  });

  test("a bare carriage return in a header does not start a new one", async () => {
    const answer = await exchange(server.port, "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rX-Injected: b\r\n\r\n");

    expect(statusOf(answer)).toBe(400);
    expect(requests).toEqual([]);
  });

  test.each([
    "",
    "GET\n\n",
    "GET / HTTP/9.9\nHost: x\n\n",
    "\u0016\u0003\u0001TLS hello",
    "PRI * HTTP/2.0\n\nSM\n\n",
  ])("refuses what is not HTTP/1: %j", async (bytes) => {
    const answer = await send(`${bytes}\nGARBAGE\n\n`);

    expect(statusOf(answer)).toBe(400);
    expect(requests).toEqual([]);
  });

  test("HTTP/1.1 without Host is a bad request", async () => {
    expect(statusOf(await send("GET / HTTP/1.1\nConnection: close\n\n"))).toBe(400);
    expect(requests).toEqual([]);
  });

  test("headers over 10,240 bytes are too large, 2,500 small ones are all handed on", async () => {
    const tooLarge = await send(`GET / HTTP/1.1\nHost: x\nX-A: ${"a".repeat(32_768)}\n\n`);
    const many = await send(`GET / HTTP/1.1\nHost: x\nConnection: close\n${"a:\n".repeat(2_500)}b: last\n\n`);

    expect(statusOf(tooLarge)).toBe(431);
    expect(statusOf(many)).toBe(200);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers).toHaveLength(2_503);
    expect(requests[0]?.headers.at(-1)).toEqual(["b", "last"]);
  });

  test("opens no tunnel", async () => {
    const answer = await send("CONNECT 169.254.169.254:80 HTTP/1.1\nHost: 169.254.169.254:80\n\n");

    expect(statusOf(answer)).toBe(405);
    expect(requests).toEqual([]);
  });

  test("does not switch to another protocol", async () => {
    const answer = await send(
      "GET / HTTP/1.1\nHost: x\nConnection: Upgrade, close\nUpgrade: websocket\nSec-WebSocket-Version: 13\n\n",
    );

    expect(statusOf(answer)).toBe(200);
  });

  test("keeps one byte more than 10 MB of a larger body, and answers", async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/`, {
      method: "POST",
      body: Buffer.alloc(defaultLimits.maxBodyBytes + 100_000),
    });

    expect(response.status).toBe(200);
    expect(response.headers.get("connection")).toBe("close");
    expect(requests[0]?.body.length).toBe(defaultLimits.maxBodyBytes + 1);
  });

  test("keeps all of a body of 10 MB", async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/`, {
      method: "POST",
      body: Buffer.alloc(defaultLimits.maxBodyBytes),
    });

    expect(response.headers.get("connection")).toBe("keep-alive");
    expect(requests[0]?.body.length).toBe(defaultLimits.maxBodyBytes);
  });

  test("a handler that throws is a 500 that says nothing, and the error is reported", async () => {
    respond = async () => {
      throw new Error("password");
    };

    const answer = await send("GET / HTTP/1.1\nHost: x\nConnection: close\n\n");

    expect(statusOf(answer)).toBe(500);
    expect(answer).toContain('{"message":"Internal server error"}');
    expect(errors).toEqual([new Error("password")]);
  });

  test.each([
    ["a line break in a header", 200, "X-A", "a\r\nX-Injected: b"],
    ["a line break in a header's name", 200, "X\r\nA", "a"],
    ["a status that is none", 99, "X-A", "a"],
  ])("%s cannot reach the client", async (_name, status, header, value) => {
    respond = async () => ({ status, headers: [[header, value]], body: Buffer.from("x") });

    const answer = await send("GET / HTTP/1.1\nHost: x\n\n");

    expect(statusOf(answer)).toBe(500);
    expect(answer).not.toContain("Injected");
    expect(errors).toHaveLength(1);
  });

  test("an answer's framing is the server's, its duplicate headers are kept", async () => {
    respond = async () => ({
      status: 200,
      headers: [
        ["Content-Length", "1"],
        ["Transfer-Encoding", "chunked"],
        ["Connection", "upgrade"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ],
      body: Buffer.from("hello"),
    });

    const answer = await send("GET / HTTP/1.1\nHost: x\nConnection: close\n\n");

    expect(answer.match(/Content-Length: .*/gi)).toEqual(["Content-Length: 5"]);
    expect(answer).not.toMatch(/Transfer-Encoding|upgrade/);
    expect(answer.match(/Set-Cookie: .*/g)).toEqual(["Set-Cookie: a=1", "Set-Cookie: b=2"]);
    expect(answer.endsWith("\r\n\r\nhello")).toBe(true);
  });

  test("tells the handler when the client is gone", async () => {
    const aborted = new Promise<void>((resolve) => {
      respond = async ({ signal }) => {
        signal.addEventListener("abort", () => resolve());
        socket.destroy();
        await aborted;
        return plain();
      };
    });
    const socket = connect(server.port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));

    await expect(aborted).resolves.toBeUndefined();
    expect(errors).toEqual([]);
  });

  test("does not tell it of one that has its answer", async () => {
    let signal: AbortSignal | undefined;
    respond = async (request) => {
      signal = request.signal;
      return plain();
    };

    await send("GET / HTTP/1.1\nHost: x\nConnection: close\n\n");

    expect(signal?.aborted).toBe(false);
    expect(errors).toEqual([]);
  });

  test("a client that leaves in the middle of its body reaches no handler", async () => {
    const socket = connect(server.port, "127.0.0.1", () => {
      socket.end("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    });

    await collect(socket);

    expect(requests).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("survives any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await exchange(server.port, Buffer.concat([bytes, Buffer.from("\r\n\r\n\0\r\n\r\n")])).catch(
          () => undefined,
        );
      }),
      { numRuns: 50 },
    );

    expect(statusOf(await send("GET / HTTP/1.1\nHost: x\nConnection: close\n\n"))).toBe(200);
  });
});

describe("the loopback server's limits", () => {
  beforeEach(() => {
    requests.length = 0;
    respond = plain;
  });

  const patient = 60_000;
  test.each([
    ["headers", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", { headersTimeoutMs: 50, requestTimeoutMs: patient }],
    [
      "a body",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
      { headersTimeoutMs: 50, requestTimeoutMs: 50 },
    ],
  ])("a client that sends %s without end is cut off", async (_name, bytes, limits) => {
    const server = await start({ ...limits, checkIntervalMs: 10 });

    const answer = await exchange(server.port, bytes);
    await server.close();

    expect(statusOf(answer)).toBe(408);
    expect(requests).toEqual([]);
  });

  test("a client that does not read its answer is cut off", async () => {
    const server = await start({ responseTimeoutMs: 50 });
    const cut = new Promise<void>((resolve) => {
      respond = async ({ signal }) => {
        signal.addEventListener("abort", () => resolve());
        return { status: 200, headers: [], body: Buffer.alloc(50_000_000) };
      };
    });
    const socket = connect(server.port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    socket.pause();

    await cut;

    socket.destroy();
    await server.close();
  });

  test("stops at once, though a request is under way and a connection open", async () => {
    const server = await start();
    const started = new Promise<void>((resolve) => {
      respond = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    const idle = collect(connect(server.port, "127.0.0.1"));
    const busy = exchange(server.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await started;

    await server.close();

    await expect(idle).resolves.toBe("");
    await expect(busy).resolves.toBe("");
  });

  test("a port in use is one clear line", async () => {
    const first = await start();

    const second = listen({ host: "127.0.0.1", port: first.port, handler: plain, onError: () => {} });

    await expect(second).rejects.toThrow(
      `port ${first.port} is in use; choose another with --port, or 0 for a free one`,
    );
    await first.close();
  });
});
