import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readRecording, record } from "../../../cli/serving/recording";
import { type Replayed, renderReplayed, replay } from "../../../cli/serving/replay";
import type { Patch } from "../../../local/console/host";
import { useConsole } from "../../local/console/running-console";

const folder = mkdtempSync(path.join(tmpdir(), "recording-"));
const file = path.join(folder, "requests.jsonl");
afterAll(() => rmSync(folder, { recursive: true }));

describe("a recording", () => {
  const test = useConsole();
  const change: Patch = (stacks) => {
    stacks.remove(({ type }) => type === "aws_wafv2_web_acl_association");
    const response = stacks
      .ofType("aws_api_gateway_gateway_response")
      .find(({ address }) => address.endsWith(".DEFAULT_4XX"));
    response?.set("response_parameters", { "gatewayresponse.header.Cache-Control": "'no-cache'" });
  };
  const poolName = (id: string) => test().host.runtime.userPools.find((pool) => pool.id === id)?.name ?? id;

  const recorded = async (unmasked: boolean) => {
    const { people } = await test().get("GET /api/try");
    const who = (kind: string) => people.find((person) => person.kind === kind)?.id ?? "";
    const recorder = record(file, test().host.runtime.traces, { unmasked, poolName });
    const common = { stage: "development", method: "POST", path: "/lambda1", body: '{"name":"Ada"}' };
    for (const request of [
      { person: who("user") },
      {},
      { person: who("expired token") },
      { person: who("forger") },
      { person: who("user"), body: '{"name":1}' },
      { person: who("user"), body: `{"name":"Ada"${" ".repeat(9_000)}}` },
      { path: "/nothing", query: "access_token=secret&a=1" },
    ]) {
      await test().post("POST /api/try", { ...common, ...request });
    }
    recorder.stop();
    return readFileSync(file, "utf8");
  };
  const replayed = async (): Promise<Replayed[]> => {
    test().clock.advance({ seconds: 10 });
    return replay(test().host, readRecording(file), () => {});
  };

  it("has a line for each request, without its credentials, and is answered as it was", async () => {
    const text = await recorded(false);

    expect(text.trim().split("\n")).toHaveLength(7);
    expect(text).not.toContain("eyJ");
    expect(text).not.toContain("secret");
    expect(readRecording(file)[0]).toMatchObject({
      target: "/development/lambda1",
      token: { pool: "MyUserPool1", use: "user" },
      answer: { status: 200 },
      decidedBy: { layer: "function" },
    });
    expect((await replayed()).map(({ outcome }) => outcome)).toEqual(Array(7).fill("same"));
  });

  it("has the credentials where they are asked for, and goes on with new ones all the same", async () => {
    const text = await recorded(true);

    expect(text).toContain("eyJ");
    expect(text).toContain("access_token=secret");
    expect((await replayed()).map(({ outcome }) => outcome)).toEqual(Array(7).fill("same"));
  });

  // The last one of these, because it changes what is served.
  it("shows what a change of the stacks changes for clients", async () => {
    await recorded(false);

    await test().host.serveWith(new Map([["change", change]]));
    const [ok, noToken, , , , large] = await replayed();

    expect(ok).toMatchObject({ outcome: "same" });
    expect(noToken?.differences).toEqual(
      expect.arrayContaining([{ what: "header cache-control", was: "no-store", is: "no-cache" }]),
    );
    expect(large?.differences).toEqual(
      expect.arrayContaining([
        { what: "status", was: "403", is: "200" },
        { what: "decided by", was: "web ACL", is: "function" },
      ]),
    );
    const paint = (_style: string, cell: string) => cell;
    expect(
      renderReplayed({ ...(large as Replayed), differences: large?.differences.slice(0, 1) ?? [] }, paint),
    ).toBe("different  POST /development/lambda1\n    status: 403 → 200");
  });

  it("is refused where it is none, with the line", () => {
    writeFileSync(file, '{"at": 1}\n');

    expect(() => readRecording(file)).toThrow(`${file} is not a recording: line 1, at: Invalid type`);
    expect(() => readRecording(path.join(folder, "none"))).toThrow("cannot read");
  });
});
