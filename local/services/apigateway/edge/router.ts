import { type ApiMethod, HTTP_METHODS } from "../methods";
import type { ApiResource } from "../resource-tree";

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
  // ANY stands for seven methods (Developer Guide, "Methods for REST APIs in API Gateway"); TRACE is none of them.
  const found = methods?.get(method) ?? (HTTP_METHODS.includes(method) ? methods?.get("ANY") : undefined);
  if (node.resource === undefined || found === undefined) return undefined;
  return { resource: node.resource, method: found, pathParameters: new Map(captures) };
}
