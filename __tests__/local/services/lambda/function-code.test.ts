import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Deployment, type Resource } from "../../../../local/deployment/deployment";
import { codeFiles, functionCode, unpackCode } from "../../../../local/services/lambda/function-code";
import { readZip } from "../../../../local/services/lambda/zip";
import { resourceAt, type Values } from "../../../support/deployment";
import { zipOf } from "./zip";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "function-code-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const codeOf = (filename: string, archive: Readonly<Record<string, string>> = {}) => {
  const fn = resourceAt("aws_lambda_function.F", { filename });
  const source = resourceAt("data.archive_file.A", { output_path: "made.zip", ...archive });
  const deployment = new Deployment("us-east-1", "123456789012", { "secure-edge": folder }, [fn, source], {});
  return functionCode(deployment, fn);
};

test("an archive that is there already is unpacked: packed and stored files, folders and links", async () => {
  const archive = zipOf({
    "index.mjs": { content: "export const handler = async () => 'é';" },
    "lib/a/b.txt": { content: "stored", stored: true },
    "empty.txt": { content: "" },
    "lib/": { content: "", stored: true },
    "link.txt": { content: "lib/a/b.txt", link: true },
  });
  writeFileSync(join(folder, "code.zip"), archive);

  const code = codeOf("code.zip");
  await unpackCode(code, join(folder, "task"));

  expect(code).toEqual({ kind: "archive", path: join(folder, "code.zip") });
  const unpacked = codeFiles({ kind: "folder", path: join(folder, "task") });
  const listed = codeFiles(code).map(({ file, bytes, read }) => [file, bytes, read().toString()]);
  expect(unpacked.map(({ file, bytes, read }) => [file, bytes, read().toString()])).toEqual(listed);
  expect(listed.map(([file]) => file)).toEqual(["empty.txt", "index.mjs", "lib/a/b.txt"]);
  expect(readdirSync(join(folder, "task")).sort()).toEqual(["empty.txt", "index.mjs", "lib", "link.txt"]);
  expect(readFileSync(join(folder, "task/index.mjs"), "utf8")).toContain("'é'");
  expect(readFileSync(join(folder, "task/link.txt"), "utf8")).toBe("stored");
  expect(readlinkSync(join(folder, "task/link.txt"))).toBe("lib/a/b.txt");
});

test("an archive may have a comment", () => {
  expect(readZip(zipOf({ "a.txt": { content: "a" } }, "made by hand")).map(({ path }) => path)).toEqual([
    "a.txt",
  ]);
});

test("a file that an archive is created from is the code, by its name", async () => {
  writeFileSync(join(folder, "handler.mjs"), "export {}");

  const code = codeOf("made.zip", { source_file: "handler.mjs" });
  await unpackCode(code, join(folder, "task"));

  expect(code.kind).toBe("file");
  expect(readdirSync(join(folder, "task"))).toEqual(["handler.mjs"]);
});

test.each([
  ["something else", Buffer.from("no archive"), "it is not a zip archive"],
  ["the beginning of one", zipOf({ "a.txt": { content: "a" } }).subarray(0, 40), "it is not a zip archive"],
  ["a path that leads out", zipOf({ "../a.txt": { content: "a" } }), "../a.txt leads out of the archive"],
  ["an absolute path", zipOf({ "/etc/a": { content: "a" } }), "/etc/a leads out of the archive"],
  ["an encrypted file", zipOf({ a: { content: "a", encrypted: true } }), "a is encrypted"],
])("what Lambda could not unzip stops the start, with its reason: %s", (_name, archive, reason) => {
  writeFileSync(join(folder, "code.zip"), archive);

  const start = () => codeOf("code.zip");

  expect(start).toThrow(
    'aws_lambda_function.F: AWS refuses filename "code.zip": Could not unzip uploaded file.',
  );
  expect(start).toThrow(reason);
});

