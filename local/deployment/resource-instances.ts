import type { Place } from "../kernel/arn";
import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import { type Declaration, type DeclaredStack, locationOf } from "./declared-stack";
import { Resource } from "./deployment";
import { effectOf, placeholder } from "./elsewhere";
import { evaluateJson, evaluateTemplate, type Scope, withNames } from "./expression";
import { ExpressionFailure } from "./expression/values";
import { Once } from "./once";
import { evaluateBlock, itemsOf } from "./repeated-blocks";
import type { ResourceType } from "./resource-type";

/** The resources of one declaration. */
interface Instances {
  /** `one`, whose key is empty, or what says how many there are. */
  readonly kind: "one" | "count" | "for_each";
  /** By index or key. */
  readonly byKey: ReadonlyMap<string, Resource>;
}

/** What resources need of the stacks around them. */
interface Surroundings {
  scopeOf(stack: DeclaredStack, where: string): Scope;
  place(): Place;
  defaultTags(stack: DeclaredStack): Value;
}

/** Resolves the resources of the stacks, each once and when it is needed, and the references to their attributes. */
export class ResourceInstances {
  private readonly types: ReadonlyMap<string, ResourceType>;
  private readonly resolved: Once<Instances>;

  /** `trail`: what is being resolved now. */
  constructor(
    types: readonly ResourceType[],
    trail: string[],
    private readonly surroundings: Surroundings,
  ) {
    this.types = new Map(types.map((type) => [type.type, type]));
    this.resolved = new Once<Instances>(trail);
  }

  /** What was resolved so far, in the order in which Terraform creates it: what depends comes after. */
  all(): Resource[] {
    return this.resolved.done().flatMap(({ byKey }) => [...byKey.values()]);
  }

  /** What a declaration produces: one resource, or as many as its `count` or `for_each` says. */
  of(stack: DeclaredStack, declaration: Declaration): Instances {
    const { address, repetition } = declaration;
    const where = locationOf(stack, address);
    return this.resolved.get(where, () => {
      const scope = this.surroundings.scopeOf(stack, where);
      // `depends_on` carries no value. Taking a resource out of the synthesized JSON does not mean hunting for its mentions.
      const dependencies = declaration.dependsOn.filter((other) => stack.resources.has(other));
      for (const reference of [...dependencies, ...declaration.references])
        evaluateTemplate(`\${${reference}}`, where, scope);
      if (repetition === undefined)
        return { kind: "one", byKey: new Map([["", this.create(stack, declaration, address, scope)]]) };
      const evaluated = evaluateJson(repetition.value, where, scope);
      if (repetition.kind === "count") {
        const indexes = Array.from({ length: countOf(evaluated, where) }, (_, index) => index);
        const byKey = indexes.map((index) => {
          const own = withNames(scope, { count: { index } });
          return [String(index), this.create(stack, declaration, `${address}[${index}]`, own)] as const;
        });
        return { kind: "count", byKey: new Map(byKey) };
      }
      const byKey = itemsOf(evaluated, where).map((item) => {
        const own = withNames(scope, { each: { ...item } });
        return [
          item.key,
          this.create(stack, declaration, `${address}[${JSON.stringify(item.key)}]`, own),
        ] as const;
      });
      return { kind: "for_each", byKey: new Map(byKey) };
    });
  }

  private create(stack: DeclaredStack, { type, body }: Declaration, address: string, scope: Scope): Resource {
    const evaluated = evaluateBlock(body, locationOf(stack, address), scope);
    const given = Object.fromEntries(
      Object.entries(isObject(evaluated) ? evaluated : {}).filter(([, value]) => value !== null),
    );
    const own = new Resource(stack.name, address, type, given);
    const known = this.types.get(type);
    const computed = known?.computed?.(own, {
      ...this.surroundings.place(),
      stackFolder: stack.folder,
      find: (otherType, key, value) =>
        this.all().find((other) => other.type === otherType && other.values[key] === value),
    });
    const tags: Record<string, Value> =
      known?.status === "served" ? { tags_all: this.tagsOf(stack, own) } : {};
    return new Resource(stack.name, address, type, { ...computed, ...tags, ...given }, given);
  }

  private tagsOf(stack: DeclaredStack, { values: { tags } }: Resource): Value {
    const defaults = this.surroundings.defaultTags(stack);
    return { ...(isObject(defaults) ? defaults : {}), ...(isObject(tags) ? tags : {}) };
  }

  /** The value of a reference to a declared resource. `path`: what follows its address, of which `used` steps are for the value. */
  attribute(stack: DeclaredStack, declaration: Declaration, where: string, path: readonly string[]) {
    const { address } = declaration;
    const { kind, byKey } = this.of(stack, declaration);
    const [first, ...others] = path;
    const [key, name] = kind === "one" ? ["", first] : [first, others[0]];
    if (key === undefined) {
      const values = [...byKey].map(([own, resource]) => [own, this.valuesOf(resource)] as const);
      const all = kind === "count" ? values.map(([, value]) => value) : Object.fromEntries(values);
      return { value: all, used: 0 };
    }
    const resource = byKey.get(key);
    if (resource === undefined)
      throw new ExpressionFailure(
        `there is no ${address}[${JSON.stringify(key)}]: there are ${byKey.size} of it (${[...byKey.keys()].join(", ")})`,
      );
    const used = kind === "one" ? 0 : 1;
    if (name === undefined) return { value: this.valuesOf(resource), used };
    const value = Object.hasOwn(resource.values, name) ? resource.values[name] : undefined;
    if (value !== undefined) return { value, used: used + 1 };
    if (this.isElsewhere(resource))
      return { value: placeholder(resource, name, this.surroundings.place()), used: used + 1 };
    throw new DeploymentError(
      `${where}: refers to ${address}.${name}, which is not set there and which the local runtime does not compute; set it, or refer to another attribute`,
    );
  }

  /** All attributes of a resource; of one that no service here serves, those that most have. */
  private valuesOf(resource: Resource): Record<string, Value> {
    if (!this.isElsewhere(resource)) return { ...resource.values };
    const [id, arn] = ["id", "arn"].map((name) => placeholder(resource, name, this.surroundings.place()));
    return { id: id ?? null, arn: arn ?? null, ...resource.values };
  }

  private isElsewhere({ type }: Resource): boolean {
    return !this.types.has(type) && effectOf(type).kind !== "unknown";
  }
}

function countOf(value: Value, where: string): number {
  const count = typeof value === "string" ? Number(value) : value;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw new DeploymentError(
    `${where}: count must be a whole number from 0, received ${JSON.stringify(value)}`,
  );
}
