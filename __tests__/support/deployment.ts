import type { Value } from "../../local/deployment/attributes";
import { Deployment, Resource } from "../../local/deployment/deployment";

export const REGION = "us-east-1";
export const ACCOUNT = "123456789012";

export type Values = Record<string, Value>;
/** By address: `aws_api_gateway_method.POST-lambda1`. */
export type Resources = Record<string, Values>;
/** A resource whose name does not matter. */
export type Unnamed = readonly [type: string, values: Values];

export function resourceAt(address: string, values: Values): Resource {
  return new Resource("secure-edge", address, address.slice(0, address.lastIndexOf(".")), values);
}

/** A deployment of one stack with these resources and nothing else. Whole stacks come from `synthesizeToFolder`. */
export function deploymentOf(...parts: readonly (Resource | Unnamed | Resources)[]): Deployment {
  const resources = parts.flatMap((part, index) => {
    if (part instanceof Resource) return [part];
    if (isUnnamed(part)) return [resourceAt(`${part[0]}.R${index}`, part[1])];
    return Object.entries(part).map(([address, values]) => resourceAt(address, values));
  });
  return new Deployment(REGION, ACCOUNT, { "secure-edge": "/" }, resources, {});
}

function isUnnamed(part: Unnamed | Resources): part is Unnamed {
  return Array.isArray(part);
}
