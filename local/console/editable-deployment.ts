import type { Value } from "../deployment/attributes";
import { type Deployment, Resource } from "../deployment/deployment";

type Values = { [key: string]: Value };

/** One resource of a copy: what is changed here is changed in the copy alone. */
export class EditableResource {
  private readonly values: Values;
  private readonly given: Values | undefined;

  constructor(private readonly original: Resource) {
    this.values = structuredClone(original.values) as Values;
    this.given = original.given === undefined ? undefined : (structuredClone(original.given) as Values);
  }

  get address(): string {
    return this.original.address;
  }

  get type(): string {
    return this.original.type;
  }

  value(key: string): Value | undefined {
    return this.values[key] ?? undefined;
  }

  set(key: string, value: Value): void {
    this.values[key] = value;
    if (this.given !== undefined) this.given[key] = value;
  }

  unset(key: string): void {
    delete this.values[key];
    if (this.given !== undefined) delete this.given[key];
  }

  /** Changes the blocks of that name; one of which nothing is returned is taken out. */
  changeBlocks(key: string, change: (block: Values) => Values | undefined): void {
    const blocks = [this.values[key] ?? []].flat();
    this.set(
      key,
      blocks.flatMap((block) => {
        const changed = isValues(block) ? change(block) : block;
        return changed === undefined ? [] : [changed];
      }),
    );
  }

  toResource(): Resource {
    const { stack, address, type } = this.original;
    return new Resource(stack, address, type, this.values, this.given);
  }
}

function isValues(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
