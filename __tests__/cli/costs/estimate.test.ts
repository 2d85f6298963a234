import { type CostLine, estimate } from "../../../cli/costs/estimate";
import { loadSynthesized } from "../../../local/load";
import { type FolderOptions, synthesizeToFolder } from "../../support/synthesized-folder";

function linesOf(requests: number, options: FolderOptions = {}): CostLine[] {
  const { folder, remove } = synthesizeToFolder(options);
  try {
    return estimate(loadSynthesized(folder), { requests });
  } finally {
    remove();
  }
}

const total = (lines: readonly CostLine[]) => lines.reduce((sum, { cost }) => sum + cost, 0);
const line = (lines: readonly CostLine[], what: string) => lines.find((candidate) => candidate.what === what);

describe("the estimate", () => {
  it("is 11.40 USD a month for the stacks as they are, without a single request", () => {
    const lines = linesOf(0);

    expect(total(lines)).toBeCloseTo(11.4);
    expect(lines.filter(({ atRest }) => atRest)).toEqual([
      { what: "web ACL", quantity: "1", cost: 5, atRest: true },
      { what: "rules of the web ACL", quantity: "6", cost: 6, atRest: true },
      { what: "secret", quantity: "1", cost: 0.4, atRest: true },
      { what: "dashboard", quantity: "1", cost: 0, atRest: true },
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
    });
  });

  it("takes off what is free for everybody, and nothing more", () => {
    const lines = linesOf(1_000_000);

    expect(line(lines, "messages published")?.cost).toBe(0);
    expect(line(lines, "function time")?.cost).toBe(0);
    expect(line(lines, "function runs")?.cost).toBeCloseTo(0.2);
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
