import type { Place } from "../kernel/arn";
import { DIGITS, seededId } from "../kernel/ids";
import type { CreationInputs } from "./api-model";
import type { Value } from "./attributes";
import type { Deployment, Resource } from "./deployment";

/** What a resource's computed attributes can depend on besides its own arguments. */
export interface Surroundings extends Place {
  /** Where Terraform runs the resource's stack: relative paths start here. */
  readonly stackFolder: string;
  /** A resource that is already resolved: every one that this one refers to is. */
  readonly find: (type: string, key: string, value: string) => Resource | undefined;
}

/**
 * What AWS provider 5.100.0 sets where the stack does not: ids, ARNs, URLs, and the defaults of arguments that other
 * resources like to refer to, in AWS's formats. `own` has the arguments only. What a stack wrote wins over what this
 * returns.
 */
export type ComputedAttributes = (own: Resource, surroundings: Surroundings) => Record<string, Value>;

/** Why attributes have no effect here, by path without indexes: `vpc_config.subnet_ids`; a path stands for all below it. */
export type Reasons = Readonly<Record<string, string>>;

interface AnyType {
  /** Terraform's: `aws_sqs_queue`, `data.aws_region`. */
  readonly type: string;
  readonly computed?: ComputedAttributes;
}

/**
 * A resource type that the runtime serves. Every attribute that a deployment sets must be read by somebody, or be named
 * in `inert`, `notEnforced` or `shown`: anything else stops the start.
 */
export interface ServedType<T = unknown> extends AnyType {
  readonly status: "served";
  /** The inputs with which Terraform creates it: what AWS's API model says of them holds at start. */
  readonly inputs?: CreationInputs;
  /** How one resource is read. Left out for resources that only complete others (`aws_sqs_queue_policy`). */
  readonly read?: (resource: Resource, deployment: Deployment) => T;
  /** What it completes, and the attribute that names it. Without that in the deployment it has no effect, and the start says so. */
  readonly parent?: { readonly attribute: string; readonly type: string };
  /** Resources that come to be with it and that no stack declares: what the document of an API describes. */
  readonly creates?: (resource: Resource, place: Place) => readonly Resource[];
  /** The resource-based policy that it carries, or the one statement of it, and the ARN of the resource that it guards. */
  readonly policy?: { readonly guards: (resource: Resource, deployment: Deployment) => string } & (
    | { readonly attribute: string }
    | {
        readonly statement: (resource: Resource, deployment: Deployment) => Readonly<Record<string, unknown>>;
      }
  );
  /** Attributes that make no difference for a client here or on AWS. */
  readonly inert?: Reasons;
  /** Attributes that AWS acts on and the runtime does not; named at start. */
  readonly notEnforced?: Reasons;
  /** Attributes that only API answers repeat. */
  readonly shown?: readonly string[];
  /** Attributes that only the provider sets, so that a state has them although no stack wrote them. `id` and `arn` always are. */
  readonly providerOnly?: readonly string[];
  /** The provider's defaults of attributes that nobody reads: in a state they count as not set. */
  readonly defaults?: Readonly<Record<string, Value>>;
}

/** A resource type that changes nothing about what the runtime serves. */
export interface InertType extends AnyType {
  readonly status: "inert";
  readonly because: string;
  /** Whether the start names it, because AWS would do something that matters. */
  readonly named: boolean;
}

/** A resource type that changes what a client gets, or opens another door, and that the runtime does not serve. */
export interface RefusedType extends AnyType {
  readonly status: "refused";
  /** What it does on AWS. */
  readonly because: string;
}

export type ResourceType<T = unknown> = ServedType<T> | InertType | RefusedType;

export function served<T>(type: string, definition: Omit<ServedType<T>, "type" | "status">): ServedType<T> {
  return { type, status: "served", ...definition };
}

export function inert(
  type: string,
  because: string,
  { computed, named = false }: { computed?: ComputedAttributes; named?: boolean } = {},
): InertType {
  return { type, status: "inert", because, named, ...(computed === undefined ? {} : { computed }) };
}

export function refused(type: string, because: string): RefusedType {
  return { type, status: "refused", because };
}

/** The suffix of 26 digits with which the provider makes a name unique. */
export function uniqueSuffix(own: Resource, purpose = "name"): string {
  return seededId(own.seed(purpose), 26, DIGITS);
}

/** The name, or the one that the provider composes from `name_prefix` or from nothing. */
export function nameOf(own: Resource): string {
  return (
    own.optionalString("name") ?? `${own.optionalString("name_prefix") ?? "terraform-"}${uniqueSuffix(own)}`
  );
}
