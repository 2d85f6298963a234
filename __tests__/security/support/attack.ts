import { Attacker } from "../../../local/console/defences/attacker";
import type { Attack, Finding } from "../../../local/console/defences/defence";
import { ATTACKS } from "../../../local/console/defences/rows";
import { findTarget } from "../../../local/console/defences/target";
import "../../support/run/attackers-key";
import type { TestAnswer, TestRuntime } from "../../support/local-runtime";
import type { Runtimes } from "../../support/use-runtime";
import type { Proof, Threat } from "./threats";

export interface Tried extends Finding {
  readonly answers: readonly TestAnswer[];
  /** The last one. */
  readonly answer: TestAnswer;
  readonly attacker: Attacker;
}

/** Does to a runtime what the console does to the one that it shows: an attack is defined once, for both. */
export async function tryOn({ scene }: Pick<TestRuntime, "scene">, attack: Attack): Promise<Tried> {
  const target = await findTarget(scene, attack);
  if (target === undefined) throw new Error("no route of the deployment can be attacked");
  const attacker = new Attacker(scene, target);
  const finding = await attack.run(attacker);
  const answers = attacker.answers.map(({ status, headers, body }) => ({
    ...{ status, body: body.toString() },
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  }));
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error(`nothing answered the attack ${attack.id}`);
  return { ...finding, answers, answer, attacker };
}

/** The console's attack on the threat of that row in docs/security.md. */
export function attackOn(threat: string): Attack {
  const found = ATTACKS.find((attack) => attack.threat === threat);
  if (found === undefined) throw new Error(`the console has no attack for ${JSON.stringify(threat)}`);
  return found;
}

/** The row of an attack, its test, and the same against what has not got the defence. */
export function proven(
  attack: Attack,
  {
    on,
    without,
    refuses,
    succeeds,
    expects = () => {},
    expectsWithout = () => {},
  }: {
    readonly on: TestRuntime;
    readonly without: Runtimes["without"];
    readonly refuses: string;
    readonly succeeds: string;
    /** Beyond that it was of no use. */
    readonly expects?: (tried: Tried) => void;
    readonly expectsWithout?: (tried: Tried) => void;
  },
): Threat {
  const { threat, defence } = attack;
  const refused: Proof = [
    refuses,
    async () => {
      const tried = await tryOn(on, attack);

      expect(tried).toMatchObject({ succeeded: false });
      expects(tried);
    },
  ];
  const succeeded: Proof = [
    succeeds,
    async () => {
      const tried = await tryOn(await without(defence), attack);

      expect(tried).toMatchObject({ succeeded: true });
      expectsWithout(tried);
    },
  ];
  const { layer, setting } = defence;
  return { ...{ threat, layer, setting }, attack: refused, counterpart: succeeded };
}
