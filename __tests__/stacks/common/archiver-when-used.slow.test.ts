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

// That a synthesis does not load it is in reproducible.slow.test.ts, which synthesizes anyway.
it("archiver is there for whoever calls it, and for an asset that is an archive", () => {
  const script = `${quoted}
require("./stacks/common/archiver-when-used.ts");
const { App, AssetType, TerraformAsset, TerraformStack } = require("cdktf");
const app = new App({ outdir: ${JSON.stringify(folder)} });
const stack = new TerraformStack(app, "packed");
new TerraformAsset(stack, "asset", { path: ${JSON.stringify(__dirname)}, type: AssetType.ARCHIVE });
app.synth();
const archiver = require(require.resolve("archiver", { paths: [require.resolve("cdktf")] }));
process.stdout.write([archiver("zip"), archiver("tar")].map(({ append }) => typeof append).join());`;

  // As `main.ts` runs: Jest has modules of its own.
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", "./typescript.js", "-e", script], {
    cwd: PROJECT,
    encoding: "utf8",
  });

  expect([stdout, stderr]).toEqual(["function,function", ""]);
  const written = readdirSync(folder, { recursive: true, encoding: "utf8" });
  expect(written.map((name) => path.basename(name))).toContain("archive.zip");
});
