import fc from "fast-check";
import { allOf, anyOf, negationOf, type Outcome } from "../../../../local/services/wafv2/statement";
import { type Block, byteMatch, inspectorOf, rule } from "./fixture";

/** An expression, and its value by Kleene's tables: -1 no match, 0 not evaluated, 1 match. */
interface Expression {
  readonly block: Block;
  readonly value: number;
}

const leaves: Expression[] = [
  { block: byteMatch("/development"), value: 1 },
  { block: byteMatch("/elsewhere"), value: -1 },
  { block: { geo_match_statement: { country_codes: ["DE"] } }, value: 0 },
];

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const operands = fc.array(tie("expression"), { minLength: 1, maxLength: 3 });
  return {
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(...leaves),
      tie("expression").map(({ block, value }) => ({
        block: { not_statement: { statement: block } },
        value: -value,
      })),
      operands.map((parts) => ({
        block: { and_statement: { statement: parts.map(({ block }) => block) } },
        value: Math.min(...parts.map(({ value }) => value)),
      })),
      operands.map((parts) => ({
        block: { or_statement: [{ statement: parts.map(({ block }) => block) }] },
        value: Math.max(...parts.map(({ value }) => value)),
      })),
    ),
  };
});

describe("nested statements", () => {
  it("obey three-valued logic: what is not evaluated is neither a match nor the absence of one", () => {
    fc.assert(
      fc.property(expression, ({ block, value }) => {
        const { inspect, webAcls } = inspectorOf([rule(block, { name: "nested" })]);

        const verdict = inspect();

        const counted = webAcls.counts().find((count) => count.rule === "nested")?.action;
        expect(counted).toBe(value > 0 ? "BLOCK" : value === 0 ? "NOT_EVALUATED" : undefined);
        expect(verdict.action).toBe(value > 0 ? "BLOCK" : "ALLOW");
      }),
    );
  });

  it("obey De Morgan's laws", () => {
    const outcome = fc.constantFrom<Outcome[]>("match", "no match", "not evaluated");

    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        expect(negationOf(allOf(outcomes))).toBe(anyOf(outcomes.map(negationOf)));
        expect(negationOf(anyOf(outcomes))).toBe(allOf(outcomes.map(negationOf)));
      }),
    );
  });
});
