/** What the stack sets in the environment of the function that the `internal` handler serves: nothing of its own. */
export type InternalEnv = Record<never, string>;
