import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment } from "../../../../local/deployment/deployment";
import { codeFiles, functionCode, unpackCode } from "../../../../local/services/lambda/function-code";
import { readZip } from "../../../../local/services/lambda/zip";
import { resourceAt } from "../../../support/deployment";
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

test("a file that an archive is made from is the code, by its name", async () => {
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
