import { type ApiRoute, routesOf } from "../api";
import type { AttackRun, Comparison, Defence, Restart } from "../contract";
import { type Host, LOST, type Patch } from "../host";
import { CallError } from "../routes/call";
import type { View } from "../view";
import { Attacker, findTarget } from "./attacker";
import type { DefenceRow } from "./defence";
import { DEFENCES } from "./rows";

/** The defences of the deployment that is served: attacks on them, and taking them out and putting them back. */
export class DefenceDesk {
  readonly #rows: readonly DefenceRow[];
  readonly #runs = new Map<string, { withDefence?: AttackRun; withoutDefence?: AttackRun }>();
  #original: readonly ApiRoute[] | undefined;

  constructor(private readonly host: Host) {
    this.#rows = DEFENCES;
  }

  /** Those that the deployment has. */
  get total(): number {
    return this.#rows.filter((row) => this.#addresses(row).length > 0).length;
  }

  originalRoutes(): readonly ApiRoute[] {
    this.#original ??= routesOf(this.host.original);
    return this.#original;
  }

  /** The addresses that the defence is set at. */
  patches = (id: string): readonly string[] => {
    const row = this.#rows.find((candidate) => candidate.id === id);
    return row === undefined ? [] : this.#addresses(row);
  };

  list(): Defence[] {
    return this.#rows.map((row) => {
      const { id, owasp, threat, layer, setting } = row;
      const addresses = this.#addresses(row);
      return {
        ...{ id, owasp, threat, layer, setting, addresses },
        isOff: this.host.patched.includes(id),
        ...(addresses.length > 0
          ? {}
          : { unavailable: `the deployment sets no ${setting.replace(/:.*/, "")} that could be taken out` }),
        ...this.#runs.get(id),
      };
    });
  }

  async attack(view: View, id: string): Promise<AttackRun> {
    const row = this.#rowOf(id);
    const target = await findTarget(view);
    if (target === undefined)
      throw new CallError(
        409,
        "the attacks need a method with an authorizer, and a confirmed user of its pool: create one",
      );
    const attacker = new Attacker(view, target);
    const at = this.host.now();
    const defencesOff = this.host.patched;
    const finding = await row.attack(attacker);
    const run: AttackRun = { id, at, defencesOff, ...finding, exchanges: attacker.exchanges };
    const known = this.#runs.get(id) ?? {};
    if (defencesOff.length === 0) this.#runs.set(id, { ...known, withDefence: run });
    else if (defencesOff.includes(id)) this.#runs.set(id, { ...known, withoutDefence: run });
    return run;
  }

  /** @throws DeploymentError where the deployment cannot be served without it: all defences are back then */
  async switch(ids: readonly string[], isOff: boolean): Promise<Restart> {
    for (const id of ids) this.#rowOf(id);
    const others = this.host.patched.filter((id) => !ids.includes(id));
    return this.#serve(isOff ? [...others, ...ids] : others);
  }

  reset(): Promise<Restart> {
    return this.#serve([]);
  }

  async compare(view: View, id: string): Promise<Comparison> {
    const before = this.host.patched;
    try {
      await this.#serve([]);
      const withDefence = await this.attack(view, id);
      await this.#serve([id]);
      const withoutDefence = await this.attack(view, id);
      return { withDefence, withoutDefence };
    } finally {
      await this.#serve(before);
    }
  }

  /** Nothing is restarted where nothing changes. */
  async #serve(ids: readonly string[]): Promise<Restart> {
    const same = ids.length === this.host.patched.length && ids.every((id) => this.host.patched.includes(id));
    if (same) return { lost: [] };
    const patches = new Map<string, Patch>(ids.map((id) => [id, this.#rowOf(id).takeOut]));
    await this.host.serveWith(patches);
    return { lost: LOST };
  }

  #rowOf(id: string): DefenceRow {
    const row = this.#rows.find((candidate) => candidate.id === id);
    if (row === undefined)
      throw new CallError(404, `there is no defence ${JSON.stringify(id)}; GET /api/defences lists them`);
    if (this.#addresses(row).length === 0)
      throw new CallError(409, `${row.setting}: the deployment does not have this defence`);
    return row;
  }

  #addresses(row: DefenceRow): readonly string[] {
    return row.addresses(this.host.original);
  }
}
