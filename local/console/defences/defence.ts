import type { Deployment } from "../../deployment/deployment";
import { LAYERS, type LayerName } from "../../services/apigateway/edge/layers";
import type { ApiRoute } from "../api";
import type { Patch } from "../host";
import type { Attacker, Shot } from "./attacker";

/** The headings of docs/security.md. */
export const OWASP = {
  API1: "API1:2023 Broken Object Level Authorization",
  API2: "API2:2023 Broken Authentication",
  API3: "API3:2023 Broken Object Property Level Authorization",
  API4: "API4:2023 Unrestricted Resource Consumption",
  API5: "API5:2023 Broken Function Level Authorization",
  API6: "API6:2023 Unrestricted Access to Sensitive Business Flows",
  API7: "API7:2023 Server Side Request Forgery",
  API8: "API8:2023 Security Misconfiguration",
  API9: "API9:2023 Improper Inventory Management",
  API10: "API10:2023 Unsafe Consumption of APIs",
  LOGIN_PAGE: "The login page",
} as const;
export type Owasp = (typeof OWASP)[keyof typeof OWASP];

/** A setting that keeps attacks off, and the change that takes it out. */
export interface Defence {
  readonly id: string;
  readonly layer: string;
  /** As docs/security.md spells it: `aws_api_gateway_method.authorization`. */
  readonly setting: string;
  /** The resources that carry it; none where the deployment does not have it. */
  addresses(deployment: Deployment): readonly string[];
  /** Takes it out of a copy of the deployment. */
  readonly takeOut: Patch;
  /** What turns it on, where it is off by default. */
  readonly turnedOnBy?: string;
}

/** What an attack came to. */
export interface Finding {
  /** Whether the attacker got what it wanted. */
  readonly succeeded: boolean;
  /** One sentence. */
  readonly summary: string;
}

/** An attack, for the console and for the suite that proves its row of docs/security.md. */
export interface Attack {
  readonly id: string;
  readonly owasp: Owasp;
  /** As docs/security.md names it. A variant of another attack has none: the suite tries it, the console does not list it. */
  readonly threat?: string | undefined;
  readonly defence: Defence;
  /** The type of resource that is attacked, where the defence is set elsewhere. */
  readonly needs?: string;
  /** Which route is attacked. @default the first that has an authorizer */
  readonly aimsAt?: (route: ApiRoute, deployment: Deployment) => boolean;
  /** Does it to what is served now, with or without the defence. */
  run(attacker: Attacker): Promise<Finding>;
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

/** An attack with one request, which has succeeded once a layer after that one answers it. */
export function oneRequest(
  stops: LayerName,
  shotOf: (attacker: Attacker) => Shot | Promise<Shot>,
): Attack["run"] {
  return async (attacker) => {
    const shot = await shotOf(attacker);
    const [answer] = await attacker.send(shot);
    const layer = answer && attacker.layerOf(answer);
    const place = (name: string | undefined) => LAYERS.findIndex((one) => one.name === name);
    const succeeded = place(layer) > place(stops);
    return {
      succeeded,
      summary: `${shot.title}: ${succeeded ? "gets" : "does not get"} past the ${stops} (${answer?.status}, ${layer ?? "server"}).`,
    };
  };
}

/** `a-token-of-the-other-pool` */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
