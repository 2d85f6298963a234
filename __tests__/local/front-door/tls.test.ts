import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "node:tls";
import { localCertificate } from "../../../local/command/local-authority";
import { type ListeningServer, listen } from "../../../local/front-door/server";
import type { HttpRequest } from "../../../local/kernel/http-message";
import { defaultLimits } from "../../../local/kernel/limits";
import { startTestRuntime } from "../../support/local-runtime";
import { withKeysFrom } from "../../support/run/key-pairs";
import { collect, exchange, statusOf } from "./raw-client";

const folder = mkdtempSync(path.join(tmpdir(), "authority of tls "));
const { authorityFile, ...tls } = withKeysFrom(0, () => localCertificate(path.join(folder, "state")));
const ca = readFileSync(authorityFile);
const requests: HttpRequest[] = [];
let server: ListeningServer;

beforeAll(async () => {
  server = await listen({
    host: "127.0.0.1",
    port: 0,
    tls,
    onError: () => {},
    limits: { ...defaultLimits, headersTimeoutMs: 200, checkIntervalMs: 20 },
    handler: async (request) => {
      requests.push(request);
      return { status: 200, headers: [], body: request.body };
    },
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const request = (body: string) =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function overTls(bytes: string, servername = "localhost", port = server.port): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername, ca }, () => socket.write(bytes));
    collect(socket).then(resolve, reject);
  });
}

describe("a port with a certificate", () => {
  it("takes TLS and plain HTTP, and tells the handler which it was", async () => {
    const body = "x".repeat(100_000);

    const [secure, plain] = [await overTls(request(body)), await exchange(server.port, request(body))];

    expect([secure, plain].map((answer) => [statusOf(answer), answer.endsWith(`\r\n\r\n${body}`)])).toEqual([
      [200, true],
      [200, true],
    ]);
    expect(requests.map(({ isSecure, localPort }) => [isSecure, localPort])).toEqual([
      [true, server.port],
      [false, server.port],
    ]);
  });

  it("is trusted by Node.js under both of its names, once the authority is", async () => {
    for (const host of ["localhost", "127.0.0.1"]) {
      const status = await new Promise((resolve, reject) => {
        get({ host, port: server.port, ca, family: 4, agent: false }, (answer) =>
          answer.resume().once("end", () => resolve(answer.statusCode)),
        ).once("error", reject);
      });

      expect(status).toBe(200);
    }
  });

  it("is not trusted under another name, nor without the authority", async () => {
    await expect(overTls(request(""), "example.com")).rejects.toThrow(/altnames/);
    const stranger = new Promise((_resolve, reject) => {
      connect({ host: "127.0.0.1", port: server.port, servername: "localhost" }).once("error", reject);
    });

    await expect(stranger).rejects.toThrow(/certificate/);
  });

  it("refuses what is neither, and what says nothing at all", async () => {
    const nonsense = await exchange(server.port, "\0\0\0\0\r\n\r\n");
    const silent = await collect(connectTcp(server.port, "127.0.0.1"));
    const half = await exchange(server.port, "GET / HTTP/1.1\r\nHost: x\r\n");

    expect([statusOf(nonsense), silent, statusOf(half)]).toEqual([400, "", 408]);
  });
});

describe("a runtime with a certificate", () => {
  it("sends browsers to TLS, where cookies are marked for it, and functions to plain HTTP", async () => {
    const test = await startTestRuntime({ tls });
    try {
      const { port, browserUrl, awsEndpointUrl, userPools } = test.runtime;
      const [pool] = userPools;
      const secure = `https://127.0.0.1:${port}`;
      const discovery = await fetch(`${awsEndpointUrl}/${pool?.id}/.well-known/openid-configuration`);
      const { pathname, search } = new URL(pool?.loginPageUrl ?? "");
      const page = (send: (text: string) => Promise<string>) =>
        send(`GET ${pathname}${search} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);

      const [overPlain, secured] = [
        await page((text) => exchange(port, text)),
        await page((text) => overTls(text, "localhost", port)),
      ];

      expect([browserUrl, awsEndpointUrl]).toEqual([secure, `http://127.0.0.1:${port}`]);
      expect(pool?.loginPageUrl?.startsWith(`${secure}/`)).toBe(true);
      expect(JSON.parse(await discovery.text()).token_endpoint).toMatch(`${secure}/`);
      expect(overPlain).toMatch(/Set-Cookie: cognito-visit=[^\r]*; SameSite=Lax\r/);
      expect(secured).toMatch(/Set-Cookie: cognito-visit=[^\r]*; SameSite=Lax; Secure\r/);
    } finally {
      await test.close();
    }
  });
});
