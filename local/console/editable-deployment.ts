import type { Value } from "../deployment/attributes";
import { type Deployment, Resource } from "../deployment/deployment";
import { isObject } from "../kernel/json";

type Values = { [key: string]: Value };

/** One resource of a copy: what is changed here is changed in the copy alone. */
class EditableResource {
  /** Created when somebody looks at the resource: nobody looks at most of them. */
  private copy: { readonly values: Values; readonly given: Values | undefined } | undefined;

  constructor(private readonly original: Resource) {}

  get address(): string {
    return this.original.address;
  }

  get type(): string {
    return this.original.type;
  }

  value(key: string): Value | undefined {
    return this.own.values[key] ?? undefined;
  }

  set(key: string, value: Value): void {
    for (const values of [this.own.values, this.own.given]) if (values !== undefined) values[key] = value;
  }

  unset(key: string): void {
    delete this.own.values[key];
    delete this.own.given?.[key];
  }

  /** Changes the blocks of that name; one of which nothing is returned is taken out. */
  changeBlocks(key: string, change: (block: Values) => Values | undefined): void {
    const blocks = [this.own.values[key] ?? []].flat();
    this.set(
      key,
      blocks.flatMap((block) => {
        const changed = isObject(block) ? change(block) : block;
        return changed === undefined ? [] : [changed];
      }),
    );
  }

  toResource(): Resource {
    const { stack, address, type } = this.original;
    const { values, given } = this.copy ?? this.original;
    return new Resource(stack, address, type, values, given);
  }

  private get own() {
    const { values, given } = this.original;
    this.copy ??= structuredClone({ values: values as Values, given: given as Values | undefined });
    return this.copy;
  }
}

/** A copy of a deployment, to be changed before it is served. */
export class EditableDeployment {
  private resources: EditableResource[];

  constructor(private readonly original: Deployment) {
    this.resources = original.resources.map((resource) => new EditableResource(resource));
  }

  ofType(type: string): EditableResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** One more of the resource's type, with the same values but for these. */
  addLike(resource: EditableResource, name: string, changes: Values): void {
    const address = `${resource.type}.${name}`;
    const { stack, type, values, given } = resource.toResource();
    const changed = { ...values, ...changes };
    this.resources.push(
      new EditableResource(
        new Resource(
          stack,
          address,
          type,
          changed,
          given === undefined ? undefined : { ...given, ...changes },
        ),
      ),
    );
  }

  remove(isToGo: (resource: EditableResource) => boolean): void {
    this.resources = this.resources.filter((resource) => !isToGo(resource));
  }

  /** As it is now; each call gives one that nothing has read yet. */
  toDeployment(): Deployment {
    return this.original.withResources(this.resources.map((resource) => resource.toResource()));
  }
}
