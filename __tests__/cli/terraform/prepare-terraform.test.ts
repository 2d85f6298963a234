import { lockFile } from "../../../cli/terraform/prepare-terraform";
import { providerNames, providers } from "../../../cli/terraform/providers";

const blocks = (text: string) =>
  [
    ...text.matchAll(/^provider "registry\.terraform\.io\/hashicorp\/(\w+)" \{\n {2}version {5}= "(.*)"/gm),
  ].map(([, name, version]) => [name, version]);

describe("the lock file", () => {
  it("has the versions that the stacks' bindings are for", () => {
    expect(blocks(lockFile(false)).sort()).toEqual(
      providerNames.map((name) => [name, providers[name].version]).sort(),
    );
  });

  it("has a checksum of each provider for every platform, as HashiCorp published them", () => {
    for (const block of lockFile(false)
      .split(/^provider /m)
      .slice(1))
      expect(block.match(/"zh:[0-9a-f]{64}"/g)?.length).toBeGreaterThanOrEqual(12);
  });

  it("says nothing of the archive provider where a substitute is used", () => {
    expect(blocks(lockFile(true))).toEqual([["aws", providers.aws.version]]);
  });
});
