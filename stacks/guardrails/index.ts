import { Annotations, Aspects, type IAspect, TerraformStack } from "cdktf";
import { type IConstruct, Node } from "constructs";
import { apiGuardrails } from "./api-guardrails";
import { functionGuardrails } from "./function-guardrails";
import type { Guardrail } from "./guardrail";
import { identityGuardrails } from "./identity-guardrails";
import { type SynthesizedResource, SynthesizedView } from "./synthesized-view";

export type { Guardrail } from "./guardrail";

export interface GuardrailsProps {
  /** Tags that every resource that takes any must have. @default none */
  readonly requiredTags?: readonly string[];
}

/** What breaks a guardrail. */
export interface Violation {
  readonly guardrail: Guardrail;
  readonly resource: SynthesizedResource;
  readonly problem: string;
}

const EXCEPTION = "guardrails:exception";

/**
 * Lets a construct, and everything below it, break a guardrail. The reason is where the exception is, and
 * `npm run guardrails` lists it.
 *
 * @throws Error for a guardrail that is not there, or without a reason
 */
export function allow(construct: IConstruct, id: string, reason: string): void {
  if (!guardrails([]).some((guardrail) => guardrail.id === id))
    throw new Error(
      `there is no guardrail ${JSON.stringify(id)}: ${guardrails([])
        .map((known) => known.id)
        .join(", ")}`,
    );
  if (reason.trim() === "")
    throw new Error(
      `${construct.node.path}: an exception from ${id} needs a reason: say why it is safe here`,
    );
  construct.node.addMetadata(EXCEPTION, { id, reason });
}

/**
 * Stops the synthesis of any CDKTF app that would deploy something unsafe: each violation is an error annotation on its
 * construct, with why, the fix and the ids by which auditors know it.
 *
 *     guard(app);
 *     app.synth();
 *
 * cdktf asks the aspects of stacks and of what is in them, and passes over those of the app itself
 * (`StackSynthesizer.synthesize` begins at the stack): `Aspects.of(app).add(…)` alone does nothing, with any aspect. So each
 * stack gets its own, and a stack that is created later stops the synthesis.
 */
export function guard(app: IConstruct, props: GuardrailsProps = {}): void {
  const guarded = new Set(stacksOf(app));
  const guardrails = new Guardrails(props);
  for (const stack of guarded) Aspects.of(stack).add(guardrails);
  app.node.addValidation({
    validate: () =>
      stacksOf(app)
        .filter((stack) => !guarded.has(stack))
        .map(
          (stack) =>
            `${stack.node.path} was created after guard(app), and nothing guards it: call guard(app) last`,
        ),
  });
}

/** The guardrails as an aspect: `Aspects.of(stack).add(new Guardrails())` guards one stack of an app. */
export class Guardrails implements IAspect {
  private violations: readonly Violation[] = [];
  /** Stacks that were judged with the one before, and not yet visited. */
  private readonly judged = new Set<TerraformStack>();

  constructor(private readonly props: GuardrailsProps = {}) {}

  visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node)) return;
    for (const violation of this.violationsFor(node).filter(
      ({ resource }) => TerraformStack.of(resource.construct) === node,
    ))
      Annotations.of(violation.resource.construct).addError(describe(violation));
  }

  /**
   * A synthesis visits one stack after the other, and to judge one needs the JSON of all. They are judged once, unless another aspect
   * may change a stack before its turn.
   */
  private violationsFor(stack: TerraformStack): readonly Violation[] {
    const app = stack.node.root;
    if (!this.judged.delete(stack) || hasOtherAspects(app)) {
      this.judged.clear();
      for (const other of stacksOf(app)) if (other !== stack) this.judged.add(other);
      this.violations = violationsIn(app, this.props);
    }
    return this.violations;
  }
}

/** Every guardrail there is. */
export function guardrails(requiredTags: readonly string[]): readonly Guardrail[] {
  return [...apiGuardrails, ...functionGuardrails, ...identityGuardrails, missingTags(requiredTags)];
}

/** What an app breaks, without the exceptions. */
export function violationsIn(app: IConstruct, { requiredTags = [] }: GuardrailsProps = {}): Violation[] {
  const view = SynthesizedView.of(stacksOf(app));
  return guardrails(requiredTags).flatMap((guardrail) =>
    view.resources
      .filter(({ type }) => guardrail.types.includes(type) || isEveryType(guardrail, type))
      .filter(({ construct }) => reasonFor(construct, guardrail.id) === undefined)
      .flatMap((resource) =>
        guardrail.violations(resource, view).map((problem) => ({ guardrail, resource, problem })),
      ),
  );
}

function isEveryType({ types }: Guardrail, type: string): boolean {
  return types.includes("*") && !type.startsWith("data.");
}

export interface Exception {
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

/** The exceptions of an app, in the order of its constructs. */
export function exceptionsIn(app: IConstruct): Exception[] {
  return app.node
    .findAll()
    .flatMap((construct) =>
      exceptionsOf(construct).map((exception) => ({ path: construct.node.path, ...exception })),
    );
}

function missingTags(required: readonly string[]): Guardrail {
  return {
    id: "missing-tags",
    why: "nobody can tell whose it is, nor what it costs",
    fix: "set default_tags on the AWS provider",
    controls: {},
    types: ["*"],
    violations: (resource, view) => {
      if (!("tagsInput" in resource.construct)) return [];
      const tags = view.tagsOf(resource);
      return required.filter((name) => !tags[name]).map((name) => `the tag ${name} is missing`);
    },
  };
}

function describe({ guardrail, resource, problem }: Violation): string {
  const { checkov = [], securityHub = [], cdkNag = [] } = guardrail.controls;
  const controls = [...checkov, ...securityHub, ...cdkNag].join(", ");
  return `${guardrail.id}: ${resource.address}: ${problem}: ${guardrail.why}. ${guardrail.fix}${controls === "" ? "" : ` (${controls})`}`;
}

function stacksOf(app: IConstruct): TerraformStack[] {
  return app.node
    .findAll()
    .filter((construct): construct is TerraformStack => TerraformStack.isStack(construct));
}

function hasOtherAspects(app: IConstruct): boolean {
  return app.node
    .findAll()
    .some((construct) => Aspects.of(construct).all.some((aspect) => !(aspect instanceof Guardrails)));
}

function reasonFor(construct: IConstruct, id: string): string | undefined {
  return Node.of(construct)
    .scopes.flatMap(exceptionsOf)
    .find((exception) => exception.id === id)?.reason;
}

function exceptionsOf(construct: IConstruct): { readonly id: string; readonly reason: string }[] {
  return construct.node.metadata.flatMap(({ type, data }) => (type === EXCEPTION ? [data] : []));
}
