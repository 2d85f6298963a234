import type { Deployment, Resource } from "./deployment";
import { effectOf } from "./elsewhere";
import { tagsLeftOut } from "./reserved-tags";
import type { ResourceType, ServedType } from "./resource-type";
import { isSetAt } from "./set-values";

type Types = ReadonlyMap<string, ResourceType>;

/**
 * What AWS acts on and the runtime does not: a line each, resources of one type and reason together, and in one line what belongs
 * to other services.
 *
 * @param isAnswered whether something else answers for resources of that type
 */
export function notEnforced(
  deployment: Deployment,
  types: Types,
  isAnswered: (type: string) => boolean,
): string[] {
  const groups = new Map<
    string,
    { readonly because: string; readonly addresses: string[]; readonly path: string }
  >();
  const add = (resource: Resource, path: string, because: string) => {
    const key = JSON.stringify([resource.type, path, because]);
    const group = groups.get(key) ?? { because, addresses: [], path };
    group.addresses.push(resource.address);
    groups.set(key, group);
  };
  for (const resource of deployment.resources) {
    const type = types.get(resource.type);
    if (type?.status === "inert" && type.named) add(resource, "", type.because);
    for (const key of tagsLeftOut(resource))
      add(resource, "tags", `Terraform's provider leaves out ${key}, because the prefix aws: is AWS's own`);
    if (type?.status !== "served") continue;
    for (const [path, because] of Object.entries(type.notEnforced ?? {}))
      if (isSetAt(resource, path, type)) add(resource, path, because);
    if (type.parent !== undefined && !hasParent(resource, type.parent, deployment))
      add(
        resource,
        type.parent.attribute,
        `it names no ${type.parent.type} of the deployment, so it has no effect here`,
      );
  }
  return [
    ...[...groups.values()].map(
      ({ addresses, path, because }) => `${together(addresses)}: ${path === "" ? "" : `${path}: `}${because}`,
    ),
    ...conditionsOf(deployment),
    ...elsewhere(deployment, types, "trigger", "AWS calls functions for them, and nothing does here"),
    ...elsewhere(deployment, types, "absent", "nothing here answers in their place", isAnswered),
  ];
}

function elsewhere(
  deployment: Deployment,
  types: Types,
  kind: "trigger" | "absent",
  because: string,
  isAnswered: (type: string) => boolean = () => false,
): string[] {
  const counts = new Map<string, number>();
  for (const { type } of deployment.resources) {
    if (types.has(type) || effectOf(type).kind !== kind || isAnswered(type)) continue;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const listed = [...counts].map(([type, count]) => (count === 1 ? type : `${type} (${count})`));
  return [`${listed.sort().join(", ")}: ${because}`];
}

/** Terraform names a parent by its id, its ARN or its name. */
function hasParent(
  resource: Resource,
  { attribute, type }: NonNullable<ServedType["parent"]>,
  deployment: Deployment,
): boolean {
  const named = resource.values[attribute] ?? null;
  return deployment
    .ofType(type)
    .some(({ values }) => [values.id, values.arn, values.name].some((own) => own === named));
}

function conditionsOf({ conditions: [first, ...more] }: Deployment): string[] {
  if (first === undefined) return [];
  const which = more.length === 0 ? first : `${first} and ${more.length} more`;
  return [`the condition of ${which}: Terraform checks it when it deploys, and nothing does here`];
}

/** `aws_sqs_queue.Q`, or `aws_sqs_queue.Q and 3 more of its type`. */
function together([first = "", ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more of its type`;
}
