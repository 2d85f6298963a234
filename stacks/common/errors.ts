/** A table of routes that no API can be built from. */
export class RouteError extends Error {
  override readonly name = "RouteError";
}

/** A name that AWS would refuse. */
export class NameError extends Error {
  override readonly name = "NameError";
}

/** A table of handlers that does not fit what is on disk. */
export class HandlerError extends Error {
  override readonly name = "HandlerError";
}
