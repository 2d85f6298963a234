import type { View } from "../view";

/** A call of the console's API. */
export interface Call {
  readonly view: View;
  readonly query: URLSearchParams;
  /** Of the path: `{id}`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A call that cannot be answered: what was wrong, what was received, the remedy. */
export class CallError extends Error {
  override readonly name = "CallError";

  constructor(
    readonly status: 400 | 404 | 409,
    message: string,
  ) {
    super(message);
  }
}
