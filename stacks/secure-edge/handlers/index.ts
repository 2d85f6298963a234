import { external } from "./external";
import { rates } from "./rates";

/** The handlers that a route may name, by their folders in `lambda-src`. */
export const handlers = {
  external,
  rates,
};

export type HandlerName = keyof typeof handlers;
