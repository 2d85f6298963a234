import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ownCliConfig, writeCliConfig } from "../../../cli/terraform/cli-config";

describe("the Terraform CLI's configuration", () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "home "));
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const put = (name: string, text: string) => {
    writeFileSync(path.join(home, name), text);
    return path.join(home, name);
  };

  it("is the user's own: the file that the variable names, else the one in the home folder", () => {
    const places = { home, platform: "linux" };
    const named = put("named.tfrc", "# named");

    expect(ownCliConfig({}, places)).toBeUndefined();
    const standard = put(".terraformrc", "# standard");
    expect(ownCliConfig({}, places)?.file).toBe(standard);
    expect(ownCliConfig({ TF_CLI_CONFIG_FILE: named }, places)?.file).toBe(named);
    const windows = put("terraform.rc", "# windows");
    expect(ownCliConfig({ APPDATA: home }, { home: "/nobody", platform: "win32" })?.file).toBe(windows);
  });

  it.each([
    ["provider_installation {\n  direct {}\n}\n", true],
    ['{"provider_installation": {}}', true],
    ['# provider_installation, some day\nplugin_cache_dir = "/cache"\n', false],
  ])("that says %j about providers is left alone: %s", (text, installsProviders) => {
    const TF_CLI_CONFIG_FILE = put("own.tfrc", text);

    expect(ownCliConfig({ TF_CLI_CONFIG_FILE })).toMatchObject({ installsProviders });
  });

  it("keeps everything that the user's own says, when the providers' places are added, for nobody else to read", () => {
    const TF_CLI_CONFIG_FILE = put("own.tfrc", 'credentials "app.terraform.io" {\n  token = "t"\n}\n');
    const file = path.join(home, "merged.tfrc");

    writeCliConfig(
      file,
      { aws: { kind: "mirror", mirror: "/m" }, archive: { kind: "registry" } },
      ownCliConfig({ TF_CLI_CONFIG_FILE }),
    );

    const merged = readFileSync(file, "utf8");
    expect(merged).toMatch(/^credentials "app.terraform.io" \{\n {2}token = "t"\n\}\n/);
    expect(merged).toContain("provider_installation {");
  });
});
