import type { Deployment } from "../../deployment/deployment";
import type { Patch } from "../host";
import type { Attacker } from "./attacker";

/** The categories of the OWASP API Security Top 10 that have rows here. */
export const OWASP = {
  API1: "API1:2023 Broken Object Level Authorization",
  API2: "API2:2023 Broken Authentication",
  API3: "API3:2023 Broken Object Property Level Authorization",
  API4: "API4:2023 Unrestricted Resource Consumption",
  API5: "API5:2023 Broken Function Level Authorization",
  API8: "API8:2023 Security Misconfiguration",
} as const;

/** What an attack came to. */
export interface Finding {
  /** Whether the attacker got what it wanted. */
  readonly succeeded: boolean;
  /** One sentence. */
  readonly summary: string;
}

/** One defence: what it keeps off, where it is set, an attack that shows it, and the change that takes it out. */
export interface DefenceRow {
  readonly id: string;
  readonly owasp: (typeof OWASP)[keyof typeof OWASP];
  /** As docs/security.md names it: the suite of that row is what proves the defence. */
  readonly threat: string;
  readonly layer: string;
  /** `aws_api_gateway_method.authorization` */
  readonly setting: string;
  /** The resources that carry it; none where the deployment does not have it. */
  addresses(deployment: Deployment): readonly string[];
  /** Does it to what is served now, with or without the defence. */
  attack(attacker: Attacker): Promise<Finding>;
  /** Takes it out of a copy of the deployment. */
  readonly takeOut: Patch;
}

export const addressesOf = (
  deployment: Deployment,
  type: string,
  has: (values: Readonly<Record<string, unknown>>) => boolean = () => true,
) =>
  deployment
    .ofType(type)
    .filter(({ values }) => has(values))
    .map(({ address }) => address);
