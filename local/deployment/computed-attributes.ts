import type { Value } from "./attributes";
import { accountAttributes } from "./computed-attributes/account";
import { apiGatewayAttributes } from "./computed-attributes/api-gateway";
import { archiveAttributes } from "./computed-attributes/archive";
import { cognitoAttributes } from "./computed-attributes/cognito";
import type { ComputedAttributes, Surroundings } from "./computed-attributes/context";
import { iamAttributes } from "./computed-attributes/iam";
import { lambdaAttributes } from "./computed-attributes/lambda";
import { messagingAttributes } from "./computed-attributes/messaging";
import { wafv2Attributes } from "./computed-attributes/wafv2";
import type { Resource } from "./deployment";

const byType: ReadonlyMap<string, ComputedAttributes> = new Map(
  Object.entries({
    ...accountAttributes,
    ...apiGatewayAttributes,
    ...archiveAttributes,
    ...cognitoAttributes,
    ...iamAttributes,
    ...lambdaAttributes,
    ...messagingAttributes,
    ...wafv2Attributes,
  }),
);

/**
 * What AWS provider 5.100.0 would set of itself, in the formats of AWS: ids, ARNs, URLs, and the defaults of arguments
 * that other resources like to refer to. Drawn ids come from the resource's address, so each run has the same.
 *
 * Nothing for a type that is not known: inventing an ARN would be worse than saying that there is none.
 */
export function computeAttributes(own: Resource, surroundings: Surroundings): Record<string, Value> {
  return byType.get(own.type)?.(own, surroundings) ?? {};
}
