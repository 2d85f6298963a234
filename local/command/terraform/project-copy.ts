import {
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../kernel/user-error";

/** What a copy must not have: providers and states of the project, and what only the original is good for. */
const LEFT_OUT = /^(\.git|\.terraform|.*\.tfstate(\..*)?)$/;

/**
 * A copy of a Terraform project whose state is a file in the copy, and whose providers reach an AWS API of this machine. The
 * project itself is only read: neither its remote state nor its working folder is touched.
 */
export class ProjectCopy {
  private constructor(
    /** The root module of the project. */
    readonly source: string,
    /** All that was copied. */
    readonly base: string,
    /** The root module's copy. */
    readonly root: string,
  ) {}

  /** @throws UserError for a folder that is not a root module */
  static create(folder: string): ProjectCopy {
    if (!existsSync(folder))
      throw new UserError(`${path.resolve(folder)} is not there; name the folder of the root module`);
    const source = realpathSync(folder);
    if (configurationOf(source) === "")
      throw new UserError(
        `${source} has no Terraform sources (*.tf, *.tf.json); name the folder of the root module`,
      );
    const whole = wholeOf(source);
    const base = path.join(mkdtempSync(path.join(tmpdir(), "secure-lambda-local-")), path.basename(whole));
    const copy = new ProjectCopy(source, base, path.join(base, path.relative(whole, source)));
    try {
      cpSync(whole, base, {
        recursive: true,
        verbatimSymlinks: true,
        // Where the file system can share blocks, it does.
        mode: constants.COPYFILE_FICLONE,
        filter: (file) => file === whole || !LEFT_OUT.test(path.basename(file)),
      });
      copy.redirect();
    } catch (error) {
      copy.remove();
      throw error;
    }
    return copy;
  }

  /** What Terraform runs with: no credentials, profile or endpoint of the user's; their variables and CLI configuration stay. */
  environment(endpoint: string, env: NodeJS.ProcessEnv = process.env): Record<string, string> {
    const kept = Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        !/^AWS_/.test(entry[0]) &&
        (!/^TF_/.test(entry[0]) || /^TF_(VAR_|CLI_CONFIG_FILE$|PLUGIN_CACHE_)/.test(entry[0])),
    );
    const profiles = path.join(path.dirname(this.base), "aws-config");
    return {
      ...Object.fromEntries(kept),
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "moto",
      AWS_SECRET_ACCESS_KEY: "moto",
      AWS_REGION: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1",
      AWS_CONFIG_FILE: profiles,
      AWS_SHARED_CREDENTIALS_FILE: profiles,
      AWS_EC2_METADATA_DISABLED: "true",
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    };
  }

  remove(): void {
    rmSync(path.dirname(this.base), { recursive: true, force: true, maxRetries: 3 });
  }

  /**
   * The state is a file, whatever backend the project has: a backend in an override file takes its place. A profile that a provider
   * names is found, with keys of nobody.
   *
   * Source: https://developer.hashicorp.com/terraform/language/files/override#merging-terraform-blocks
   */
  private redirect(): void {
    writeFileSync(
      path.join(this.root, "zz_secure_lambda_local_override.tf"),
      'terraform {\n  backend "local" {\n    path = "secure-lambda-local.tfstate"\n  }\n}\n',
    );
    const named = [...configurationOf(this.root).matchAll(/\bprofile"?\s*[=:]\s*"([^"$]+)"/g)].map(
      ([, name]) => name,
    );
    const keys = "aws_access_key_id = moto\naws_secret_access_key = moto\n";
    const profiles = [...new Set(named)].map((name) => `[profile ${name}]\n${keys}[${name}]\n${keys}`);
    writeFileSync(path.join(path.dirname(this.base), "aws-config"), `[default]\n${keys}${profiles.join("")}`);
  }
}

function configurationOf(folder: string): string {
  return readdirSync(folder)
    .filter((name) => /\.tf(\.json)?$/.test(name))
    .map((name) => readFileSync(path.join(folder, name), "utf8"))
    .join("\n");
}

/** Modules, code and files beside the root module belong to it: the repository, or the folder that has all of its modules. */
function wholeOf(source: string): string {
  for (let folder = source; path.dirname(folder) !== folder; folder = path.dirname(folder))
    if (existsSync(path.join(folder, ".git"))) return folder;
  let whole = source;
  const seen = new Set<string>();
  const visit = (folder: string) => {
    if (seen.has(folder) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    seen.add(folder);
    while (path.relative(whole, folder).startsWith("..")) whole = path.dirname(whole);
    for (const [, module = ""] of configurationOf(folder).matchAll(/\bsource"?\s*[=:]\s*"(\.\.?\/[^"]*)"/g))
      visit(path.resolve(folder, module));
  };
  visit(source);
  return whole;
}
