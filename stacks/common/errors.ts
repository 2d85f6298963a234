/** A table of routes that no API can be made of. */
export class RouteError extends Error {
  override readonly name = "RouteError";
}
