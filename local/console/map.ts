import { architectureOf, type Connection, type Part } from "../architecture";
import type { Deployment } from "../deployment/deployment";
import type { MapNode } from "./contract";

/** How many methods it takes to draw them as one node for each first part of their paths. */
const MOST_METHODS = 24;

/** The deployment as a picture, and where on it a request is. */
export interface DrawnMap {
  readonly nodes: readonly Omit<MapNode, "defencesOff">[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly label?: string;
    readonly isSide: boolean;
  }[];
  readonly webAcl: string | undefined;
  stage(name: string): string | undefined;
  /** By the path of the resource: `/users/{id}`. */
  method(httpMethod: string, resourcePath: string): string | undefined;
  /** By ARN or, for a function, by its name. */
  node(name: string): string | undefined;
}

/** Draws whatever the deployment holds, three routes or two hundred, from left to right. */
export function drawMap(deployment: Deployment, warnings: readonly string[]): DrawnMap {
  const { parts, connections } = architectureOf(deployment);
  const grouped = groupMethods(parts, connections);
  const columns = columnsOf(grouped.parts, grouped.connections);
  const arns = new Map<string, string>();
  const drawn = new Set(parts.map(({ id }) => id));
  // A topic's policy and a secret's version have the ARN of what they belong to.
  for (const resource of deployment.resources.filter(({ address }) => drawn.has(address))) {
    const { arn, function_name: name } = resource.values;
    if (typeof arn === "string") arns.set(arn, resource.address);
    if (typeof name === "string" && resource.type === "aws_lambda_function") arns.set(name, resource.address);
  }
  const nameOf = new Map(parts.map(({ id, kind, name }) => [`${kind} ${name}`, grouped.idOf(id)]));
  return {
    nodes: grouped.parts.map((part) => ({
      ...part,
      column: columns.get(part.id) ?? 0,
      notEnforced: warnings.filter(
        (warning) => mentions(warning, part.id) || mentions(warning, `${part.kind} ${part.name}`),
      ),
      ...refOf(deployment, part.id),
    })),
    edges: grouped.connections.map((connection) => ({
      ...connection,
      isSide: isSide(connection, grouped.parts),
    })),
    webAcl: parts.find(({ kind }) => kind === "web ACL")?.id,
    stage: (name) => nameOf.get(`stage stage ${name}`),
    method: (httpMethod, path) =>
      nameOf.get(`method ${httpMethod} ${path}`) ?? nameOf.get(`method ANY ${path}`),
    node: (name) => arns.get(name),
  };
}

/** Whether the warning is about that part: `aws_sns_topic.T: …`, `web ACL SecureLambdaWebACL, …`. */
function mentions(warning: string, address: string): boolean {
  const at = warning.indexOf(address);
  return (
    at >= 0 && !/[\w.-]/.test(warning.charAt(at + address.length)) && !/[\w.-]/.test(warning.charAt(at - 1))
  );
}

function refOf(deployment: Deployment, address: string): Pick<MapNode, "ref"> {
  const resource = deployment.resources.find((candidate) => candidate.address === address);
  if (resource === undefined) return {};
  const { arn, id, name, function_name: functionName, stage_name: stageName } = resource.values;
  const isPool = resource.type === "aws_cognito_user_pool";
  const called = isPool ? id : (functionName ?? stageName ?? name);
  return {
    ref: {
      ...(typeof arn === "string" ? { arn } : {}),
      ...(typeof called === "string" ? { name: called } : {}),
    },
  };
}

/** A check at the side of a request's way: with a user pool, or of a function with a secret. */
function isSide({ to }: Connection, parts: readonly Grouped[]): boolean {
  const kind = parts.find(({ id }) => id === to)?.kind;
  return kind === "user pool" || kind === "secret" || kind === "logs";
}

type Grouped = Omit<MapNode, "column" | "notEnforced" | "defencesOff" | "ref">;

interface Grouping {
  readonly parts: readonly Grouped[];
  readonly connections: readonly Connection[];
  /** The group's id for a method that is in one, else the id itself. */
  idOf(id: string): string;
}

function groupMethods(parts: readonly Part[], connections: readonly Connection[]): Grouping {
  const methods = parts.filter(({ kind }) => kind === "method");
  if (methods.length <= MOST_METHODS) return { parts, connections, idOf: (id) => id };
  const groups = new Map<string, Part[]>();
  for (const method of methods) {
    const [, first = ""] = /^\S+ (\/[^/]*)/.exec(method.name) ?? [];
    groups.set(first, [...(groups.get(first) ?? []), method]);
  }
  const ids = new Map(
    [...groups].flatMap(([first, members]) => members.map(({ id }) => [id, `methods:${first}`])),
  );
  const idOf = (id: string) => ids.get(id) ?? id;
  const merged = new Map<string, Connection>();
  for (const connection of connections) {
    const moved = { ...connection, from: idOf(connection.from), to: idOf(connection.to) };
    merged.set(JSON.stringify([moved.from, moved.to]), moved);
  }
  const drawn = [...groups].map(([first, members]) => ({
    id: `methods:${first}`,
    kind: "methods" as const,
    name: `${first} (${members.length})`,
    members: members.map(({ id, name }) => ({ id, name })),
  }));
  const others = parts.filter(({ kind }) => kind !== "method");
  return { parts: [...others, ...drawn], connections: [...merged.values()], idOf };
}

/** The longest way from the client; a circle, as of a function that publishes to its own topic, ends after the last part. */
function columnsOf(
  parts: readonly { readonly id: string }[],
  connections: readonly Connection[],
): ReadonlyMap<string, number> {
  const columns = new Map(parts.map(({ id }) => [id, 0]));
  for (let round = 0; round < parts.length; round += 1) {
    let moved = false;
    for (const { from, to } of connections) {
      const next = (columns.get(from) ?? 0) + 1;
      if (next <= (columns.get(to) ?? 0) || next >= parts.length) continue;
      columns.set(to, next);
      moved = true;
    }
    if (!moved) break;
  }
  return columns;
}
