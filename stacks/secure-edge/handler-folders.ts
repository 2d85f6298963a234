import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Config } from "../common/config";
import { HandlerError } from "../common/errors";
import { handlers } from "./handlers";
import { deployedRoutes, type Route } from "./route";

const LAMBDA_SRC = path.resolve(__dirname, "../../lambda-src");
const TABLE = "stacks/secure-edge/handlers/index.ts";

/** Those that events invoke, and no route: their stacks set them up themselves. */
const INVOKED_BY_EVENTS = ["internal"];

/**
 * The handlers that are deployed with these routes and settings.
 *
 * @throws as `checkHandlerFolders`
 */
export function deployedHandlers(routes: readonly Route[], config: Config): string[] {
  checkHandlerFolders(Object.keys(handlers));
  return [...INVOKED_BY_EVENTS, ...deployedRoutes(routes, config).map(({ handler }) => handler)];
}

/**
 * Holds the table of handlers to the folders of `lambda-src`.
 *
 * @throws HandlerError for a handler that has no folder, and for a folder that is not a handler's: its code would never run
 */
export function checkHandlerFolders(names: readonly string[], folder = LAMBDA_SRC): void {
  const isHandler = (name: string) => existsSync(path.join(folder, name, "index.ts"));
  for (const name of names) {
    if (!isHandler(name)) {
      throw new HandlerError(
        `the handler ${name} has no lambda-src/${name}/index.ts: write it, or take the handler out of ${TABLE}`,
      );
    }
  }
  for (const name of readdirSync(folder)) {
    if (isHandler(name) && !names.includes(name) && !INVOKED_BY_EVENTS.includes(name)) {
      throw new HandlerError(
        `lambda-src/${name} is a handler that nothing names: add it to ${TABLE}, or remove the folder`,
      );
    }
  }
}
