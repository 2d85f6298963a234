import { DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
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

interface Node {
  readonly id: string;
  readonly parentId: string;
  readonly pathPart: string;
  readonly address: string;
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
      pathPart: resource.string("path_part"),
      address: resource.address,
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
  refuseTwins(children);
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
        `${node.address}: parent_id must lead to the API's root, received ${JSON.stringify(current.parentId)}`,
      );
    }
    if (parent.pathPart.endsWith("+}")) {
      throw new DeploymentError(
        `${node.address}: nothing can stand below ${parent.pathPart}, which takes the rest`,
      );
    }
    current = parent;
  }
}

function refuseTwins(resources: readonly ApiResource[]): void {
  const seen = new Set<string>();
  for (const { path } of resources) {
    if (seen.has(path)) throw new DeploymentError(`two resources of the API have the path ${path}`);
    seen.add(path);
  }
}
