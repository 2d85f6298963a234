import { rmSync } from "node:fs";
import { App, Testing } from "cdktf";
import type { Construct } from "constructs";
import { type StackJson, stackJson } from "./stack-json";

/** What a construct makes on its own, in a stack that holds nothing else; cdktf puts hashes into the names there. */
export function synthesizeConstruct(make: (scope: Construct) => void): StackJson {
  const folders: string[] = [];
  try {
    return stackJson(
      Testing.synthScope((scope) => {
        folders.push(App.of(scope).outdir);
        make(scope);
      }),
    );
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
