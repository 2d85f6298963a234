import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { readZip } from "./zip";

/** Where the code of a function or a layer is: what goes into its archive, or an archive that is there already. */
export interface FunctionCode {
  readonly kind: "folder" | "file" | "archive" | "texts";
  /** Absolute; of texts, the archive that would be created. */
  readonly path: string;
  /** Files that the stack itself has the text of, by their paths. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Patterns of what of a folder is left out. */
  readonly excludes?: readonly string[];
}

/** Lambda Developer Guide, "Lambda quotas"; the message as recorded in localstack's `test_oversized_unzipped_lambda`. */
export const MOST_UNZIPPED_BYTES = 262_144_000;

/**
 * Finds the code of an `aws_lambda_function` or `aws_lambda_layer_version`: what a data source archive_file of its stack makes
 * `filename` from, else the file itself; or the same of an object in S3 that the deployment has.
 *
 * @throws DeploymentError where there is none of them, and for an archive that Lambda could not unzip
 */
export function functionCode(deployment: Deployment, user: Resource): FunctionCode {
  const bucket = user.optionalString("s3_bucket");
  if (bucket === undefined) return codeIn(deployment, user, user, "filename");
  const key = user.string("s3_key");
  user.optionalString("s3_object_version");
  const object = ["aws_s3_object", "aws_s3_bucket_object"]
    .flatMap((type) => deployment.ofType(type))
    .find(({ values }) => values.bucket === bucket && values.key === key);
  if (object?.optionalString("source") === undefined)
    throw new DeploymentError(
      `${user.location}: its code is s3://${bucket}/${key}, and the deployment has no aws_s3_object of that bucket and key with a source; the local runtime does not fetch from S3: give it filename, or declare the object`,
    );
  return codeIn(deployment, user, object, "source");
}

/** What is at a path that a resource names, for its user. */
function codeIn(deployment: Deployment, user: Resource, namedBy: Resource, key: string): FunctionCode {
  const filename = namedBy.string(key);
  const folder = deployment.stackFolder(namedBy.stack);
  const archive = deployment
    .ofType("data.archive_file")
    .find(({ stack, values }) => stack === namedBy.stack && values.output_path === filename);
  if (archive === undefined) return existingArchive(user, namedBy, key, resolve(folder, filename));
  const [sourceFolder, sourceFile] = [
    archive.optionalString("source_dir"),
    archive.optionalString("source_file"),
  ];
  if (sourceFolder !== undefined) {
    const excludes = archive.strings("excludes");
    const code: FunctionCode = { kind: "folder", path: resolve(folder, sourceFolder) };
    return existing(user, excludes.length === 0 ? code : { ...code, excludes });
  }
  if (sourceFile !== undefined) return existing(user, { kind: "file", path: resolve(folder, sourceFile) });
  const texts = textsOf(archive);
  if (Object.keys(texts).length > 0) return { kind: "texts", path: resolve(folder, filename), texts };
  throw new DeploymentError(
    `${user.location}: the local runtime runs what ${key} ${filename} is created from, and ${archive.address} has none of source_dir, source_file, source and source_content; give it one of them`,
  );
}

function textsOf(archive: Resource): Record<string, string> {
  const texts = Object.fromEntries(
    archive
      .blocks("source")
      .map((block) => [block.string("filename"), block.optionalString("content") ?? ""]),
  );
  const only = archive.optionalString("source_content");
  return only === undefined ? texts : { ...texts, [archive.string("source_content_filename")]: only };
}

/** A state outlives the folders that were deployed from. */
function existing(user: Resource, code: FunctionCode): FunctionCode {
  if (existsSync(code.path)) return code;
  throw new DeploymentError(
    `${user.location}: its code ${code.path} is not there; synthesize the stacks again (cdktf synth), or name the folder from which Terraform ran (--root)`,
  );
}

function existingArchive(user: Resource, namedBy: Resource, key: string, path: string): FunctionCode {
  if (!existsSync(path))
    throw new DeploymentError(
      `${user.location}: ${key} ${path} is not there, and no archive_file creates it; create it with the data source archive_file`,
    );
  try {
    const bytes = readZip(readFileSync(path)).reduce((sum, { size }) => sum + size, 0);
    if (bytes > MOST_UNZIPPED_BYTES)
      namedBy.refuse(key, `Unzipped size must be smaller than ${MOST_UNZIPPED_BYTES} bytes`);
  } catch (error) {
    if (error instanceof DeploymentError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    namedBy.refuse(
      key,
      `Could not unzip uploaded file. Please check your file, then try to upload again. (${reason})`,
    );
  }
  return { kind: "archive", path };
}

/**
 * Whether archive_file leaves a path out: it matches a pattern, or a folder above it does ("excludes" in the documentation of the
 * provider archive).
 */
function isLeftOut(path: string, patterns: readonly string[] = []): boolean {
  const parts = path.split("/");
  const matches = picomatch([...patterns], { dot: true });
  return patterns.length > 0 && parts.some((_, index) => matches(parts.slice(0, index + 1).join("/")));
}

export interface CodeFile {
  /** Relative, with slashes. */
  readonly file: string;
  readonly bytes: number;
  read(): Buffer;
}

/** The files of the code, in the order of their names. */
export function codeFiles({ kind, path, texts = {}, excludes }: FunctionCode): CodeFile[] {
  const onDisk = (file: string, absolute: string): CodeFile => ({
    ...{ file, bytes: statSync(absolute).size, read: () => readFileSync(absolute) },
  });
  const found = (): CodeFile[] => {
    if (kind === "file") return [onDisk(basename(path), path)];
    if (kind === "archive") {
      const entries = readZip(readFileSync(path)).filter(({ isLink }) => !isLink);
      return entries.map(({ path: file, size, content }) => ({ file, bytes: size, read: content }));
    }
    if (kind === "texts")
      return Object.entries(texts).map(([file, text]) => ({
        ...{ file, bytes: Buffer.byteLength(text), read: () => Buffer.from(text) },
      }));
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .map((absolute) => onDisk(relative(path, absolute).split(sep).join("/"), absolute))
      .filter(({ file }) => !isLeftOut(file, excludes));
  };
  return found().sort((one, other) => (one.file < other.file ? -1 : 1));
}

/** Puts the code into a folder, as Lambda unpacks it: over what is there already. */
export async function unpackCode(code: FunctionCode, folder: string): Promise<void> {
  const { kind, path, texts = {}, excludes } = code;
  if (kind === "folder")
    return cp(path, folder, {
      recursive: true,
      filter: (from) => !isLeftOut(relative(path, from).split(sep).join("/"), excludes),
    });
  await mkdir(folder, { recursive: true });
  if (kind === "file") return cp(path, join(folder, basename(path)));
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  if (kind === "texts") return;
  for (const { path: name, isLink, content } of readZip(readFileSync(path))) {
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true, recursive: true });
    if (isLink) await symlink(content().toString("utf8"), target);
    else await writeFile(target, content());
  }
}
