import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { bundleHandlers } from "../../../stacks/common/bundle";

/**
 * A process that says when it is ready, bundles a project's handlers as soon as it is told to, and prints each
 * handler's folder with the hash of the bundle found in it.
 */
const [project = "", ...handlers] = process.argv.slice(2);
process.stdin.once("data", () => {
  const bundled = [...bundleHandlers(handlers, project)].map(([handler, folder]) => {
    const code = readFileSync(path.join(folder, "index.mjs"));
    return [handler, path.basename(folder), createHash("sha256").update(code).digest("hex")];
  });
  process.stdout.write(JSON.stringify(bundled), () => process.exit());
});
process.stdout.write("ready\n");
