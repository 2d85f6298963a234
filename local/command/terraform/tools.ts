import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../kernel/user-error";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A program that another one needs: where it is, or how to get it. */
export interface Tool {
  readonly name: string;
  /** Absolute; undefined when it is not installed. */
  readonly command: string | undefined;
  readonly remedy: string;
}

export interface Tools {
  readonly terraform: Tool;
  /** A Python that has moto and what its server needs. */
  readonly moto: Tool;
  /** Needed only where the archive provider must be built. */
  readonly go: Tool;
}

/** Looks for the programs that deploy to an AWS API on this machine. */
export function checkTools(env: Environment = process.env): Tools {
  return {
    terraform: {
      name: "Terraform",
      command: findOnPath("terraform", env),
      remedy: "install Terraform 1.10 or newer: https://developer.hashicorp.com/terraform/install",
    },
    moto: {
      name: "moto, an AWS API for this machine",
      command: findPythonWithMoto(env),
      remedy: "install it for Python 3.9 or newer: pip install 'moto[server]==5.2.1'",
    },
    go: {
      name: "Go",
      command: findOnPath("go", env),
      remedy: "install Go 1.25 or newer: https://go.dev/doc/install",
    },
  };
}

/** The lock of a state in S3 needs it. Source: "State Locking", https://developer.hashicorp.com/terraform/language/backend/s3 */
const OLDEST_TERRAFORM = [1, 10] as const;

/** @throws UserError naming the version that there is and the one that it takes */
export function refuseOldTerraform(command: string): void {
  const { stdout } = spawnSync(command, ["version", "-json"], { encoding: "utf8" });
  const [, version, major = "", minor = ""] =
    /"terraform_version": *"((\d+)\.(\d+)[^"]*)"/.exec(stdout) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST_TERRAFORM;
  if (version === undefined || Number(major) > oldestMajor) return;
  if (Number(major) < oldestMajor || Number(minor) < oldestMinor)
    throw new UserError(
      `${command} is Terraform ${version}; it takes ${OLDEST_TERRAFORM.join(".")} or newer`,
    );
}

function findOnPath(command: string, env: Environment): string | undefined {
  return (env.PATH ?? "")
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, command))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** moto may live in a virtual environment of its own: then its script's first line names the Python that has it. */
function findPythonWithMoto(env: Environment): string | undefined {
  const script = findOnPath("moto_server", env);
  const named = script && /^#!\s*(\/.*python[\d.]*)\s*\n/.exec(readFileSync(script, "utf8"))?.[1];
  return [named, findOnPath("python3", env), findOnPath("python", env)].find(
    (python) => python !== undefined && hasMoto(python, env),
  );
}

function hasMoto(python: string, env: Environment): boolean {
  const { status } = spawnSync(python, ["-c", "import flask, moto"], { env: { ...env }, stdio: "ignore" });
  return status === 0;
}
