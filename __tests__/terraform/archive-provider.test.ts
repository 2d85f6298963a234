import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT } from "../../cli/common/project";
import { buildArchiveProvider } from "../../cli/terraform/archive-provider/build";
import { findProviders, surroundings } from "../../cli/terraform/provider-installation";
import { hasProvider, platformOf } from "../../cli/terraform/providers";
import { checkTools } from "../../local/command/terraform/tools";
import { runProcess } from "./support/run-process";

const go = checkTools().go.command;

if (go === undefined) {
  it("the archive provider of this project is not needed where there is no Go: the real one is there", async () => {
    expect((await findProviders(surroundings(true))).archive.kind).not.toBe("built");
  });
} else {
  describe("the archive provider of this project", testsOfOwnProvider);
}

function testsOfOwnProvider(): void {
  const command = String(go);
  const platform = platformOf(process);
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), "providers "));
  });

  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it("passes its own tests", async () => {
    const cwd = path.join(PROJECT, "cli", "terraform", "archive-provider");

    const { code, lines } = await runProcess(command, ["test", "./..."], { cwd, env: environment() });

    expect({ code, lines }).toEqual({ code: 0, lines: [expect.stringMatching(/^ok\s/)] });
  });

  it("is built once into a mirror that Terraform can use, also by two runs at once", async () => {
    const mirrors = await Promise.all([
      buildArchiveProvider(command, platform, cache),
      buildArchiveProvider(command, platform, cache),
    ]);
    const later = await buildArchiveProvider("/no/go/is/needed", platform, cache);

    expect(new Set([...mirrors, later]).size).toBe(1);
    expect(hasProvider(later, "archive", platform)).toBe(true);
    expect(readdirSync(cache)).toEqual([path.basename(later)]);
  });

  it("leaves nothing behind when it cannot be built, and says why", async () => {
    await expect(buildArchiveProvider(command, { os: "plan10", arch: "amd64" }, cache)).rejects.toThrow(
      /the archive provider cannot be built\n.*plan10/,
    );

    expect(readdirSync(cache)).toEqual([]);
  });
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
