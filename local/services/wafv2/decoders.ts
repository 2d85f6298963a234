import { utf8Bytes } from "./byte-string";

/** A code point as bytes: one byte up to 255, UTF-8 above. */
function characterBytes(code: number): string {
  if (code <= 0xff) return String.fromCharCode(code);
  return code > 0x10ffff ? "" : utf8Bytes(String.fromCodePoint(code));
}

const byteOf = (hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** Decodes `%XX` and `+` once; a sequence that is not valid stays as it is. */
export function decodePercent(bytes: string): string {
  return bytes.replaceAll("+", " ").replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => byteOf(hex));
}

/**
 * As `decodePercent`, and Microsoft's `%uXXXX`: full-width ASCII (FF01 to FF5E) becomes the plain character, of any
 * other code the lower byte is taken ("URL decode Unicode", AWS WAF Developer Guide).
 */
export function decodePercentUnicode(bytes: string): string {
  return bytes
    .replaceAll("+", " ")
    .replace(/%(?:[uU]([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))/g, (_, unicode?: string, hex?: string) => {
      if (unicode === undefined) return byteOf(hex ?? "");
      const code = Number.parseInt(unicode, 16);
      const fullWidth = code >= 0xff01 && code <= 0xff5e;
      return String.fromCharCode(fullWidth ? (code & 0xff) + 0x20 : code & 0xff);
    });
}

const named: Readonly<Record<string, string>> = { quot: '"', lt: "<", gt: ">", amp: "&", nbsp: "\u00a0" };

/** Decodes numeric character references and the entities that matter in an attack, once. */
export function decodeHtmlEntities(bytes: string): string {
  return bytes.replace(
    /&(?:#[xX]([0-9a-fA-F]{1,8});?|#(\d{1,10});?|(quot|lt|gt|amp|nbsp)(?![0-9a-zA-Z]);?)/g,
    (_, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? "";
      return characterBytes(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}
