import type { Handled } from "../../local/front-door/dispatch";
import { type HttpRequest, jsonResponse } from "../../local/kernel/http-message";
import { recordRequests } from "../../local/request-lines";
import type { RequestLine } from "../../local/runtime-options";

const request: HttpRequest = {
  ...{ method: "POST", target: "/development/lambda1?token=secret", httpVersion: "1.1", headers: [] },
  ...{ body: Buffer.alloc(0), sourceIp: "127.0.0.1", localPort: 3000, signal: new AbortController().signal },
};
const response = jsonResponse(401, {});

async function linesOf(handled: Handled): Promise<RequestLine[]> {
  const lines: RequestLine[] = [];
  const answer = await recordRequests(
    async () => handled,
    (line) => lines.push(line),
  )(request);
  expect(answer).toBe(handled.response);
  return lines;
}

describe("the request lines", () => {
  it("tell of a request to the invoke URL what decided it, without its query", async () => {
    const decision = { layer: "authorizer", detail: "A: no token" } as const;

    const lines = await linesOf({ by: "edge", response: { ...response, decision } });

    expect(lines).toEqual([
      {
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

  it("leave out the calls of AWS's APIs and of the pools' keys", async () => {
    const call = { service: "sns", operation: "Publish", error: undefined };

    expect(await linesOf({ by: "aws", response: { ...response, call } })).toEqual([]);
    expect(await linesOf({ by: "keys", response })).toEqual([]);
  });
});
