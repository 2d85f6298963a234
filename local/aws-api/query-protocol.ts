import { AwsError } from "../kernel/aws-error";
import { singleHeader } from "../kernel/headers";
import type { HttpRequest } from "../kernel/http-message";
import type { Members } from "../kernel/input";
import { splitTarget } from "../kernel/request-target";
import { type Call, ownOperation } from "./call";
import { failure, success } from "./query-answer";
import type { AwsService, QueryDialect } from "./service";

/**
 * The query protocol: a form with `Action` and `Version`, in the body or, presigned, in the query string; XML as the
 * answer, or JSON for a client that accepts nothing else. `signedFor` is the signature's service, which tells apart services with equal
 * action names.
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
  const asked = { action, dialect: found?.dialect, isJson: takesJson(request) };
  return {
    service: found?.service.name ?? signedFor,
    operation: action,
    target: operation && found && { service: found.service, operation },
    commonErrors: {
      missingToken: "MissingAuthenticationToken",
      invalidToken: "InvalidClientTokenId",
      incompleteSignature: "IncompleteSignature",
      internalFailure: "InternalFailure",
      unknownOperation: () =>
        new AwsError("InvalidAction", `The action ${action} is not valid for this endpoint.`),
    },
    input: () => ({
      ...atPath(request, found?.dialect),
      ...decodeForm(
        [...form].filter(([name]) => !isEnvelope(name)),
        found?.dialect.flattened,
      ),
    }),
    success: (output, requestId) => success(output, requestId, asked),
    failure: (error, requestId) => failure(error, requestId, asked),
  };
}

/** What AWS's own services do, without a word in their documentation: API Gateway asks them so. */
function takesJson({ headers }: HttpRequest): boolean {
  return singleHeader(headers, "accept") === "application/json";
}

/** A request to a queue's own URL need not name the queue again. */
function atPath({ target }: HttpRequest, dialect: QueryDialect | undefined): Members {
  const { path } = splitTarget(target);
  return dialect?.pathMember === undefined || path === "/"
    ? {}
    : { [dialect.pathMember]: `http://localhost${path}` };
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
  const candidates = services.flatMap((service) => {
    const { wire } = service;
    const dialect =
      wire.protocol === "query" ? wire : wire.protocol === "json" ? wire.formerQuery : undefined;
    return dialect === undefined ? [] : [{ service, dialect }];
  });
  if (signedFor !== undefined) return candidates.find(({ service }) => service.name === signedFor);
  return candidates.find(({ dialect }) => dialect.apiVersion === version);
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
 * @param flattened members whose entries are numbered without `member` or `entry` between: `MessageAttribute.1.Name`
 * @throws AwsError `MalformedQueryString` for members nested deeper than any API has them
 */
export function decodeForm(
  parameters: Iterable<readonly [string, string]>,
  flattened: QueryDialect["flattened"] = {},
): Members {
  const root: Node = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    const path = name.split(".").flatMap((part, index, parts) => {
      const own = /^[1-9]/.test(parts[index + 1] ?? "") && Object.hasOwn(flattened, part);
      return own ? (flattened[part] ?? []) : [part];
    });
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
