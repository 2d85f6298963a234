import type { SynthesizedResource, SynthesizedView } from "./synthesized-view";

/** A setting that a resource must not have, or must not lack. */
export interface Guardrail {
  /** In kebab-case: exceptions name it. */
  readonly id: string;
  /** What goes wrong without it, in one sentence. */
  readonly why: string;
  /** What to change. */
  readonly fix: string;
  /** The same control in the catalogues that auditors use. */
  readonly controls: {
    readonly checkov?: readonly string[];
    readonly securityHub?: readonly string[];
    readonly cdkNag?: readonly string[];
  };
  /** The types that it looks at: `aws_iam_role`, `data.aws_iam_policy_document`; `*` for every resource. */
  readonly types: readonly string[];
  /** What of the resource breaks it, one phrase each; empty where it holds. */
  readonly violations: (resource: SynthesizedResource, view: SynthesizedView) => readonly string[];
}
