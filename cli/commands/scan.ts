import path from "node:path";
import type { CommandContext } from "../../local/command/command";
import { settings } from "../../stacks/common/settings";
import { accepted } from "../scanning/accepted";
import { findCheckov, scan } from "../scanning/checkov";
import { configurations, judge } from "../scanning/judge";
import { makeSynthesisFolder, synthesize } from "../serving/synthesize";

/** Scans the stacks with checkov in each configuration: no failure without a reason, and no reason without a failure. */
export async function scanStacks(
  { json }: { readonly json: boolean },
  { project, stdout, signal }: CommandContext,
): Promise<number> {
  const local = path.join(project, ".local");
  const checkov = findCheckov(local, (line) => process.stderr.write(`${line}\n`));
  // The caller's own settings are not scanned: empty means the default.
  const none = Object.fromEntries(Object.keys(settings).map((name) => [name, ""]));
  const scans = [];
  for (const configuration of configurations) {
    const { folder, remove } = makeSynthesisFolder(local);
    try {
      await synthesize(folder, { ...none, ...configuration.settings }, signal);
      scans.push({ configuration, scan: await scan(checkov, folder, signal) });
    } finally {
      remove();
    }
  }
  const problems = judge(scans, accepted);
  const rows = scans.map(({ configuration, scan: { passed, failed } }) => ({
    configuration: configuration.name,
    passed: passed.length,
    accepted: failed.length,
  }));
  if (json) stdout.write(`${JSON.stringify({ scans: rows, problems }, null, 2)}\n`);
  else {
    for (const row of rows)
      stdout.write(`${row.configuration}: ${row.passed} checks passed, ${row.accepted} failed\n`);
    for (const problem of problems) stdout.write(`FAIL  ${problem}\n`);
    const reasons = Object.keys(accepted).length;
    if (problems.length === 0)
      stdout.write(`every failure has its reason (${reasons} ids, docs/compliance.md)\n`);
  }
  return problems.length > 0 ? 1 : 0;
}
