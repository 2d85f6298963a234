import { isObject } from "../kernel/json";
import { DeploymentError, type Value } from "./attributes";
import { type Declaration, type DeclaredStack, locationOf } from "./declared-stack";
import type { Resource } from "./deployment";
import { evaluateJson, type Scope } from "./expression";
import { toText } from "./expression/values";
import { Once } from "./once";
import { findProducer } from "./remote-state";
import { evaluateBlock } from "./repeated-blocks";
import { ResourceInstances } from "./resource-instances";
import type { ResourceType } from "./resource-type";

const REMOTE_STATE = "data.terraform_remote_state";

/**
 * Resolves every reference of a set of stacks. Like Terraform it needs all of a resource before anything of it can be
 * referred to: resources that refer to each other are an error even where their attributes would not.
 */
export class StackResolver {
  private readonly trail: string[] = [];
  private readonly resolvedValues = new Once<Value>(this.trail);
  private readonly producers = new Once<DeclaredStack>(this.trail);

  private readonly instances: ResourceInstances;

  constructor(
    private readonly stacks: readonly DeclaredStack[],
    accountId: string,
    types: readonly ResourceType[],
  ) {
    this.instances = new ResourceInstances(types, this.trail, {
      scopeOf: (stack, where) => this.scopeOf(stack, where),
      place: () => ({ region: this.region(), accountId }),
      defaultTags: (stack) => this.defaultTags(stack),
    });
  }

  region(): string {
    const own = "provider.aws";
    const region = this.resolvedValues.get(own, () =>
      commonRegion(this.stacks, (stack, json) => evaluateJson(json, own, this.scopeOf(stack, own))),
    );
    return toText(region);
  }

  /** The tags that the stack's provider gives each of its resources. */
  private defaultTags(stack: DeclaredStack): Value {
    const own = locationOf(stack, "provider.aws");
    return this.resolvedValues.get(`${own}: default_tags`, () => {
      const blocks = [evaluateBlock(stack.awsProvider?.default_tags ?? [], own, this.scopeOf(stack, own))];
      return Object.assign({}, ...blocks.flat().map((block) => (isObject(block) ? block.tags : {})));
    });
  }

  /** The resources and data sources of all stacks, in the order in which Terraform creates them: what depends comes after. */
  resources(): Resource[] {
    for (const stack of this.stacks) {
      for (const declaration of stack.resources.values()) {
        if (declaration.type === REMOTE_STATE) this.producer(stack, declaration);
        else this.instances.of(stack, declaration);
      }
    }
    return this.instances.all();
  }

  outputs(stack: DeclaredStack): Record<string, Value> {
    return Object.fromEntries(
      Object.keys(stack.outputs).map((name) => [name, this.output(stack, name, `output.${name}`)]),
    );
  }

  /** Evaluates what no resource needs to exist for: locals are checked though nobody refers to them. */
  checkLocals(stack: DeclaredStack): void {
    for (const name of Object.keys(stack.locals)) this.local(stack, name, `local.${name}`);
  }

  private scopeOf(stack: DeclaredStack, where: string): Scope {
    return { folder: stack.folder, resolve: (path) => this.resolve(stack, where, path) };
  }

  private resolve(
    stack: DeclaredStack,
    where: string,
    path: readonly string[],
  ): ReturnType<Scope["resolve"]> {
    const [root = "", name = ""] = path;
    const reference = path.join(".");
    switch (root) {
      case "path":
        if (name === "module" || name === "root") return { value: ".", used: 2 };
        throw notSupported(where, reference);
      case "terraform":
        if (name === "workspace") return { value: "default", used: 2 };
        throw notSupported(where, reference);
      case "local":
        return { value: this.local(stack, name, where), used: 2 };
      case "var":
        return { value: this.variable(stack, name, where), used: 2 };
      case "data":
        if (`data.${name}` === REMOTE_STATE) return this.remoteState(stack, where, path);
        return this.attribute(stack, where, path, 3);
      case "each":
      case "count":
        throw new DeploymentError(
          `${where}: refers to ${reference}, which only a resource with ${root === "each" ? "for_each" : "count"} has`,
        );
      case "module":
      case "self":
        throw notSupported(where, reference);
      default:
        return this.attribute(stack, where, path, 2);
    }
  }

