/**
 * Renders a member as the query protocol does: a list as `member` elements, a `Map` as `entry` elements with key and
 * value, an object as a structure. Absent members leave no element.
 */
export function xmlElement(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  return `<${name}>${xmlContent(value)}</${name}>`;
}

function xmlContent(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => xmlElement("member", item)).join("");
  if (value instanceof Map) {
    return [...value]
      .map(([key, item]) => `<entry>${xmlElement("key", key)}${xmlElement("value", item)}</entry>`)
      .join("");
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => xmlElement(key, item))
      .join("");
  }
  return escapeXml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#xD;",
};

/** XML 1.0 has no way to write the other control characters, not even escaped: they become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uFFFD]/g, "\uFFFD")
    .replace(/[&<>"'\r]/g, (character) => entities[character] ?? character);
}
