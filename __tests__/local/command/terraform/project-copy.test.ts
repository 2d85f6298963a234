import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ProjectCopy } from "../../../../local/command/terraform/project-copy";
import { programsIn } from "../../../../local/command/terraform/provisioners";

let folder: string;
let copy: ProjectCopy | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "project copy "));
});

afterEach(() => {
  copy?.remove();
  copy = undefined;
  rmSync(folder, { recursive: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

function copyOf(name: string): ProjectCopy {
  copy = ProjectCopy.create(path.join(folder, name));
  return copy;
}

describe("a copy of a Terraform project", () => {
  it("has the modules beside the root module and what they are next to, and nothing above", () => {
    write({
      "a/infra/dev/main.tf":
        'module "m" {\n  source = "../../modules/m"\n}\nresource "x" "y" { source = "./file.txt" }',
      "a/infra/dev/file.txt": "",
      "a/modules/m/main.tf": "locals {}",
      "b/other.tf": "",
    });

    const { root, base } = copyOf("a/infra/dev");

    expect(path.relative(base, root)).toBe(path.join("infra", "dev"));
    expect(readdirSync(base).sort()).toEqual(["infra", "modules"]);
  });

  it("is of the whole repository, without its history, its providers and its states", () => {
    write({
      ".git/HEAD": "",
      "lambda/index.js": "",
      "infra/main.tf": "locals {}",
      "infra/.terraform.lock.hcl": "",
      "infra/.terraform/terraform.tfstate": "{}",
      "infra/terraform.tfstate": "{}",
      "infra/terraform.tfstate.backup": "{}",
    });

    const { root, base } = copyOf("infra");

    expect(readdirSync(base).sort()).toEqual(["infra", "lambda"]);
    expect(readdirSync(root).sort()).toEqual([
      ".terraform.lock.hcl",
      "main.tf",
      "zz_secure_lambda_local_override.tf",
    ]);
  });

  it("runs without an account: the user's keys, profiles and endpoints are left out, their variables stay", () => {
    write({ "main.tf": 'provider "aws" {\n  profile = "work"\n}' });
    const env = {
      ...{ PATH: "/bin", AWS_PROFILE: "work", AWS_SECRET_ACCESS_KEY: "real", AWS_REGION: "eu-west-1" },
      ...{
        TF_VAR_stage: "dev",
        TF_CLI_CONFIG_FILE: "/rc",
        TF_WORKSPACE: "production",
        TF_CLI_ARGS: "-lock=false",
      },
    };

    const given = copyOf(".").environment("http://127.0.0.1:5000", env);

    expect(given).toMatchObject({
      ...{ PATH: "/bin", AWS_REGION: "eu-west-1", TF_VAR_stage: "dev", TF_CLI_CONFIG_FILE: "/rc" },
      ...{ AWS_ENDPOINT_URL: "http://127.0.0.1:5000", AWS_SECRET_ACCESS_KEY: "moto" },
    });
    expect(Object.keys(given)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(AWS_PROFILE|TF_WORKSPACE|TF_CLI_ARGS)$/)]),
    );
    expect(readFileSync(String(given.AWS_CONFIG_FILE), "utf8")).toContain("[profile work]\n");
  });

  it.each([
    ["is not there", "none", "none is not there; name the folder of the root module"],
    ["has no sources", ".", "has no Terraform sources (*.tf, *.tf.json)"],
  ])("is not created of a folder that %s", (_what, name, message) => {
    expect(() => copyOf(name)).toThrow(message);
  });
});

describe("the programs that Terraform starts", () => {
  const programs = () => programsIn({ root: folder, base: folder });

  it("are named with their place, of the root module and of every module that init has found", () => {
    write({
      "main.tf": `resource "null_resource" "a" {
  provisioner "local-exec" {
    command = "make"
  }
  provisioner "remote-exec" { inline = ["ls"] }
}
data "external" "sha" {
  program = ["git", "rev-parse", "HEAD"]
}`,
      "lib/m.tf.json": JSON.stringify({
        resource: { null_resource: { b: { provisioner: [{ "local-exec": { command: "npm ci" } }] } } },
        data: { external: { c: { program: ["date"] } } },
      }),
      ".terraform/modules/modules.json": JSON.stringify({
        Modules: [{ Dir: "." }, { Key: "m", Dir: "lib" }],
      }),
      "unused/n.tf": 'provisioner "file" {}',
    });

    expect(programs()).toEqual([
      'main.tf:2: local-exec of null_resource.a: "make"',
      'main.tf:5: remote-exec of null_resource.a: ["ls"] }',
      'main.tf:7: external: ["git", "rev-parse", "HEAD"]',
      'lib/m.tf.json: resource.null_resource.b.provisioner: [{"local-exec":{"command":"npm ci"}}]',
      'lib/m.tf.json: data.external: {"c":{"program":["date"]}}',
    ]);
  });

  it("are not what is in a comment, and are what is after a string with a comment's characters", () => {
    write({
      "main.tf": `# provisioner "local-exec" {
// provisioner "local-exec" {
/* provisioner "local-exec" { */
locals { url = "https://example.com/*" }
resource "null_resource" "a" {
  provisioner "local-exec" {
  }
}`,
    });

    expect(programs()).toEqual(["main.tf:6: local-exec of null_resource.a"]);
  });
});
