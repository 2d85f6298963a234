import type { Handled } from "../../local/front-door/dispatch";
import { type HttpRequest, jsonResponse } from "../../local/kernel/http-message";
import type { RequestTrace } from "../../local/kernel/trace";
import { lineOf, recordRequests } from "../../local/request-lines";
import type { RequestLine } from "../../local/runtime-options";

const request: HttpRequest = {
  ...{ method: "POST", target: "/development/lambda1?token=secret", httpVersion: "1.1", headers: [] },
  ...{ body: Buffer.alloc(0), sourceIp: "127.0.0.1", localPort: 3000, signal: new AbortController().signal },
};
const response = jsonResponse(401, {});

const AT = Date.UTC(2026, 10, 25);
const steps = [
  { layer: "authorizer", verdict: "refused", detail: "A: no token", durationMs: 0.1, facts: {} },
] as const;
const trace = { id: "r1", extendedId: "x1", caller: undefined, steps, logged: [] };

async function tracesOf(handled: Handled, sent: HttpRequest = request): Promise<RequestTrace[]> {
  const traces: RequestTrace[] = [];
  const answer = await recordRequests(
    async () => handled,
    { now: () => AT },
    (recorded) => traces.push(recorded),
  )(sent);
  expect(answer).toBe(handled.response);
  return traces;
}

async function linesOf(handled: Handled): Promise<RequestLine[]> {
  return (await tracesOf(handled)).map(lineOf);
}

describe("the record of a request", () => {
  const decision = { layer: "authorizer", detail: "A: no token" } as const;
  const refused: Handled = { by: "edge", response: { ...response, decision, trace } };

  it("has what every layer did, and masks what may be a credential", async () => {
    const target = "/development/eyJhbGciOiJIUzI1NiJ9.e30.x/y?a=1&access_token=secret&b=eyJhbGciOiJIUzI1NiJ9";
    const headers = [["User-Agent", "curl"]] as const;

    expect(await tracesOf(refused, { ...request, target, headers })).toEqual([
      {
        ...{ id: "r1", at: AT, method: "POST", path: "/development/***/y" },
        ...{ query: "a=1&access_token=***&b=***", sourceIp: "127.0.0.1", userAgent: "curl", status: 401 },
        ...{ durationMs: expect.any(Number), decidedBy: decision, caller: undefined, steps },
        ...{ extendedId: "x1", logged: [] },
      },
    ]);
  });

  it("keeps the beginning of a long path only", async () => {
    const [recorded] = await tracesOf(refused, { ...request, target: `/${"x".repeat(9_000)}` });

    expect(recorded?.path).toHaveLength(2_001);
  });
});

describe("the request lines", () => {
  it("tell of a request to the invoke URL what decided it, without its query", async () => {
    const decision = { layer: "authorizer", detail: "A: no token" } as const;

    const lines = await linesOf({ by: "edge", response: { ...response, decision, trace } });

    expect(lines).toEqual([
      {
        id: "r1",
        at: expect.any(Date),
        sourceIp: "127.0.0.1",
        method: "POST",
        path: "/development/lambda1",
        status: 401,
        decision,
        durationMs: expect.any(Number),
      },
    ]);
  });

  it("tell of what the server refused before it knew where the request would go", async () => {
    const lines = await linesOf({ by: "server", response, detail: "Host is not this machine" });

    expect(lines.map(({ decision }) => decision)).toEqual([
      { layer: "server", detail: "Host is not this machine" },
    ]);
  });

  it("tell of a request to a login page its pool and AWS's path, and nothing of the query", async () => {
    const lines: RequestLine[] = [];
    const resource = { poolName: "MyUserPool1", path: "/oauth2/token" };

    await recordRequests(
      async () => ({ by: "login", resource, response }),
      { now: () => AT },
      () => {
        throw new Error("a login page has no trace");
      },
      (line) => lines.push(line),
    )(request);

    expect(lines).toEqual([
      {
        ...{ at: new Date(AT), sourceIp: "127.0.0.1", method: "POST", path: "/oauth2/token", status: 401 },
        ...{ decision: { layer: "login", detail: "MyUserPool1" }, durationMs: expect.any(Number) },
      },
    ]);
  });

  it("leave out the calls of AWS's APIs and of the pools' keys", async () => {
    const call = { service: "sns", operation: "Publish", error: undefined };

    expect(await linesOf({ by: "aws", response: { ...response, call } })).toEqual([]);
    expect(await linesOf({ by: "keys", response })).toEqual([]);
  });
});
