import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ArchiveProvider } from "@cdktf/provider-archive/lib/provider";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import {
  describeInstallation,
  findProviders,
  providerInstallationBlock,
  type Surroundings,
  surroundings,
} from "../../../cli/terraform/provider-installation";
import { mirrorPlaces, providers } from "../../../cli/terraform/providers";

describe("where Terraform's providers come from", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "mirrors "));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const AWS = "aws/5.100.0/linux_amd64/terraform-provider-aws_v5.100.0_x5";
  const ARCHIVE = "archive/2.7.1/linux_amd64/terraform-provider-archive_v2.7.1_x5";

  const mirror = (name: string, ...files: string[]) => {
    for (const file of files) {
      const target = path.join(folder, name, "registry.terraform.io", "hashicorp", file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, "");
    }
    return path.join(folder, name);
  };

  const around = (changes: Partial<Surroundings>): Surroundings => ({
    env: {},
    places: [],
    platform: { os: "linux", arch: "amd64" },
    registryAnswers: async () => false,
    buildArchiveProvider: async () => "/built",
    ...changes,
  });

  it("is a mirror that has both, and the registry is not even asked", async () => {
    const registryAnswers = jest.fn(async () => true);
    const place = mirror("a", AWS, ARCHIVE);

    const found = await findProviders(around({ places: [place], registryAnswers }));

    expect(found).toEqual({
      aws: { kind: "mirror", mirror: place },
      archive: { kind: "mirror", mirror: place },
    });
    expect(registryAnswers).not.toHaveBeenCalled();
  });

  it("is a mirror as Terraform writes one, with zips", async () => {
    const place = mirror(
      "a",
      "aws/terraform-provider-aws_5.100.0_linux_amd64.zip",
      "archive/terraform-provider-archive_2.7.1_linux_amd64.zip",
    );

    expect((await findProviders(around({ places: [place] }))).aws).toEqual({ kind: "mirror", mirror: place });
  });

  it("is the registry, where it answers, for what no mirror has", async () => {
    const place = mirror("a", AWS);

    const found = await findProviders(around({ places: [place], registryAnswers: async () => true }));

    expect(found).toEqual({ aws: { kind: "mirror", mirror: place }, archive: { kind: "registry" } });
  });

  it("is this project's own archive provider, where there is no other", async () => {
    const place = mirror("a", AWS);

    const found = await findProviders(around({ places: [place] }));

    expect(found.archive).toEqual({ kind: "built", mirror: "/built" });
    expect(describeInstallation(found)).toBe(
      `aws 5.100.0 from ${place}, archive 2.7.1 built from cli/terraform/archive-provider`,
    );
  });

  it.each([
    ["another version", "aws/5.99.0/linux_amd64/terraform-provider-aws_v5.99.0_x5"],
    ["another platform", "aws/5.100.0/darwin_arm64/terraform-provider-aws_v5.100.0_x5"],
    ["an empty folder", "aws/5.100.0/linux_amd64/LICENSE.txt"],
  ])("is not a mirror with %s", async (_what, file) => {
    const place = mirror("a", file, ARCHIVE);

    await expect(findProviders(around({ places: [place] }))).rejects.toThrow(
      /hashicorp\/aws 5\.100\.0 is missing.*\nremedy: .*terraform providers mirror/,
    );
  });

  it("is nowhere for the archive provider without mirror, registry and Go, and the error says how to get it", async () => {
    const place = mirror("a", AWS);

    await expect(findProviders(around({ places: [place], buildArchiveProvider: undefined }))).rejects.toThrow(
      /hashicorp\/archive 2\.7\.1 is missing.*\nremedy: install Go/,
    );
  });

  it("is looked for in TF_PLUGIN_MIRROR first, then where Terraform itself looks", () => {
    const places = mirrorPlaces({ TF_PLUGIN_MIRROR: "/mine", XDG_DATA_DIRS: "/x:/y" }, "/users/ada");

    expect(places.slice(0, 2)).toEqual(["/mine", "/users/ada/.terraform.d/plugins"]);
    expect(places).toEqual(
      expect.arrayContaining(["/users/ada/.local/share/terraform/plugins", "/y/terraform/plugins"]),
    );
  });

  it("has the versions that the stacks' bindings are for", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    const versions = [new AwsProvider(stack, "aws"), new ArchiveProvider(stack, "archive")].map(
      ({ terraformGeneratorMetadata }) => terraformGeneratorMetadata?.providerVersion,
    );

    expect(versions).toEqual([providers.aws.version, providers.archive.version]);
  });

  it("is in the CLI configuration, each provider with its own place", () => {
    const text = providerInstallationBlock({
      aws: { kind: "mirror", mirror: '/a "b"' },
      archive: { kind: "registry" },
    });

    expect(text).toBe(
      [
        "provider_installation {",
        "  filesystem_mirror {",
        '    path    = "/a \\"b\\""',
        '    include = ["hashicorp/aws"]',
        "  }",
        "  direct {",
        '    include = ["hashicorp/archive"]',
        "  }",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("takes a substitute for the archive provider for moto alone, unless it is asked for by name", () => {
    const go = path.join(folder, "go");
    writeFileSync(go, "", { mode: 0o755 });
    const builds = (forMoto: boolean, env = {}) =>
      surroundings(forMoto, { PATH: folder, ...env }).buildArchiveProvider !== undefined;

    expect([builds(true), builds(false), builds(false, { ARCHIVE_PROVIDER: "stand-in" })]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
