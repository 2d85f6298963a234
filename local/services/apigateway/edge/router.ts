import { createHash } from "node:crypto";
import { type HeaderList, headerValue } from "../../../kernel/headers";
import { type ApiMethod, HTTP_METHODS } from "../methods";
import type { ApiResource } from "../resource-tree";
import type { AtStage } from "./exchange";
import { KINDS, type Refusal } from "./failures";
import { type Outcome, pass, refuse } from "./layer";

export interface Route {
  readonly resource: ApiResource;
  readonly method: ApiMethod;
  /** Values as sent, percent-encoding kept (as recorded from AWS: `test%2Balias@gmail.com`). */
  readonly pathParameters: ReadonlyMap<string, string>;
}

interface Node {
  resource?: ApiResource;
  readonly literals: Map<string, Node>;
  /** `{id}` */
  parameter?: Branch;
  /** `{proxy+}` */
  greedy?: Branch;
}

interface Branch {
  readonly name: string;
  readonly node: Node;
}

/**
 * Finds the method of a request: at each level a literal part wins over `{id}`, and `{id}` over `{proxy+}`.
 *
 * A resource that has neither the method nor `ANY` does not match, and the search goes on with the next best, as measured
 * on AWS (ministackorg/ministack, pull request 1423): with `ANY /{proxy+}` and `GET /jobs/{type}`, a `POST /jobs/x` goes
 * to the proxy. Paths are case-sensitive and compared as sent; a slash at the end does not count; `.` and `..` are
 * ordinary parts.
 */
export class Router {
  private readonly root: Node = { literals: new Map() };

  constructor(resources: readonly ApiResource[]) {
    for (const resource of resources) this.add(resource);
  }

  match(method: string, path: string): Route | undefined {
    const trimmed = path.replace(/^\/+|\/+$/g, "");
    const parts = trimmed === "" ? [] : trimmed.split("/");
    return find(this.root, method, parts, 0, []);
  }

  private add(resource: ApiResource): void {
    let node = this.root;
    for (const part of resource.path.split("/").filter((piece) => piece !== "")) {
      node = child(node, part);
    }
    node.resource = resource;
  }
}

function child(node: Node, part: string): Node {
  const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(part) ?? [];
  if (name === undefined) {
    const known = node.literals.get(part) ?? { literals: new Map() };
    node.literals.set(part, known);
    return known;
  }
  const kind = plus === "+" ? "greedy" : "parameter";
  node[kind] ??= { name, node: { literals: new Map() } };
  return node[kind].node;
}

type Captures = readonly (readonly [name: string, value: string])[];

function find(
  node: Node,
  method: string,
  parts: readonly string[],
  depth: number,
  captures: Captures,
): Route | undefined {
  const part = parts[depth];
  if (part === undefined) return routeTo(node, method, captures);
  const literal = node.literals.get(part);
  const byLiteral = literal && find(literal, method, parts, depth + 1, captures);
  if (byLiteral !== undefined) return byLiteral;
  const { parameter, greedy } = node;
  if (parameter !== undefined && part !== "") {
    const route = find(parameter.node, method, parts, depth + 1, [...captures, [parameter.name, part]]);
    if (route !== undefined) return route;
  }
  if (greedy === undefined) return undefined;
  return routeTo(greedy.node, method, [...captures, [greedy.name, parts.slice(depth).join("/")]]);
}

function routeTo(node: Node, method: string, captures: Captures): Route | undefined {
  const methods = node.resource?.methods;
  // ANY means seven methods (Developer Guide, "Methods for REST APIs in API Gateway"); TRACE is not one of them.
  const found = methods?.get(method) ?? (HTTP_METHODS.includes(method) ? methods?.get("ANY") : undefined);
  if (node.resource === undefined || found === undefined) return undefined;
  return { resource: node.resource, method: found, pathParameters: new Map(captures) };
}

/** Finds the resource and the method that the request is for. */
export function findMethod(exchange: AtStage): Outcome {
  if (!exchange.isSound) return refuse(KINDS.malformedRequest, "the URL is not soundly encoded");
  const route = exchange.router.match(exchange.httpMethod, exchange.path);
  if (route === undefined) return refuse(noRoute(exchange.headers), "no such resource and method");
  exchange.route = route;
  const { path } = route.resource;
  return pass(`${route.method.httpMethod} ${path}`, { resourcePath: path });
}

/**
 * The answer to a request that no method takes.
 *
 * AWS then looks for a Signature Version 4, as a method with IAM authorization would want it. Without an `Authorization`
 * header that is `Missing Authentication Token`; with one that is not a signature it says what is missing, and shows the
 * header as a hash only (wording as AWS answered several public APIs' users: "Invalid key=value pair (missing equal-sign)
 * in Authorization header (hashed with SHA-256 and encoded with Base64): '…='.", and chalice issue 828 for the list).
 */
function noRoute(headers: HeaderList): Refusal {
  const authorization = headerValue(headers, "Authorization")?.trim();
  if (!authorization) return KINDS.noRoute;
  const problem = describeSignature(authorization, headers);
  return {
    ...KINDS.noRoute,
    type: "INVALID_SIGNATURE",
    errorType: problem === undefined ? "UnrecognizedClientException" : "IncompleteSignatureException",
    message: problem ?? "The security token included in the request is invalid.",
  };
}

/** What is wrong with the form of the signature; `undefined` for one that is complete. */
function describeSignature(authorization: string, headers: HeaderList): string | undefined {
  const space = authorization.indexOf(" ");
  const algorithm = space < 0 ? authorization : authorization.slice(0, space);
  if (algorithm.includes("=")) {
    return (
      "Authorization header must begin with the algorithm name, which cannot include an equal-sign " +
      `(hashed with SHA-256 and encoded with Base64): '${hash(authorization)}'.`
    );
  }
  const pairs = space < 0 ? [] : authorization.slice(space + 1).split(",");
  if (pairs.some((pair) => !pair.includes("="))) {
    return (
      "Invalid key=value pair (missing equal-sign) in Authorization header " +
      `(hashed with SHA-256 and encoded with Base64): '${hash(authorization)}'.`
    );
  }
  const given = new Set(pairs.map((pair) => (pair.split("=", 1)[0] ?? "").trim()));
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !given.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (headerValue(headers, "X-Amz-Date") === undefined && headerValue(headers, "Date") === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (missing.length === 0) return undefined;
  return `${missing.join(" ")} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash(authorization)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
