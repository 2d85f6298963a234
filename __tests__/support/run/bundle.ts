import { cpSync } from "node:fs";
import { bundleHandler as bundleAnew } from "../../../stacks/common/bundle";
import { folderOnceARun } from "./once-a-run";

/**
 * The bundle of a handler's sources as they are when the run needs it first. Jest puts this in place of
 * `stacks/common/bundle` where a construct imports it, so that not each suite of stacks starts esbuild for the same bytes;
 * the bundler's own tests import the real one.
 */
export function bundleHandler(handler: string): string {
  return folderOnceARun(`bundle-${handler}`, (folder) => {
    cpSync(bundleAnew(handler), folder, { recursive: true });
  });
}

export function bundleHandlers(handlers: readonly string[]): ReadonlyMap<string, string> {
  return new Map(handlers.map((handler) => [handler, bundleHandler(handler)]));
}
