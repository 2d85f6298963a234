import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const PROJECT = path.resolve(__dirname, "../..");

/**
 * Compares a section of a document with what the code says, between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. With
 * `UPDATE_DOCS=1` it writes the section first.
 *
 * @param file from the project's folder: `docs/security.md`
 */
export function expectGeneratedSection(file: string, name: string, content: string): void {
  const document = path.join(PROJECT, file);
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const text = readFileSync(document, "utf8");
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start === -1 || stop < start) throw new Error(`${file} has no section between ${begin} and ${end}`);
  const before = text.slice(0, start + begin.length);
  if (process.env.UPDATE_DOCS) writeFileSync(document, `${before}\n\n${content}\n\n${text.slice(stop)}`);
  const written = process.env.UPDATE_DOCS ? content : text.slice(start + begin.length, stop).trim();
  expect(written).toBe(content);
}
