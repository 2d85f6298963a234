import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../../../cli/common/project";

/** Has a process write down, at its end, which modules it has loaded. */
export class LoadedModules {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "loaded modules "));
  readonly #hook = path.join(this.#folder, "hook.js");
  readonly #list = path.join(this.#folder, "list.json");

  constructor() {
    const write = `require("node:fs").writeFileSync(${JSON.stringify(this.#list)}, JSON.stringify(Object.keys(require.cache)))`;
    writeFileSync(this.#hook, `process.once("exit", () => ${write});`);
  }

  /** The process's command line with that. */
  readonly watch = (argv: readonly string[]): readonly string[] => ["--require", this.#hook, ...argv];

  /** The packages, and the folders of this project, of which it loaded something: `cdktf`, `local/services`. */
  get parts(): ReadonlySet<string> {
    const files: string[] = JSON.parse(readFileSync(this.#list, "utf8"));
    return new Set(files.map((file) => partOf(path.relative(PROJECT, file).split(path.sep))));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

function partOf(names: readonly string[]): string {
  const inPackage = names.lastIndexOf("node_modules") + 1;
  const isScoped = names[inPackage]?.startsWith("@") === true;
  return names.slice(inPackage, inPackage + (inPackage === 0 || isScoped ? 2 : 1)).join("/");
}