test("code that is larger than Lambda takes stops the start", () => {
  const archive = zipOf({ "big.bin": { content: "a", stored: true } });
  // The size in the central directory, which is what Lambda adds up.
  archive.writeUInt32LE(262_144_001, archive.lastIndexOf("PK\u0001\u0002", undefined, "latin1") + 24);
  writeFileSync(join(folder, "code.zip"), archive);

  expect(() => codeOf("code.zip")).toThrow("Unzipped size must be smaller than 262144000 bytes");
});

describe("what an archive_file has no file for, or leaves out", () => {
  const made = async (archive: Values) => {
    const fn = resourceAt("aws_lambda_function.F", { filename: "made.zip" });
    const source = resourceAt("data.archive_file.A", { output_path: "made.zip", ...archive });
    const deployment = new Deployment(
      "us-east-1",
      "123456789012",
      { "secure-edge": folder },
      [fn, source],
      {},
    );
    const code = functionCode(deployment, fn);
    await unpackCode(code, join(folder, "task"));
    const listed = codeFiles(code).map(({ file, read }) => [file, read().toString()]);
    const unpacked = codeFiles({ kind: "folder", path: join(folder, "task") });
    expect(unpacked.map(({ file, read }) => [file, read().toString()])).toEqual(listed);
    return Object.fromEntries(listed);
  };

  test("texts are unpacked by their names", async () => {
    const block = (filename: string, content: string) => ({ filename, content });

    expect(await made({ source: [block("index.mjs", "a"), block("lib/b.mjs", "")] })).toEqual({
      "index.mjs": "a",
      "lib/b.mjs": "",
    });
  });

  test("one text is", async () => {
    const values = { source_content: "a", source_content_filename: "index.mjs" };

    expect(await made(values)).toEqual({ "index.mjs": "a" });
  });

  test("files and folders that a pattern excludes are not there", async () => {
    for (const file of ["index.mjs", "secret.pem", "lib/a.mjs", "lib/a.test.mjs", "tests/deep/b.mjs"]) {
      mkdirSync(dirname(join(folder, "source", file)), { recursive: true });
      writeFileSync(join(folder, "source", file), file);
    }

    expect(
      Object.keys(await made({ source_dir: "source", excludes: ["secret.pem", "**/*.test.mjs", "tests"] })),
    ).toEqual(["index.mjs", "lib/a.mjs"]);
  });

  test("an archive_file of nothing says what it needs", async () => {
    await expect(made({})).rejects.toThrow("has none of source_dir, source_file, source and source_content");
  });
});

describe("code in S3", () => {
  const inS3 = (object: Values, more: readonly Resource[] = []) => {
    const fn = resourceAt("aws_lambda_function.F", {
      s3_bucket: "b",
      s3_key: "k.zip",
      s3_object_version: "1",
    });
    const stored = resourceAt("aws_s3_object.O", { bucket: "b", key: "k.zip", ...object });
    return functionCode(
      new Deployment("us-east-1", "123456789012", { "secure-edge": folder }, [fn, stored, ...more], {}),
      fn,
    );
  };

  test("is the object that the deployment puts there", () => {
    writeFileSync(join(folder, "code.zip"), zipOf({ "index.mjs": { content: "a" } }));

    expect(inS3({ source: "code.zip" })).toEqual({ kind: "archive", path: join(folder, "code.zip") });
  });

  test("may be what an archive_file makes", () => {
    const archive = resourceAt("data.archive_file.A", { output_path: "made.zip", source_dir: "." });

    expect(inS3({ source: "made.zip" }, [archive])).toEqual({ kind: "folder", path: folder });
  });

  test.each<Values>([
    { key: "other.zip", source: "code.zip" },
    { bucket: "other", source: "code.zip" },
    { content: "text" },
  ])("of another place, or without a file, stops the start with the remedy: %j", (object) => {
    expect(() => inS3(object)).toThrow(
      "aws_lambda_function.F (stack secure-edge): its code is s3://b/k.zip, and the deployment has no aws_s3_object of that bucket and key with a source; the local runtime does not fetch from S3: give it filename, or declare the object",
    );
  });
});
