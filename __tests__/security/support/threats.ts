import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withSection } from "./security-document";

/** A test: its name, and what it does. */
export type Proof = readonly [name: string, prove: () => void | Promise<void>];
/** Several tests of the same; the document names the first. */
export type Proofs = Proof | readonly [Proof, ...Proof[]];

/** The defence is AWS's own or the code's, and no argument of Terraform's switches it off. */
export const BUILT_IN = Symbol("built in");
/** Stands for the counterpart of a defence that nothing takes out: the same attack cannot be made to succeed. */
export const NOTHING_TAKES_IT_OUT = Symbol("nothing takes it out");

interface Attempt {
  /** `undefined` for a variant of another threat: it is tested, and has no row of its own. */
  readonly threat: string | undefined;
  /** What refuses the attack: `Cognito authorizer`. */
  readonly layer: string;
  /** The attack is refused. */
  readonly attack: Proofs;
}

/** The argument that is the defence, as it is in the synthesized JSON, and the same attack with that taken out. */
interface BySetting {
  /** `aws_api_gateway_method.authorization` */
  readonly setting: string;
  readonly counterpart: Proofs;
}

interface ByItself {
  readonly setting: typeof BUILT_IN;
  readonly counterpart: Proofs | typeof NOTHING_TAKES_IT_OUT;
}

export type Threat = Attempt & (BySetting | ByItself);

/**
 * Registers the threats of one category of the OWASP API Security Top 10: the attack and its counterpart as tests, and the row of
 * `docs/security.md`, which a test compares with the document. `UPDATE_DOCS=1` writes the category's table.
 *
 * @param category 1 for `API1:2023`, or the login page
 */
export function threatsOf(category: number, testFile: string): (threat: Threat) => void {
  const registered = new Set<Proof>();
  const rows: string[] = [];
  const file = path.basename(testFile);

  it("is in docs/security.md, threat by threat (UPDATE_DOCS=1 npx jest -i security writes it)", () => {
    const document = path.resolve(__dirname, "../../../docs/security.md");
    const text = readFileSync(document, "utf8");
    const expected = withSection(text, category, rows);

    if (process.env.UPDATE_DOCS) writeFileSync(document, expected);

    expect(process.env.UPDATE_DOCS ? expected : text).toBe(expected);
  });

  return ({ threat, layer, setting, attack, counterpart }) => {
    const link = (proofs: Proofs) => {
      const [first, ...others] = isOne(proofs) ? [proofs] : proofs;
      // One test may be the counterpart of several threats.
      for (const proof of [first, ...others].filter((one) => !registered.has(one))) {
        registered.add(proof);
        check(proof);
      }
      return `[${first[0].replace(/[[\]<>*_]/g, "\\$&")}](../__tests__/security/${file})`;
    };
    const cells = [
      threat ?? "",
      layer,
      setting === BUILT_IN ? "built in" : setting.replace(/\baws_\w+(\.\w+)*/g, "`$&`"),
      link(attack),
      counterpart === NOTHING_TAKES_IT_OUT ? "" : link(counterpart),
    ];
    if (threat !== undefined)
      rows.push(`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  };
}

/** A test that is not about a threat of its own. */
export function check([name, prove]: Proof): void {
  it(name, async () => {
    await prove();
  });
}

/** The same test of each of these. */
export function each<T>(cases: readonly T[], proof: (one: T) => Proof): readonly [Proof, ...Proof[]] {
  const [first, ...others] = cases.map(proof);
  if (first === undefined) throw new Error("there is no case: a threat needs an attack");
  return [first, ...others];
}

function isOne(proofs: Proofs): proofs is Proof {
  return typeof proofs[0] === "string";
}
