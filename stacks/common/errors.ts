/** What the stacks refuse: the message says what was wrong, the value received and the remedy. */
export class StacksError extends Error {
  override readonly name: string = "StacksError";
}

/** A table of routes that no API can be built from. */
export class RouteError extends StacksError {
  override readonly name = "RouteError";
}

/** A name that AWS would refuse. */
export class NameError extends StacksError {
  override readonly name = "NameError";
}

/** A table of handlers that does not fit what is on disk. */
export class HandlerError extends StacksError {
  override readonly name = "HandlerError";
}
