import type { AwsError } from "../kernel/aws-error";
import type { HttpResponse } from "../kernel/http-message";
import type { QueryDialect } from "./service";

/** How a call of the query protocol wants to be answered. */
interface Asked {
  readonly action: string;
  readonly dialect: QueryDialect | undefined;
  readonly isJson: boolean;
}

export function success(output: object, requestId: string, { action, dialect, isJson }: Asked): HttpResponse {
  const name = `${action}Response`;
  const metadata = { RequestId: requestId };
  if (isJson) {
    const absent = Object.fromEntries((dialect?.nulls?.[action] ?? []).map((member) => [member, null]));
    const members = Object.entries({ ...absent, ...output });
    const result = Object.fromEntries(
      members.map(([member, value]) => [dialect?.inJson?.[member] ?? member, value]),
    );
    return json(200, requestId, {
      [name]: { [`${action}Result`]: result, ResponseMetadata: metadata },
    });
  }
  const elements = dialect?.elements;
  const result =
    elements === undefined
      ? xmlElement(`${action}Result`, output)
      : `<${action}Result>${flatContent(output, elements(action))}</${action}Result>`;
  return xml(
    200,
    requestId,
    `<${name}${namespace(dialect)}>${result}${xmlElement("ResponseMetadata", metadata)}</${name}>`,
  );
}

export function failure(error: AwsError, requestId: string, { dialect, isJson }: Asked): HttpResponse {
  const Type = error.status < 500 ? "Sender" : "Receiver";
  const { code: Code, message: Message } = dialect?.error?.(error) ?? error;
  const members = { Type, Code, Message, ...error.members };
  if (isJson) return json(error.status, requestId, { Error: members, RequestId: requestId });
  const body = xmlElement("Error", members);
  return xml(
    error.status,
    requestId,
    `<ErrorResponse${namespace(dialect)}>${body}${xmlElement("RequestId", requestId)}</ErrorResponse>`,
  );
}

/** An error as REST services that speak XML spell it too. */
export function xmlFailure(error: AwsError, requestId: string): HttpResponse {
  return failure(error, requestId, { action: "", dialect: undefined, isJson: false });
}

function namespace(dialect: QueryDialect | undefined): string {
  return dialect === undefined ? "" : ` xmlns="${escapeXml(dialect.xmlNamespace)}"`;
}

function xml(status: number, requestId: string, text: string): HttpResponse {
  return answer(status, requestId, "text/xml", text);
}

function json(status: number, requestId: string, value: object): HttpResponse {
  return answer(status, requestId, "application/json", JSON.stringify(value));
}

function answer(status: number, requestId: string, contentType: string, text: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", contentType],
      ["x-amzn-RequestId", requestId],
    ],
    body: Buffer.from(text),
  };
}

/** Members of a service that repeats the elements of a list, and of a map, without one around them. */
function flatContent(members: object, elements: Readonly<Record<string, string>>): string {
  return Object.entries(members)
    .map(([member, value]) => {
      const element = Object.hasOwn(elements, member) ? elements[member] : undefined;
      if (element === undefined || typeof value !== "object" || value === null)
        return xmlElement(member, value);
      const items: object[] = Array.isArray(value)
        ? value
        : Object.entries(value).map(([Name, Value]) => ({ Name, Value }));
      return items
        .map((item) =>
          typeof item === "object" && item !== null
            ? `<${element}>${flatContent(item, elements)}</${element}>`
            : xmlElement(element, item),
        )
        .join("");
    })
    .join("");
}

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