  /** `addressLength`: how many words of the path are the resource's address. */
  private attribute(stack: DeclaredStack, where: string, path: readonly string[], addressLength: 2 | 3) {
    const address = path.slice(0, addressLength).join(".");
    const declaration = this.declaration(stack, where, address);
    const { value, used } = this.instances.attribute(stack, declaration, where, path.slice(addressLength));
    return { value, used: addressLength + used };
  }

  private declaration(stack: DeclaredStack, where: string, address: string): Declaration {
    const declaration = stack.resources.get(address);
    if (declaration !== undefined) return declaration;
    throw new DeploymentError(
      `${where}: refers to ${address}, which stack ${stack.name} does not declare; declare it, or correct the reference`,
    );
  }

  private local(stack: DeclaredStack, name: string, where: string): Value {
    const value = member(stack.locals, name);
    if (value === undefined)
      throw new DeploymentError(
        `${where}: refers to local.${name}, which stack ${stack.name} does not declare`,
      );
    const own = locationOf(stack, `local.${name}`);
    return this.resolvedValues.get(own, () => evaluateJson(value, own, this.scopeOf(stack, own)));
  }

  private variable(stack: DeclaredStack, name: string, where: string): Value {
    const variable = member(stack.variables, name);
    const value = isObject(variable) ? variable.default : undefined;
    if (value !== undefined) return evaluateJson(value, where, this.scopeOf(stack, where));
    throw new DeploymentError(
      `${where}: refers to var.${name}, which has no default value in stack ${stack.name}; give it one`,
    );
  }

  private output(stack: DeclaredStack, name: string, where: string): Value {
    const output = member(stack.outputs, name);
    const value = isObject(output) ? output.value : undefined;
    if (value === undefined)
      throw new DeploymentError(
        `${where}: refers to the output ${name}, which stack ${stack.name} does not have`,
      );
    const own = locationOf(stack, `output.${name}`);
    return this.resolvedValues.get(own, () => evaluateJson(value, own, this.scopeOf(stack, own)));
  }

  private remoteState(stack: DeclaredStack, where: string, path: readonly string[]) {
    const [attribute, output] = path.slice(3);
    const declaration = this.declaration(stack, where, path.slice(0, 3).join("."));
    const producer = this.producer(stack, declaration);
    if (attribute === undefined) return { value: { outputs: this.outputs(producer) }, used: 3 };
    if (attribute === "outputs" && output !== undefined)
      return { value: this.output(producer, output, where), used: 5 };
    throw notSupported(where, path.join("."));
  }

  private producer(stack: DeclaredStack, declaration: Declaration): DeclaredStack {
    const where = locationOf(stack, declaration.address);
    return this.producers.get(where, () => {
      const remote = evaluateJson(declaration.body, where, this.scopeOf(stack, where));
      return findProducer(stack, where, isObject(remote) ? remote : {}, this.stacks);
    });
  }
}

function member(section: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(section, name) ? section[name] : undefined;
}

function notSupported(where: string, reference: string): DeploymentError {
  return new DeploymentError(`${where}: refers to ${reference}, which the local runtime does not support`);
}

/**
 * The one region of all stacks, from their AWS providers.
 *
 * @param evaluate gives a provider's argument its value
 * @throws DeploymentError when a provider leaves its region to the environment, or when the regions differ
 */
function commonRegion(
  stacks: readonly DeclaredStack[],
  evaluate: (stack: DeclaredStack, json: unknown) => Value,
): string {
  const regions = new Map<string, string>();
  for (const stack of stacks) {
    if (stack.awsProvider === undefined) continue;
    const region = evaluate(stack, stack.awsProvider.region);
    if (typeof region !== "string" || region === "")
      throw new DeploymentError(
        `provider.aws (stack ${stack.name}): the local runtime needs its region, received ${JSON.stringify(region)}; set region on the provider`,
      );
    regions.set(region, stack.name);
  }
  const [region, other] = regions.keys();
  if (region === undefined)
    throw new DeploymentError(
      `no stack has an AWS provider (stacks: ${stacks.map(({ name }) => name).join(", ")}); add one with a region`,
    );
  if (other !== undefined)
    throw new DeploymentError(
      `the stacks are in several regions (${[...regions].map(([name, stack]) => `${stack} in ${name}`).join(", ")}); the local runtime serves one region`,
    );
  return region;
}
