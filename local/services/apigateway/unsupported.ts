import { type Attributes, DeploymentError, type Value } from "../../deployment/attributes";

/**
 * Fails for a setting that AWS would honour and this edge would not: an API that is open here and closed there, or the
 * other way round, is worse than one that does not start.
 */
export function refuseUnsupported(attributes: Attributes, keys: readonly string[]): void {
  for (const key of keys) {
    const value = attributes.values[key];
    if (isSet(value)) {
      throw new DeploymentError(
        `${attributes.address}: ${key} is not supported locally, received ${JSON.stringify(value)}; remove it`,
      );
    }
  }
}

/** Terraform's state writes what is not set as `null`, "", 0, false or an empty list. */
function isSet(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
