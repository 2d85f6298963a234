import type { Clock } from "../../../local/kernel/clock";

/** The system's time, moved: it goes on, so that throttles refill, and can be set forward and back. */
export class MovableClock implements Clock {
  #shiftMs = 0;
  #stoppedAt: number | undefined;

  now(): number {
    return (this.#stoppedAt ?? Date.now()) + this.#shiftMs;
  }

  /** No time passes while `act` runs, however slow the machine is. */
  async stopped<T>(act: () => Promise<T>): Promise<T> {
    this.#stoppedAt = Date.now();
    try {
      return await act();
    } finally {
      this.#stoppedAt = undefined;
    }
  }

  /** What `act` does happens that much later than now; then the time is the system's again. */
  async at<T>({ minutes }: { readonly minutes: number }, act: () => Promise<T>): Promise<T> {
    this.#shiftMs = minutes * 60_000;
    try {
      return await act();
    } finally {
      this.#shiftMs = 0;
    }
  }
}
