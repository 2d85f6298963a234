/** Failures that a user asked for with `--fault`. */
export interface Faults {
  /**
   * Called where a service is about to do its work. Throws the service's own error, or waits (a timeout), when a fault
   * for it is due; returns otherwise.
   */
  strike(service: string): Promise<void>;
}

export const noFaults: Faults = { strike: () => Promise.resolve() };
