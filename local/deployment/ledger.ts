import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import type { Deployment, Resource } from "./deployment";
import { effectOf } from "./elsewhere";
import { notEnforced } from "./not-enforced";
import { refusedTags } from "./reserved-tags";
import type { Reasons, ResourceType, ServedType } from "./resource-type";
import { isEmpty, isSet, setValues } from "./set-values";

/** Attributes that every type has and that make no difference to anybody's request. */
const COMMON_INERT: Reasons = {
  tags: "names for people and bills",
  name_prefix: "the beginning of the name",
  timeouts: "how long Terraform waits",
  force_destroy: "what Terraform may destroy",
  skip_destroy: "what Terraform may destroy",
};

const COMMON_PROVIDER_ONLY = ["id", "arn", "tags_all"];

/**
 * What one thing of AWS is known by. To create another one fails there ("Function already exist: F", "Role with name R already
 * exists."); a topic or a queue is not created twice, and two resources would change it back and forth.
 */
const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_log_group: ["arn"],
  aws_cognito_user_pool_domain: ["domain"],
  aws_iam_policy: ["arn"],
  aws_iam_role: ["arn"],
  aws_lambda_function: ["arn"],
  aws_lambda_permission: ["function_name", "qualifier", "statement_id"],
  aws_secretsmanager_secret: ["name"],
  aws_sns_topic: ["arn"],
  aws_sqs_queue: ["arn"],
  aws_wafv2_ip_set: ["name", "scope"],
  aws_wafv2_web_acl: ["name", "scope"],
};

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
   *   another door to it, for values that AWS refuses at deployment by what its API models say, for tags that only AWS may set, and
   *   for two resources of one name
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
        const isGiven = (value: Value) =>
          resource.given === undefined ? !isEmpty(value) : value !== null && value !== "";
        return type.inputs
          .refusals(setValues(resource), isGiven)
          .map((refusal) => `${resource.location}: AWS refuses ${refusal}`);
      }),
    );
    failWith(refusedTags(deployment));
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
   * What AWS acts on and the runtime does not, for the start to name.
   *
   * @param isAnswered whether something else answers for resources of that type
   */
  notEnforced(deployment: Deployment, isAnswered: (type: string) => boolean = () => false): string[] {
    return notEnforced(deployment, this.types, isAnswered);
  }
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
      isObject(block) ? leaves(resource, type, `${path}.`, block, accounted) : [],
    );
  });
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

/**
 * A line for each resource whose name another one of its type has. Those of one stack alone: two stacks may be for two accounts.
 */
export function nameClashes({ resources }: Deployment): string[] {
  const owners = new Map<string, Resource>();
  return resources.flatMap((resource) => {
    const keys = IDENTITIES[resource.type];
    if (keys === undefined) return [];
    const identity = keys.map((key) => resource.values[key] ?? null);
    if (identity.every((value) => value === null)) return [];
    const owner = owners.get(JSON.stringify([resource.stack, resource.type, identity]));
    owners.set(JSON.stringify([resource.stack, resource.type, identity]), owner ?? resource);
    if (owner === undefined) return [];
    const named = identity.filter((value) => value !== null).join(", ");
    return [`${resource.location}: ${owner.address} is ${named} already; give this one another name`];
  });
}
