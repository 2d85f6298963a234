import type { Place } from "../kernel/arn";
import { Attributes, DeploymentError, type Value } from "./attributes";

/** A resource or data source of a stack, every reference in it resolved. */
export class Resource extends Attributes {
  constructor(
    /** The stack it belongs to: `secure-edge`. */
    readonly stack: string,
    /** Terraform's address in that stack: `aws_sns_topic.UserNames`, `data.archive_file.ExternalLambda1`. */
    address: string,
    /** `aws_sns_topic`; for a data source, which only looks something up, `data.archive_file`. */
    readonly type: string,
    values: Readonly<Record<string, Value>>,
    /** What the stack wrote, without what the provider computes; `undefined` where a state does not tell them apart. */
    readonly given?: Readonly<Record<string, Value>>,
  ) {
    super(address, values);
  }

  /** The address with the stack, for messages. */
  get location(): string {
    return `${this.address} (stack ${this.stack})`;
  }

  /** What seeded ids of the resource start from: the same in every run. */
  seed(purpose: string): string {
    return `${this.stack}/${this.address}/${purpose}`;
  }
}

/** What the runtime serves: the resources of all stacks, from the synthesized JSON or from Terraform's state. */
export class Deployment implements Place {
  /** Each stack's outputs, by stack and name, without those in which CDKTF hands values from stack to stack. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Value>>>>;

  constructor(
    readonly region: string,
    readonly accountId: string,
    /** The folder from which Terraform runs each stack: relative paths in its resources start there. */
    readonly stackFolders: Readonly<Record<string, string>>,
    readonly resources: readonly Resource[],
    outputs: Readonly<Record<string, Readonly<Record<string, Value>>>>,
    /** Addresses of what has a condition that Terraform checks; a state has fulfilled its own. */
    readonly conditions: readonly string[] = [],
  ) {
    this.outputs = Object.fromEntries(
      Object.entries(outputs).map(([stack, values]) => [stack, withoutCrossStackOutputs(values)]),
    );
  }

  /** The same with more resources. */
  with(resources: readonly Resource[]): Deployment {
    if (resources.length === 0) return this;
    const all = [...this.resources, ...resources];
    return this.withResources(all);
  }

  /**
   * The same without these resources, each named by its address or by that of a module.
   *
   * @throws DeploymentError for an address that nothing has
   */
  without(addresses: readonly string[]): Deployment {
    const isIn = (address: string, named: string) =>
      address === named || address.startsWith(`${named}.`) || address.startsWith(`${named}[`);
    const missing = addresses.find((named) => !this.resources.some(({ address }) => isIn(address, named)));
    if (missing !== undefined) {
      const alike = this.resources
        .map(({ address }) => address)
        .filter((address) => address.includes(missing));
      const hint =
        alike.length === 0
          ? "`terraform state list` lists them"
          : `there are ${alike.slice(0, 5).join(", ")}`;
      throw new DeploymentError(`no resource has the address ${missing}: ${hint}`);
    }
    const left = this.resources.filter(({ address }) => !addresses.some((named) => isIn(address, named)));
    return this.withResources(left);
  }

  /** The same with these resources in place of its own. */
  withResources(resources: readonly Resource[]): Deployment {
    const { region, accountId, stackFolders, outputs, conditions } = this;
    return new Deployment(region, accountId, stackFolders, resources, outputs, conditions);
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of that type whose attribute has that value, `undefined` where there is none. */
  find(type: string, key: string, value: string): Resource | undefined {
    return this.ofType(type).find((resource) => resource.value(key) === value);
  }

  stackFolder(stack: string): string {
    const folder = this.stackFolders[stack];
    if (folder === undefined) throw new DeploymentError(`stack ${stack} is not part of the deployment`);
    return folder;
  }
}

function withoutCrossStackOutputs(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(outputs).filter(([name]) => !name.startsWith("cross-stack-output-")),
  );
}
