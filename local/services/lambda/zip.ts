import { inflateRawSync } from "node:zlib";

/** A file in a zip archive. */
export interface ZipEntry {
  /** With slashes, relative. */
  readonly path: string;
  readonly size: number;
  /** A link's content is the path that it leads to. */
  readonly isLink: boolean;
  content(): Buffer;
}

const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [STORED, DEFLATED] = [0, 8];
const LINK = 0o120000;

/**
 * The files of a zip archive by its central directory ("ZIP File Format Specification", APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12
 * and 4.3.16), folders left out.
 *
 * @throws Error for what is not such an archive, is encrypted, or leads out of its folder
 */
export function readZip(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0 || archive.readUInt32LE(end) !== END) throw new Error("it is not a zip archive");
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new Error("its central directory is broken");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    );
    const nameEnd = at + 46 + (nameLength ?? 0);
    const path = archive.toString("utf8", at + 46, nameEnd).replaceAll("\\", "/");
    if (!path.endsWith("/")) entries.push(readEntry(archive, at, path));
    at = nameEnd + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return entries;
}

function readEntry(archive: Buffer, at: number, path: string): ZipEntry {
  if (path.startsWith("/") || path.split("/").includes(".."))
    throw new Error(`${path} leads out of the archive`);
  const [flags, method] = [archive.readUInt16LE(at + 8), archive.readUInt16LE(at + 10)];
  const [packed, size, local] = [20, 24, 42].map((offset) => archive.readUInt32LE(at + offset)) as [
    number,
    number,
    number,
  ];
  if ((flags & 1) !== 0 || (method !== STORED && method !== DEFLATED))
    throw new Error(`${path} is encrypted, or compressed otherwise than by deflate`);
  return {
    path,
    size,
    isLink: ((archive.readUInt32LE(at + 38) >>> 16) & 0o170000) === LINK,
    content: () => {
      if (archive.readUInt32LE(local) !== LOCAL) throw new Error(`${path} is not where the archive says`);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const bytes = archive.subarray(start, start + packed);
      return method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) });
    },
  };
}
