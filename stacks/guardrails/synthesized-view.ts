import { TerraformDataSource, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** A block of synthesized JSON. */
export type Block = Readonly<Record<string, unknown>>;

/** A resource or a data source as Terraform will read it, and the construct that it comes from. */
export interface SynthesizedResource {
  /** `aws_api_gateway_method.POST-lambda1`, `data.aws_iam_policy_document.read` */
  readonly address: string;
  /** The address without the name. */
  readonly type: string;
  readonly body: Block;
  readonly construct: TerraformResource | TerraformDataSource;
}

/** Everything that the stacks of an app will deploy, references still in the text. */
export class SynthesizedView {
  constructor(
    readonly resources: readonly SynthesizedResource[],
    /** Tags that the stack's AWS provider gives every resource. */
    private readonly defaultTags: ReadonlyMap<TerraformStack, Block>,
  ) {}

  /** Reads the stacks as they are: what is changed after that is not seen. */
  static of(stacks: readonly TerraformStack[]): SynthesizedView {
    const tags = new Map<TerraformStack, Block>();
    const resources = stacks.flatMap((stack) => {
      const json = block(stack.toTerraform());
      tags.set(stack, defaultTagsOf(json));
      return stack.node
        .findAll()
        .filter(isDeclared)
        .flatMap((construct) => {
          const name = construct.friendlyUniqueId;
          const isData = TerraformDataSource.isTerraformDataSource(construct);
          const type = `${isData ? "data." : ""}${construct.terraformResourceType}`;
          const body = block(block(isData ? json.data : json.resource)[construct.terraformResourceType])[
            name
          ];
          return body === undefined
            ? []
            : [{ address: `${type}.${name}`, type, body: block(body), construct }];
        });
    });
    return new SynthesizedView(resources, tags);
  }

  ofType(type: string): SynthesizedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resources of that type whose argument refers to the other one, or carries the same text. */
  referring(type: string, argument: string, to: SynthesizedResource, text?: unknown): SynthesizedResource[] {
    return this.ofType(type).filter(({ body }) => {
      const value = body[argument];
      return refersTo(value, to) || (text !== undefined && value === text);
    });
  }

  tagsOf({ body, construct }: SynthesizedResource): Block {
    return { ...this.defaultTags.get(TerraformStack.of(construct)), ...block(body.tags) };
  }
}

/** Whether a value has a reference to that resource in it, also by way of another stack's output. */
export function refersTo(value: unknown, { address }: SynthesizedResource): boolean {
  const text = JSON.stringify(value ?? null);
  // cdktf names such an output by the address, dots left out or replaced: stacks differ in that.
  const bare = (name: string) => name.replace(/[.-]/g, "");
  return text.includes(`\${${address}.`) || bare(text).includes(bare(`cross-stack-output-${address}`));
}

/** The blocks under a name: Terraform takes one as an object, several as a list. */
export function blocks(value: unknown): Block[] {
  return (Array.isArray(value) ? value : [value]).filter(isBlock);
}

export function block(value: unknown): Block {
  return isBlock(value) ? value : {};
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDeclared(construct: IConstruct): construct is TerraformResource | TerraformDataSource {
  return (
    TerraformResource.isTerraformResource(construct) || TerraformDataSource.isTerraformDataSource(construct)
  );
}

function defaultTagsOf(json: Block): Block {
  const providers = blocks(block(json.provider).aws);
  return Object.assign(
    {},
    ...providers.flatMap(({ default_tags }) => blocks(default_tags)).map(({ tags }) => block(tags)),
  );
}
