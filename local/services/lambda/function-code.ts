import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { readZip } from "./zip";

/** Where a function's code is: what goes into its archive, or an archive that is there already. */
export interface FunctionCode {
  readonly kind: "folder" | "file" | "archive";
  /** Absolute. */
  readonly path: string;
}

/** Lambda Developer Guide, "Lambda quotas"; the message as recorded in localstack's `test_oversized_unzipped_lambda`. */
const MOST_UNZIPPED_BYTES = 262_144_000;

/**
 * Finds the code of an `aws_lambda_function`: what a data source archive_file of its stack makes `filename` from, else the file
 * itself.
 *
 * @throws DeploymentError where there is neither, and for an archive that Lambda could not unzip
 */
export function functionCode(deployment: Deployment, fn: Resource): FunctionCode {
  const filename = fn.string("filename");
  const folder = deployment.stackFolder(fn.stack);
  const archive = deployment
    .ofType("data.archive_file")
    .find(({ stack, values }) => stack === fn.stack && values.output_path === filename);
  if (archive === undefined) return existingArchive(fn, resolve(folder, filename));
  const [sourceFolder, sourceFile] = [
    archive.optionalString("source_dir"),
    archive.optionalString("source_file"),
  ];
  if (sourceFolder !== undefined)
    return existing(fn, { kind: "folder", path: resolve(folder, sourceFolder) });
  if (sourceFile !== undefined) return existing(fn, { kind: "file", path: resolve(folder, sourceFile) });
  throw new DeploymentError(
    `${fn.location}: the local runtime runs what filename ${filename} is made from, and ${archive.address} has neither source_dir nor source_file; give it one of them`,
  );
}

/** A state outlives the folders that were deployed from. */
function existing(fn: Resource, code: FunctionCode): FunctionCode {
  if (existsSync(code.path)) return code;
  throw new DeploymentError(
    `${fn.location}: its code ${code.path} is not there; synthesize the stacks again: npm run synth`,
  );
}

function existingArchive(fn: Resource, path: string): FunctionCode {
  if (!existsSync(path))
    throw new DeploymentError(
      `${fn.location}: filename ${path} is not there, and no archive_file makes it; make it with the data source archive_file`,
    );
  try {
    const bytes = readZip(readFileSync(path)).reduce((sum, { size }) => sum + size, 0);
    if (bytes > MOST_UNZIPPED_BYTES)
      fn.refuse("filename", `Unzipped size must be smaller than ${MOST_UNZIPPED_BYTES} bytes`);
  } catch (error) {
    if (error instanceof DeploymentError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    fn.refuse(
      "filename",
      `Could not unzip uploaded file. Please check your file, then try to upload again. (${reason})`,
    );
  }
  return { kind: "archive", path };
}

export interface CodeFile {
  /** Relative, with slashes. */
  readonly file: string;
  readonly bytes: number;
  read(): Buffer;
}

/** The files of the code, in the order of their names. */
export function codeFiles({ kind, path }: FunctionCode): CodeFile[] {
  const onDisk = (file: string, absolute: string): CodeFile => ({
    ...{ file, bytes: statSync(absolute).size, read: () => readFileSync(absolute) },
  });
  const found = (): CodeFile[] => {
    if (kind === "file") return [onDisk(basename(path), path)];
    if (kind === "archive") {
      const entries = readZip(readFileSync(path)).filter(({ isLink }) => !isLink);
      return entries.map(({ path: file, size, content }) => ({ file, bytes: size, read: content }));
    }
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .map((absolute) => onDisk(relative(path, absolute).split(sep).join("/"), absolute));
  };
  return found().sort((one, other) => (one.file < other.file ? -1 : 1));
}

/** Puts the code into a folder that is not there yet, as Lambda unpacks it. */
export async function unpackCode({ kind, path }: FunctionCode, folder: string): Promise<void> {
  if (kind === "folder") return cp(path, folder, { recursive: true });
  await mkdir(folder, { recursive: true });
  if (kind === "file") return cp(path, join(folder, basename(path)));
  for (const { path: name, isLink, content } of readZip(readFileSync(path))) {
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    if (isLink) await symlink(content().toString("utf8"), target);
    else await writeFile(target, content());
  }
}
