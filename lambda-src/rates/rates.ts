import { DependencyError } from "../common/dependency-error";
import { Circuit } from "./circuit";
import type { RateTable } from "./rate-table";

export interface RatesProps {
  /** Asks the provider. @throws DependencyError */
  readonly fetch: (signal: AbortSignal) => Promise<RateTable>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told each time the provider could not be asked; the error says why. */
  readonly onTrouble: (error: DependencyError) => void;
}

export interface CurrentRates {
  readonly table: RateTable;
  /** Whether the provider is down and this is the last that it said. */
  readonly stale: boolean;
}

/** Nobody asks the provider more than once a minute. */
const FRESH_MS = 60_000;
/** A rate of an hour ago is better than none; an older one is not. */
const STALE_MS = 60 * 60_000;
const CIRCUIT = { failuresToOpen: 3, openMs: 30_000 };

/**
 * The provider's table: asked for at most once a minute, by one call however many want it. While the provider is down, and
 * after three failures nobody even asks for half a minute, the last answer is given for up to an hour, and says that it is old.
 */
export class Rates {
  readonly #circuit: Circuit;
  #held: { readonly table: RateTable; readonly at: number } | undefined;
  #loading: Promise<RateTable> | undefined;

  constructor(private readonly props: RatesProps) {
    this.#circuit = new Circuit({ ...CIRCUIT, now: props.now });
  }

  /** @throws DependencyError when the provider is down and there is no answer that is recent enough */
  async current(signal: AbortSignal): Promise<CurrentRates> {
    const held = this.#held;
    const age = held === undefined ? Number.POSITIVE_INFINITY : this.props.now() - held.at;
    if (held !== undefined && age < FRESH_MS) return { table: held.table, stale: false };
    try {
      return { table: await this.#load(signal), stale: false };
    } catch (error) {
      if (!(error instanceof DependencyError)) throw error;
      this.props.onTrouble(error);
      if (held === undefined || age >= STALE_MS) throw error;
      return { table: held.table, stale: true };
    }
  }

  async #load(signal: AbortSignal): Promise<RateTable> {
    if (this.#circuit.isOpen)
      throw new DependencyError("unavailable", { operation: "rates:latest", reason: "the circuit is open" });
    this.#loading ??= this.#circuit
      .run(() => this.props.fetch(signal))
      .then((table) => {
        this.#held = { table, at: this.props.now() };
        return table;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }
}
