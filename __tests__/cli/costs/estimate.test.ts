import { type CostLine, estimate } from "../../../cli/costs/estimate";
import { RATES_ON } from "../../support/rates-provider";
import { type FolderOptions, synthesizedDeployment } from "../../support/synthesized-folder";

function linesOf(requests: number, options?: FolderOptions): CostLine[] {
  return estimate(synthesizedDeployment(options), { requests });
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;
const total = (lines: readonly CostLine[]) => lines.reduce((sum, { cost }) => sum + cost, 0);
const line = (lines: readonly CostLine[], what: string) => lines.find((candidate) => candidate.what === what);

describe("the estimate", () => {
  it("is 11.40 USD a month for the stacks as they are, without a single request", () => {
    const lines = linesOf(0);

    expect(total(lines)).toBeCloseTo(11.4);
    expect(lines.filter(({ atRest }) => atRest)).toEqual([
      { what: "web ACL", quantity: "1", cost: 5, atRest: true, source: page("waf") },
      { what: "rules of the web ACL", quantity: "6", cost: 6, atRest: true, source: page("waf") },
      { what: "secret", quantity: "1", cost: 0.4, atRest: true, source: page("secrets-manager") },
      { what: "dashboard", quantity: "1", cost: 0, atRest: true, source: page("cloudwatch") },
    ]);
  });

  it("counts two runs for each request: the method's function, and the subscriber's", () => {
    const lines = linesOf(10_000_000);

    expect(line(lines, "requests to API Gateway")?.cost).toBeCloseTo(35);
    expect(line(lines, "function runs")).toEqual({
      what: "function runs",
      quantity: "20 million",
      cost: expect.closeTo(3.8),
      atRest: false,
      source: page("lambda"),
    });
  });

  it("counts a message and its subscriber's run only for the methods whose function publishes", () => {
    const lines = linesOf(30_000_000, { env: RATES_ON });

    expect(line(lines, "messages published")?.quantity).toBe("20 million");
    expect(line(lines, "function runs")?.quantity).toBe("50 million");
  });

  it("takes off what is free for everybody, and nothing more", () => {
    const lines = linesOf(1_000_000);

    expect(line(lines, "messages published")?.cost).toBe(0);
    expect(line(lines, "function time")?.cost).toBe(0);
    expect(line(lines, "function runs")?.cost).toBeCloseTo(0.2);
  });

  it("counts the web ACL's log and the traces only where they are on", () => {
    const off = linesOf(10_000_000);
    const on = linesOf(10_000_000, { env: { WEB_ACL_LOG: "true", XRAY_TRACING: "true" } });

    expect(line(off, "traces")).toBeUndefined();
    expect(line(on, "traces")?.cost).toBeCloseTo(49.5);
    expect(line(off, "log data")?.quantity).toBe("18.63 GB");
    expect(line(on, "log data")?.quantity).toBe("37.25 GB");
  });

  it("follows what is deployed: a rule less is a dollar less", () => {
    const lines = linesOf(0, {
      edit: ({ edge }) => {
        const webAcl = edge.resource("aws_wafv2_web_acl.edge");
        webAcl.rule = [webAcl.rule ?? []].flat().slice(1);
      },
    });

    expect(line(lines, "rules of the web ACL")).toMatchObject({ quantity: "5", cost: 5 });
  });
});
