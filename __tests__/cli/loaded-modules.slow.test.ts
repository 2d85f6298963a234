import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../../cli/common/project";
import { synthesizeToFolder } from "../support/synthesized-folder";
import { CommandProcess } from "./support/command-process";

const folder = mkdtempSync(path.join(tmpdir(), "loaded modules "));
const hook = path.join(folder, "hook.js");
const list = path.join(folder, "list.json");

beforeAll(() => {
  const write = `require("node:fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache)))`;
  writeFileSync(hook, `process.once("exit", () => ${write});`);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `npm start`, until it serves or ends by itself; gives the packages and the folders of this project that it loaded. */
async function loadedBy(...words: string[]): Promise<ReadonlySet<string>> {
  const started = new CommandProcess("start", words, {}, (argv) => ["--require", hook, ...argv]);
  if (!words.includes("--help")) {
    await started.says('"event":"started"');
    started.child.kill("SIGINT");
  }
  await started.ending();
  const files: string[] = JSON.parse(readFileSync(list, "utf8"));
  return new Set(files.map((file) => partOf(path.relative(PROJECT, file).split(path.sep))));
}

function partOf(names: readonly string[]): string {
  const inPackage = names.lastIndexOf("node_modules") + 1;
  const isScoped = names[inPackage]?.startsWith("@") === true;
  return names.slice(inPackage, inPackage + (inPackage === 0 || isScoped ? 2 : 1)).join("/");
}

describe("npm start", () => {
  it("loads no service to print its help", async () => {
    const loaded = await loadedBy("--help");

    expect(loaded).toContain("local/command");
    expect(
      [...loaded].filter((part) => /^(local\/(services|console|deployment|iam)|stacks)/.test(part)),
    ).toEqual(["stacks/common"]);
    for (const unused of ["cdktf", "constructs", "node-forge", "ajv", "yaml"])
      expect(loaded).not.toContain(unused);
  });

  it("loads neither the stacks' classes, nor an SDK, nor what makes certificates, to serve a folder", async () => {
    const { folder: out, remove } = synthesizeToFolder();

    const loaded = await loadedBy(
      "--out",
      out,
      "--port",
      "0",
      "--json",
      "--endpoints-file",
      path.join(folder, "e"),
    );
    remove();

    expect(loaded).toContain("local/services");
    expect([...loaded].filter((part) => /^(cdktf|@cdktf|@aws-sdk|node-forge)/.test(part))).toEqual([]);
  });
});
