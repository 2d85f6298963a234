import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Value } from "../../../local/deployment/attributes";
import { bundleHandler } from "../../support/run/bundle";

/**
 * The stacks as they were synthesized and as Terraform 1.11.4 deployed them, with AWS provider 5.100.0, to moto 5.2.1: the
 * two routes of the table and, so that everything a stack can have is there, `PUT /orders/{id}` with an API key and a limit
 * of its own, `GET /orders` open to anybody, one API client, a CORS origin and a second block in the IP set.
 *
 * `record.ts` recorded both in one run: a change of the stacks makes neither wrong. `npm run test:terraform` compares the stacks as
 * they are now.
 */
export type ShowJson = { [stack: string]: { values: { root_module: { resources: StateResource[] } } } };

export interface StateResource {
  address: string;
  type: string;
  values: { [key: string]: Value };
}

/** What `terraform show -json` printed, by stack; each call gives a copy of its own. */
export function recordedStates(): ShowJson {
  return readJson("terraform-show.json");
}

export function resourcesIn(states: ShowJson): StateResource[] {
  return Object.values(states).flatMap(({ values }) => values.root_module.resources);
}

/** A folder with the synthesized stacks and the bundles of today's handlers; the caller removes it. */
export function recordedFolder(folder = mkdtempSync(path.join(tmpdir(), "secure lambda "))): {
  folder: string;
  stackFolders: Record<string, string>;
  remove(): void;
} {
  const stacks =
    readJson<Record<string, { data: { archive_file: Record<string, { source_dir: string }> } }>>(
      "synthesized.json",
    );
  for (const [name, json] of Object.entries(stacks)) {
    const stackFolder = path.join(folder, "stacks", name);
    mkdirSync(stackFolder, { recursive: true });
    writeFileSync(path.join(stackFolder, "cdk.tf.json"), JSON.stringify(json));
    for (const { source_dir } of Object.values(json.data.archive_file)) {
      const [bundle, code] = [bundleHandler(path.basename(source_dir)), path.join(stackFolder, source_dir)];
      mkdirSync(code, { recursive: true });
      for (const file of readdirSync(bundle)) linkSync(path.join(bundle, file), path.join(code, file));
    }
  }
  return {
    folder,
    stackFolders: Object.fromEntries(
      Object.keys(stacks).map((name) => [name, path.join(folder, "stacks", name)]),
    ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(__dirname, name), "utf8"));
}
