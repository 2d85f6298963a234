import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const PROJECT = path.resolve(__dirname, "../../..");
// cdktf passes paths to a shell as they are: no blanks here, and the checkout's in quotes.
const quoted = `const shell = require("node:child_process");
const { execSync } = shell;
shell.execSync = (command, options) =>
  execSync(command.replaceAll(${JSON.stringify(PROJECT)}, (place) => JSON.stringify(place)), options);`;
const folder = mkdtempSync(path.join(tmpdir(), "archiver-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script as `main.ts` runs, Jest has modules of its own; says which packages of archiver it loaded. */
function run(script: string): { loaded: string[]; stderr: string } {
  const tell = `process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((file) => /node_modules.archiver.lib/.test(file))));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "./typescript.js", "-e", `${script}\n${tell}`],
    { cwd: PROJECT, encoding: "utf8", env: { ...process.env, CDKTF_OUTDIR: path.join(folder, "out") } },
  );
  return { loaded: JSON.parse(stdout || "[]"), stderr };
}

describe("archiver", () => {
  it("is not loaded by a synthesis", () => {
    expect(run('require("./main.ts");')).toEqual({ loaded: [], stderr: "" });
    expect(readdirSync(path.join(folder, "out"))).toContain("manifest.json");
  });

  it("is there for whoever calls it, and for an asset that is an archive", () => {
    const script = `${quoted}
require("./stacks/common/archiver-when-used.ts");
const { App, AssetType, TerraformAsset, TerraformStack } = require("cdktf");
const app = new App({ outdir: ${JSON.stringify(path.join(folder, "packed"))} });
const stack = new TerraformStack(app, "packed");
new TerraformAsset(stack, "asset", { path: ${JSON.stringify(__dirname)}, type: AssetType.ARCHIVE });
app.synth();
const archiver = require(require.resolve("archiver", { paths: [require.resolve("cdktf")] }));
if (typeof archiver("zip").append !== "function" || typeof archiver("tar").append !== "function") throw new Error("another one");`;

    const { loaded, stderr } = run(script);

    expect(stderr).toBe("");
    expect(loaded).not.toEqual([]);
    const written = readdirSync(path.join(folder, "packed"), { recursive: true, encoding: "utf8" });
    expect(written.map((name) => path.basename(name))).toContain("archive.zip");
  });
});
