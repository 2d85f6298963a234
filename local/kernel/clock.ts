/** Where the runtime reads the time, so that tests can move it. Milliseconds since the epoch, as `Date.now()`. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
