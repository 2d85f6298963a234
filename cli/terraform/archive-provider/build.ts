import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../../local/kernel/user-error";
import { PROJECT } from "../../common/project";
import { type Platform, providerFolder, providers } from "../providers";

/** The Go sources. */
const SOURCES = __dirname;

/**
 * A provider mirror with an archive provider built from this project's Go sources, for machines that reach no registry.
 *
 * The mirror is named by the sources it was built from and appears whole: a second run finds it, two at once do not
 * disturb each other.
 *
 * @param cache where mirrors are kept
 * @throws UserError with what the compiler said
 */
export async function buildArchiveProvider(
  go: string,
  platform: Platform,
  cache: string = path.join(PROJECT, ".local", "providers"),
): Promise<string> {
  const mirror = path.join(cache, `archive-${hashOfSources(platform)}`);
  if (existsSync(mirror)) return mirror;

  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(path.join(cache, "draft-"));
  try {
    const { version } = providers.archive;
    const binary = `terraform-provider-archive_v${version}_x5${platform.os === "windows" ? ".exe" : ""}`;
    await compile(go, platform, path.join(providerFolder(draft, "archive", platform), binary));
    renameSync(draft, mirror);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(mirror)) throw error;
  }
  return mirror;
}

function hashOfSources(platform: Platform): string {
  const hash = createHash("sha256").update(`${platform.os}_${platform.arch}`);
  const names = readdirSync(SOURCES).filter((name) => /^go\.(mod|sum)$|(?<!_test)\.go$/.test(name));
  for (const name of names.sort()) hash.update(name).update(readFileSync(path.join(SOURCES, name)));
  return hash.digest("hex").slice(0, 16);
}

async function compile(go: string, { os, arch }: Platform, binary: string): Promise<void> {
  try {
    await promisify(execFile)(
      go,
      ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, "."],
      { cwd: SOURCES, env: { ...process.env, GOOS: os, GOARCH: arch, CGO_ENABLED: "0" } },
    );
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? error.stderr : error;
    throw new UserError(`the archive provider cannot be built\n${String(said).trim()}`);
  }
}
