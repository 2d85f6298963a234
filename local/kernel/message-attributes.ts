import { createHash } from "node:crypto";

/** A message attribute, as the APIs of SNS and SQS spell it. `BinaryValue` is base64 text. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/**
 * The digest by which SDKs check message attributes: names in order, each part with its length before it (Amazon SQS
 * Developer Guide, "Amazon SQS message metadata").
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash("md5");
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    const binary = attribute.DataType.startsWith("Binary");
    hash.update(Buffer.from([binary ? 2 : 1]));
    add(
      binary ? Buffer.from(attribute.BinaryValue ?? "", "base64") : Buffer.from(attribute.StringValue ?? ""),
    );
  }
  return hash.digest("hex");
}

/** The bytes that count for a message's size: body, and names, types and values of the attributes. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue = "", BinaryValue = "" }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue);
    bytes += Buffer.byteLength(BinaryValue, "base64");
  }
  return bytes;
}
