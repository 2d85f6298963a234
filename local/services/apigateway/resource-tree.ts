import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { ApiMethod } from "./methods";

export interface ApiResource {
  readonly id: string;
  /** `undefined` for the root. */
  readonly parentId: string | undefined;
  /** `lambda1`, `{id}` or `{proxy+}`; `undefined` for the root. */
  readonly pathPart: string | undefined;
  /** `/lambda1` */
  readonly path: string;
  /** By HTTP method, `ANY` included. */
  readonly methods: ReadonlyMap<string, ApiMethod>;
}

/**
 * "Resource's path part only allow the following: a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the
 * beginning and the end." (getmoto/moto#6148). The Developer Guide's "Amazon API Gateway important notes" adds the comma.
 */
const PATH_PART = { pattern: "[a-zA-Z0-9._:,-]+|\\{[a-zA-Z0-9._:,-]+\\+?\\}" };

interface Node {
  readonly id: string;
  readonly parentId: string;
  readonly pathPart: string;
  readonly resource: Resource;
}

/** The API's resources with their full paths, the root first. */
export function readResources(
  deployment: Deployment,
  api: { readonly id: string; readonly rootResourceId: string },
  methodsOf: (resourceId: string) => ReadonlyMap<string, ApiMethod>,
): ApiResource[] {
  const nodes = deployment
    .ofType("aws_api_gateway_resource")
    .filter((resource) => resource.string("rest_api_id") === api.id)
    .map((resource) => ({
      id: resource.string("id"),
      parentId: resource.string("parent_id"),
      pathPart: resource.string("path_part", PATH_PART),
      resource,
    }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: ApiResource = {
    id: api.rootResourceId,
    parentId: undefined,
    pathPart: undefined,
    path: "/",
    methods: methodsOf(api.rootResourceId),
  };
  const children = nodes.map((node) => ({
    id: node.id,
    parentId: node.parentId,
    pathPart: node.pathPart,
    path: pathOf(node, byId, api.rootResourceId),
    methods: methodsOf(node.id),
  }));
  refuseTwins(nodes);
  return [root, ...children];
}

function pathOf(node: Node, byId: ReadonlyMap<string, Node>, rootId: string): string {
  const parts: string[] = [];
  for (let current = node; ; ) {
    parts.unshift(current.pathPart);
    if (current.parentId === rootId) return `/${parts.join("/")}`;
    const parent = byId.get(current.parentId);
    if (parent === undefined || parts.length > byId.size) {
      throw new DeploymentError(
        `${node.resource.address}: parent_id must lead to the API's root, received ${JSON.stringify(current.parentId)}`,
      );
    }
    if (parent.pathPart.endsWith("+}")) {
      node.resource.refuse(
        "path_part",
        `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
      );
    }
    current = parent;
  }
}

/** Reasons as recorded in localstack's AWS-validated tests, `test_create_proxy_resource_validation` and `…_resource_lifecycle`. */
function refuseTwins(nodes: readonly Node[]): void {
  for (const [index, { parentId, pathPart, resource }] of nodes.entries()) {
    const siblings = nodes.slice(0, index).filter((other) => other.parentId === parentId);
    if (siblings.some((other) => other.pathPart === pathPart)) {
      resource.refuse(
        "path_part",
        `Another resource with the same parent already has this name: ${pathPart}`,
      );
    }
    const variable = siblings.find((other) => other.pathPart.startsWith("{"))?.pathPart;
    if (variable !== undefined && pathPart.startsWith("{")) {
      resource.refuse(
        "path_part",
        `A sibling (${variable}) of this resource already has a variable path part -- only one is allowed`,
      );
    }
  }
}
