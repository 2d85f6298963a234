import { rmSync } from "node:fs";
import { runFolder } from "./once-a-run";

/** Jest's global teardown. */
export default function endRun(): void {
  rmSync(runFolder(), { recursive: true, force: true });
}
