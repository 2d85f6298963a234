import { DeploymentError, type Value } from "./attributes";
import type { Deployment, Resource } from "./deployment";
import { effectOf } from "./elsewhere";
import { nameClashes } from "./name-clashes";
import type { Reasons, ResourceType, ServedType } from "./resource-type";

/** Attributes that every type has and that make no difference to anybody's request. */
const COMMON_INERT: Reasons = {
  tags: "names for people and bills",
  name_prefix: "the beginning of the name",
  timeouts: "how long Terraform waits",
  force_destroy: "what Terraform may destroy",
  skip_destroy: "what Terraform may destroy",
};

const COMMON_PROVIDER_ONLY = ["id", "arn", "tags_all"];

/** How many problems one error lists. */
const MOST_PROBLEMS = 20;

/**
 * Accounts for every resource and every attribute that a deployment sets: each is read by the runtime, is named as
 * having no effect here, or stops the start. Nothing is passed over in silence.
 */
export class Ledger {
  private readonly types: ReadonlyMap<string, ResourceType>;

  constructor(types: readonly ResourceType[]) {
    this.types = new Map(types.map((type) => [type.type, type]));
  }

  /**
   * Before anything is read.
   *
   * @throws DeploymentError for types that the runtime refuses, or does not know although they belong to what it serves or open
   *   another door to it, for values that AWS refuses at deployment by what its API models say, and for two resources of one name
   */
  requireAcceptable(deployment: Deployment): void {
    failWith(
      deployment.resources.flatMap((resource) => {
        const type = this.types.get(resource.type);
        const effect = type === undefined ? effectOf(resource.type) : undefined;
        if (effect?.kind === "unknown")
          return [
            `${resource.location}: the local runtime does not know ${resource.type}, and cannot tell what it changes for a client; take it out of what is served`,
          ];
        const because =
          effect?.kind === "door" ? effect.because : type?.status === "refused" ? type.because : undefined;
        if (because === undefined) return [];
        return [
          `${resource.location}: ${resource.type} is not served by the local runtime: on AWS ${because}; take it out of what is served`,
        ];
      }),
    );
    failWith(
      deployment.resources.flatMap((resource) => {
        const type = this.types.get(resource.type);
        if (type?.status !== "served" || type.inputs === undefined) return [];
        const isSet = (value: Value) =>
          resource.given === undefined ? !isEmpty(value) : value !== null && value !== "";
        return type.inputs
          .refusals(setValues(resource), isSet)
          .map((refusal) => `${resource.location}: AWS refuses ${refusal}`);
      }),
    );
    failWith(nameClashes(deployment));
  }

  /** @throws DeploymentError for attributes that are set and that nothing read, after every service has read its own */
  requireEverythingRead(deployment: Deployment): void {
    failWith(
      deployment.resources.flatMap((resource) => {
        const type = this.types.get(resource.type);
        if (type?.status !== "served") return [];
        return unread(resource, type).map(
          ({ path, value }) =>
            `${resource.location}: ${path} is set, received ${excerpt(value)}, and nothing in the local runtime reads it; take it out of what is served`,
        );
      }),
    );
  }

  /**
   * What AWS acts on and the runtime does not: a line each, resources of one type and reason together, and in one line what belongs
   * to other services.
   *
   * @param isAnswered whether something else answers for resources of that type
   */
  notEnforced(deployment: Deployment, isAnswered: (type: string) => boolean = () => false): string[] {
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
      const type = this.types.get(resource.type);
      if (type?.status === "inert" && type.named) add(resource, "", type.because);
      if (type?.status !== "served") continue;
      for (const [path, because] of Object.entries(type.notEnforced ?? {}))
        if (isSetAt(resource, path, type)) add(resource, path, because);
    }
    return [
      ...[...groups.values()].map(
        ({ addresses, path, because }) =>
          `${together(addresses)}: ${path === "" ? "" : `${path}: `}${because}`,
      ),
      ...conditionsOf(deployment),
      ...this.elsewhere(deployment, "trigger", "AWS calls functions for them, and nothing does here"),
      ...this.elsewhere(deployment, "absent", "nothing here answers in their place", isAnswered),
    ];
  }

  private elsewhere(
    deployment: Deployment,
    kind: "trigger" | "absent",
    because: string,
    isAnswered: (type: string) => boolean = () => false,
  ): string[] {
    const counts = new Map<string, number>();
    for (const { type } of deployment.resources) {
      if (this.types.has(type) || effectOf(type).kind !== kind || isAnswered(type)) continue;
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    if (counts.size === 0) return [];
    const types = [...counts].map(([type, count]) => (count === 1 ? type : `${type} (${count})`));
    return [`${types.sort().join(", ")}: ${because}`];
  }
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

interface Unread {
  readonly path: string;
  readonly value: Value;
}

function unread(resource: Resource, type: ServedType): Unread[] {
  const accounted = new Set([
    ...Object.keys({ ...COMMON_INERT, ...type.inert, ...type.notEnforced }),
    ...(type.shown ?? []),
    ...(resource.given === undefined ? [...COMMON_PROVIDER_ONLY, ...(type.providerOnly ?? [])] : []),
  ]);
  return leaves(resource, type, "", setValues(resource), accounted);
}

function leaves(
  resource: Resource,
  type: ServedType,
  prefix: string,
  values: Readonly<Record<string, Value>>,
  accounted: ReadonlySet<string>,
): Unread[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = prefix + key;
    if (accounted.has(path) || resource.reads.isWhole(path) || !isSet(resource, type, path, value)) return [];
    if (!resource.reads.isOpened(path)) return [{ path, value }];
    const blocks = Array.isArray(value) ? value : [value];
    return blocks.flatMap((block) =>
      typeof block === "object" && block !== null && !Array.isArray(block)
        ? leaves(resource, type, `${path}.`, block, accounted)
        : [],
    );
  });
}

/**
 * A stack's argument counts as set unless it is `null` or the provider's default. A state has every attribute: there,
 * empty ones count as not set either, unless they are 0 or false where the provider's default is not.
 */
function isSet(resource: Resource, type: ServedType, path: string, value: Value): boolean {
  if (value === null) return false;
  const fallback = type.defaults?.[path];
  if (JSON.stringify(value) === JSON.stringify(fallback)) return false;
  if (resource.given !== undefined || !isEmpty(value)) return true;
  // A state's 0 or false is a setting where the provider's default is another number, or true.
  return typeof value === typeof fallback && typeof value !== "string" && typeof value !== "object";
}

function isEmpty(value: Value): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

function setValues(resource: Resource): Readonly<Record<string, Value>> {
  return resource.given ?? resource.values;
}

function isSetAt(resource: Resource, path: string, type: ServedType): boolean {
  let candidates: Value[] = [{ ...setValues(resource) }];
  for (const key of path.split(".")) {
    candidates = candidates.flatMap((value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
      const member = value[key] ?? null;
      return Array.isArray(member) && member.some((item) => typeof item === "object") ? member : [member];
    });
  }
  return candidates.some((value) => isSet(resource, type, path, value) && !isEmpty(value));
}

function excerpt(value: Value): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function failWith(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, MOST_PROBLEMS);
  const more = problems.length - shown.length;
  throw new DeploymentError([...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n"));
}
