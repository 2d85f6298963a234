import type { Deployment } from "../../deployment/deployment";
import { onceFor } from "../../kernel/once";
import { routesOf } from "../api";
import type { AttackRun, Comparison, Defence, Restart } from "../contract";
import { type Host, LOST, type Patch } from "../host";
import { CallError } from "../routes/call";
import type { View } from "../view";
import { Attacker } from "./attacker";
import type { Defence as Setting } from "./defence";
import { ATTACKS, type ListedAttack } from "./rows";
import { findTarget } from "./target";

/** The defences of the deployment that is served: attacks on them, and taking them out and putting them back. */
export class DefenceDesk {
  readonly #runs = new Map<string, { withDefence?: AttackRun; withoutDefence?: AttackRun }>();

  #work: Promise<unknown> = Promise.resolve();

  constructor(private readonly host: Host) {}

  /** Those that the deployment has; several attacks may be on the same one. */
  get total(): number {
    return new Set(ATTACKS.filter(({ id }) => this.#why(id) === undefined).map(({ defence }) => defence.id))
      .size;
  }

  /** The addresses that the defence is set at. */
  patches = (defenceId: string): readonly string[] =>
    this.#settings.find(({ id }) => id === defenceId)?.addresses(this.host.original) ?? [];

  list(): Defence[] {
    return ATTACKS.map((attack) => {
      const { id, owasp, threat, defence } = attack;
      const unavailable = this.#why(id);
      return {
        ...{ id, owasp, threat, defenceId: defence.id, layer: defence.layer, setting: defence.setting },
        addresses: defence.addresses(this.host.original),
        isOff: this.host.patched.includes(defence.id),
        ...(unavailable === undefined ? {} : { unavailable }),
        ...this.#runs.get(id),
      };
    });
  }

  attack(view: View, id: string): Promise<AttackRun> {
    return this.#inTurn(() => this.#run(view, id));
  }

  async #run(view: View, id: string): Promise<AttackRun> {
    const attack = this.#attackOf(id);
    const target = await findTarget(view, attack);
    if (target === undefined)
      throw new CallError(
        409,
        "the attacks need a method with an authorizer, and a confirmed user of its pool: create one",
      );
    const attacker = new Attacker(view, target);
    const at = this.host.now();
    const defencesOff = this.host.patched;
    const finding = await attack.run(attacker);
    const run: AttackRun = { id, at, defencesOff, ...finding, exchanges: attacker.exchanges };
    const known = this.#runs.get(id) ?? {};
    if (defencesOff.length === 0) this.#runs.set(id, { ...known, withDefence: run });
    else if (defencesOff.includes(attack.defence.id)) this.#runs.set(id, { ...known, withoutDefence: run });
    return run;
  }

  /** @throws DeploymentError where the deployment cannot be served without it: all defences are back then */
  switch(ids: readonly string[], isOff: boolean): Promise<Restart> {
    return this.#inTurn(() => {
      const others = this.host.patched.filter((id) => !ids.includes(id));
      return this.#serve(isOff ? [...others, ...ids] : others);
    });
  }

  reset(): Promise<Restart> {
    return this.#inTurn(() => this.#serve([]));
  }

  compare(view: View, id: string): Promise<Comparison> {
    return this.#inTurn(async () => {
      const before = this.host.patched;
      const { defence } = this.#attackOf(id);
      try {
        await this.#serve([]);
        const withDefence = await this.#run(view, id);
        await this.#serve([defence.id]);
        const withoutDefence = await this.#run(view, id);
        return { withDefence, withoutDefence };
      } finally {
        await this.#serve(before);
      }
    });
  }

  /** One after the other: a comparison puts back what it found, which must not be what another one took out meanwhile. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const work = this.#work.catch(() => {}).then(task);
    this.#work = work;
    return work;
  }

  /** Nothing is restarted where nothing changes. */
  async #serve(ids: readonly string[]): Promise<Restart> {
    const same = ids.length === this.host.patched.length && ids.every((id) => this.host.patched.includes(id));
    if (same) return { lost: [] };
    const patches = new Map<string, Patch>(ids.map((id) => [id, this.#settingOf(id).takeOut]));
    await this.host.serveWith(patches);
    return { lost: LOST };
  }

  get #settings(): readonly Setting[] {
    return ATTACKS.map(({ defence }) => defence);
  }

  #settingOf(id: string): Setting {
    const setting = this.#settings.find((candidate) => candidate.id === id);
    if (setting === undefined)
      throw new CallError(404, `there is no defence ${JSON.stringify(id)}; GET /api/defences lists them`);
    if (setting.addresses(this.host.original).length === 0)
      throw new CallError(409, `${setting.setting}: the deployment does not have this defence`);
    return setting;
  }

  #attackOf(id: string): ListedAttack {
    const attack = ATTACKS.find((candidate) => candidate.id === id);
    if (attack === undefined)
      throw new CallError(404, `there is no attack ${JSON.stringify(id)}; GET /api/defences lists them`);
    const why = this.#why(id);
    if (why !== undefined) throw new CallError(409, why);
    return attack;
  }

  /** Why the attack shows nothing in this deployment. */
  #why(attackId: string): string | undefined {
    return reasonsOf(this.host.original).get(attackId);
  }
}

/** Why attacks show nothing in this deployment, by their ids: found once, because every answer of the console counts the defences. */
const reasonsOf = onceFor((deployment: Deployment): ReadonlyMap<string, string> => {
  const routes = routesOf(deployment);
  const reasonOf = ({ defence, needs, aimsAt }: ListedAttack): string | undefined => {
    if (needs !== undefined && deployment.ofType(needs).length === 0) return `the deployment has no ${needs}`;
    if (defence.addresses(deployment).length === 0)
      return defence.turnedOnBy === undefined
        ? `the deployment sets no ${defence.setting.replace(/:.*/, "")} that could be taken out`
        : `off in this deployment: it takes ${defence.turnedOnBy}`;
    return aimsAt === undefined || routes.some((route) => aimsAt(route, deployment))
      ? undefined
      : "the deployment has no route for this attack";
  };
  return new Map(
    ATTACKS.flatMap((attack) => {
      const reason = reasonOf(attack);
      return reason === undefined ? [] : [[attack.id, reason] as const];
    }),
  );
});
