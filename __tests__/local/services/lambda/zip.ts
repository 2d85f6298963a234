import { deflateRawSync } from "node:zlib";

export interface ZippedFile {
  readonly content: string;
  readonly stored?: boolean;
  readonly link?: boolean;
  readonly encrypted?: boolean;
}

/** A zip archive as the tools write it: local headers and data, the central directory, its end. */
export function zipOf(files: Readonly<Record<string, ZippedFile>>, comment = ""): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, file] of Object.entries(files)) {
    const content = Buffer.from(file.content);
    const data = file.stored === true ? content : deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(file.encrypted === true ? 1 : 0, 2);
    shared.writeUInt16LE(file.stored === true ? 0 : 8, 4);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE(((file.link === true ? 0o120777 : 0o100644) << 16) >>> 0, 6);
    attributes.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), shared, Buffer.from(name), data]);
    directory.push(
      Buffer.concat([
        Buffer.from("PK\u0001\u0002\u0014\u0003", "latin1"),
        shared,
        attributes,
        Buffer.from(name),
      ]),
    );
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}
