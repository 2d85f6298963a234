import { AwsError } from "../kernel/aws-error";
import { singleHeader } from "../kernel/headers";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";
import type { Members } from "../kernel/input";
import { splitTarget } from "../kernel/request-target";
import { type Call, ownOperation } from "./call";
import type { AwsService, Wire } from "./service";

type QueryWire = Extract<Wire, { protocol: "query" }>;

/**
 * The query protocol: a form with `Action` and `Version`, in the body or, presigned, in the query string; XML as the
 * answer. `signedFor` is the signature's service, which tells apart services with equal action names.
 */
export function queryCall(
  request: HttpRequest,
  services: readonly AwsService[],
  signedFor: string | undefined,
): Call | undefined {
  const form = readForm(request, signedFor !== undefined);
  const action = form.get("Action");
  if (action === null) return undefined;
  const found = findService(form.get("Version"), signedFor, services);
  const operation = found && ownOperation(found.service, action);
  return {
    service: found?.service.name ?? signedFor,
    operation: action,
    target: operation && found && { service: found.service, operation },
    commonErrors: {
      missingToken: "MissingAuthenticationToken",
      invalidToken: "InvalidClientTokenId",
      incompleteSignature: "IncompleteSignature",
      internalFailure: "InternalFailure",
      unknownOperation: () => {
        const inJson = found === undefined && services.some(({ name }) => name === signedFor);
        const hint = inJson
          ? `: ${signedFor} is served in JSON, which its SDKs speak today; update yours`
          : "";
        return new AwsError("InvalidAction", `The action ${action} is not valid for this endpoint${hint}.`);
      },
    },
    input: () => decodeForm([...form].filter(([name]) => !isEnvelope(name))),
    success: (output, requestId) =>
      xmlResponse(200, requestId, succeed(action, output, requestId, found?.wire)),
    failure: (error, requestId) => xmlResponse(error.status, requestId, fail(error, requestId, found?.wire)),
  };
}

/** The form of a request to `/`; empty for any other path, unless it may be anywhere, as SQS's queue URLs are. */
export function readForm(request: HttpRequest, anywhere = false): URLSearchParams {
  const { path, query } = splitTarget(request.target);
  if (path !== "/" && !anywhere) return new URLSearchParams();
  const contentType = singleHeader(request.headers, "content-type") ?? "";
  const isForm = request.method === "POST" && contentType.startsWith("application/x-www-form-urlencoded");
  return isForm
    ? new URLSearchParams([...query, ...new URLSearchParams(request.body.toString("utf8"))])
    : query;
}

function isEnvelope(name: string): boolean {
  return name === "Action" || name === "Version" || name.startsWith("X-Amz-");
}

function findService(version: string | null, signedFor: string | undefined, services: readonly AwsService[]) {
  const candidates: { service: AwsService; wire: QueryWire }[] = [];
  for (const service of services) {
    if (service.wire.protocol === "query") candidates.push({ service, wire: service.wire });
  }
  if (signedFor !== undefined) return candidates.find(({ service }) => service.name === signedFor);
  return candidates.find(({ wire }) => wire.apiVersion === version);
}

function succeed(action: string, output: object, requestId: string, wire: QueryWire | undefined): string {
  const metadata = xmlElement("ResponseMetadata", { RequestId: requestId });
  const name = `${action}Response`;
  return `<${name}${namespace(wire)}>${xmlElement(`${action}Result`, output)}${metadata}</${name}>`;
}

/** An error as REST services that speak XML spell it too. */
export function xmlFailure(error: AwsError, requestId: string): HttpResponse {
  return xmlResponse(error.status, requestId, fail(error, requestId, undefined));
}

function fail(error: AwsError, requestId: string, wire: QueryWire | undefined): string {
  const Type = error.status < 500 ? "Sender" : "Receiver";
  const body = xmlElement("Error", { Type, Code: error.code, Message: error.message, ...error.members });
  return `<ErrorResponse${namespace(wire)}>${body}${xmlElement("RequestId", requestId)}</ErrorResponse>`;
}

function namespace(wire: QueryWire | undefined): string {
  return wire === undefined ? "" : ` xmlns="${escapeXml(wire.xmlNamespace)}"`;
}

function xmlResponse(status: number, requestId: string, xml: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "text/xml"],
      ["x-amzn-RequestId", requestId],
    ],
    body: Buffer.from(xml),
  };
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

/** A node of a form's tree: the value at a key, and what is below it. */
interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

const maxDepth = 32;

/**
 * Decodes the members of a query protocol's form. Lists (`Names.member.1`) become arrays, maps
 * (`MessageAttributes.entry.1.Name` and `.Value`) become objects by name, other dots become nested objects.
 * All values are strings: a form knows no other type.
 *
 * @throws AwsError `MalformedQueryString` for members nested deeper than any API has them
 */
export function decodeForm(parameters: Iterable<readonly [string, string]>): Members {
  const root: Node = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    const path = name.split(".");
    if (path.length > maxDepth) {
      throw new AwsError(
        "MalformedQueryString",
        `a member may have at most ${maxDepth} parts, received ${path.length}`,
      );
    }
    let node = root;
    for (const part of path) {
      const next = node.children.get(part) ?? { value: undefined, children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.value = value;
  }
  return structure(root);
}

function decode(node: Node): unknown {
  if (node.children.size === 0) return node.value;
  const items = numbered(node, "member");
  if (items !== undefined) return items.map(decode);
  const entries = numbered(node, "entry");
  if (entries !== undefined) return Object.fromEntries(entries.map(entry));
  return structure(node);
}

/** `Object.fromEntries` defines properties and never calls a setter: a member named `__proto__` is harmless. */
function structure(node: Node): Members {
  return Object.fromEntries([...node.children].map(([key, child]) => [key, decode(child)]));
}

/** The children of the only child of that name in the order of their numbers, if they have numbers. */
function numbered(node: Node, name: string): Node[] | undefined {
  const list = node.children.size === 1 ? node.children.get(name) : undefined;
  if (list === undefined || list.children.size === 0) return undefined;
  const items = [...list.children];
  if (!items.every(([key]) => /^[1-9]\d{0,8}$/.test(key))) return undefined;
  return items.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}

/** APIs differ in how they spell an entry's parts. */
function entry(node: Node): [string, unknown] {
  const key = node.children.get("Name") ?? node.children.get("key") ?? node.children.get("Key");
  const value = node.children.get("Value") ?? node.children.get("value");
  if (key?.value === undefined || value === undefined) {
    throw new AwsError("MalformedQueryString", "an entry of a map must have a name and a value");
  }
  return [key.value, decode(value)];
}
