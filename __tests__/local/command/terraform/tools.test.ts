import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkTools, refuseOldTerraform } from "../../../../local/command/terraform/tools";

describe("the programs that a deployment to this machine needs", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tools "));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const program = (name: string, text: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    return file;
  };

  it("are looked for on the path", () => {
    const terraform = program("terraform", "#!/bin/sh\n");
    writeFileSync(path.join(folder, "go"), "not a program");

    const tools = checkTools({ PATH: `${path.join(folder, "nowhere")}${path.delimiter}${folder}` });

    expect(tools.terraform.command).toBe(terraform);
    expect(tools.go.command).toBeUndefined();
    expect(tools.go.remedy).toMatch(/install Go/);
  });

  it("have no moto where no Python can import it", () => {
    program("python3", "#!/bin/sh\nexit 1\n");

    expect(checkTools({ PATH: folder }).moto).toMatchObject({
      command: undefined,
      remedy: expect.stringContaining("pip install 'moto[server]"),
    });
  });

  it("have the Python of moto's own virtual environment, when its script names one", () => {
    program("python3", "#!/bin/sh\nexit 1\n");
    const own = program("venv/bin/python3.12", "#!/bin/sh\nexit 0\n");
    program("moto_server", `#!${own}\n`);

    expect(checkTools({ PATH: folder }).moto.command).toBe(own);
  });

  it("have the first Python on the path that can import moto, when a script names none", () => {
    program("python3", "#!/bin/sh\nexit 1\n");
    const python = program("python", "#!/bin/sh\nexit 0\n");
    program("moto_server", "#!/usr/bin/env bash\n");

    expect(checkTools({ PATH: folder }).moto.command).toBe(python);
  });

  it.each(["1.9.8", "0.15.5"])("refuse Terraform %s, which does not know what the stacks say", (version) => {
    const terraform = program("terraform", `#!/bin/sh\necho '{"terraform_version": "${version}"}'\n`);

    expect(() => refuseOldTerraform(terraform)).toThrow(`is Terraform ${version}; it takes 1.10 or newer`);
  });

  it.each(["1.10.0", "1.11.4", "2.0.0-beta1", "whatever"])("take Terraform %s", (version) => {
    const terraform = program("terraform", `#!/bin/sh\necho '{"terraform_version": "${version}"}'\n`);

    expect(() => refuseOldTerraform(terraform)).not.toThrow();
  });
});
