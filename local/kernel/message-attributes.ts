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

/** Reads the attributes of a request; `fail` gets the name of one that is not as the API asks, and why. */
export function readMessageAttributes(
  value: unknown,
  fail: (name: string, problem: string) => never,
): MessageAttributes {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return fail("MessageAttributes", "is no map");
  return Object.fromEntries(
    Object.entries(value).map(([name, attribute]) => [name, readAttribute(name, attribute, fail)]),
  );
}

function readAttribute(
  name: string,
  value: unknown,
  fail: (name: string, problem: string) => never,
): MessageAttribute {
  if (!/^[\w.-]{1,256}$/.test(name)) return fail(name, "has a name with invalid characters");
  const member = (key: string): string | undefined => {
    const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
    return typeof found === "string" && found !== "" ? found : undefined;
  };
  const DataType = member("DataType");
  if (DataType === undefined) return fail(name, "must contain non-empty message attribute type");
  if (!/^(String|Number|Binary)(\.|$)/.test(DataType)) {
    return fail(
      name,
      "has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String",
    );
  }
  if (DataType.startsWith("Binary")) {
    const BinaryValue = member("BinaryValue");
    return BinaryValue === undefined ? noValue(name, DataType, fail) : { DataType, BinaryValue };
  }
  const StringValue = member("StringValue");
  if (StringValue === undefined) return noValue(name, DataType, fail);
  if (DataType.startsWith("Number") && !Number.isFinite(Number(StringValue))) {
    return fail(name, `has a value that is no number for message attribute type '${DataType}'`);
  }
  return { DataType, StringValue };
}

function noValue(name: string, type: string, fail: (name: string, problem: string) => never): never {
  return fail(name, `must contain non-empty message attribute value for message attribute type '${type}'`);
}
