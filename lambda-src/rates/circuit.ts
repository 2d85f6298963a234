export interface CircuitProps {
  /** After so many failures in a row no call is made. */
  readonly failuresToOpen: number;
  /** How long; then one call may try. */
  readonly openMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Keeps calls from a service that is down: its callers are answered at once, and it has time to recover. Each instance of
 * the function has its own.
 */
export class Circuit {
  #failures = 0;
  #closedFrom = 0;

  constructor(private readonly props: CircuitProps) {}

  get isOpen(): boolean {
    return this.#failures >= this.props.failuresToOpen && this.props.now() < this.#closedFrom;
  }

  /** What `call` gives; its failure counts. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.#failures = 0;
      return result;
    } catch (error) {
      this.#failures += 1;
      this.#closedFrom = this.props.now() + this.props.openMs;
      throw error;
    }
  }
}
