import { StandingClock } from "../../local/kernel/clock";

export interface Span {
  readonly milliseconds?: number;
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  readonly days?: number;
}

/** Stands still until a test moves it, so that no answer depends on how fast the machine is. */
export class TestClock extends StandingClock {
  constructor(now = Date.UTC(2025, 9, 26, 12)) {
    super(now);
  }

  advance(span: Span): void {
    this.move(millisecondsOf(span));
  }

  /** What `act` does happens that much later than now, or earlier; then it is now again. */
  async at<T>(span: Span, act: () => Promise<T>): Promise<T> {
    const before = this.now();
    this.advance(span);
    try {
      return await act();
    } finally {
      this.move(before - this.now());
    }
  }
}

function millisecondsOf({ milliseconds = 0, seconds = 0, minutes = 0, hours = 0, days = 0 }: Span): number {
  return milliseconds + 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days)));
}
