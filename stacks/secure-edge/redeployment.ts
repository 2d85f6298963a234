import { type IResolveContext, Lazy, type TerraformResource } from "cdktf";

/** Terraform's own, not API Gateway's. */
const META = new Set(["//", "depends_on", "lifecycle", "provider", "rest_api_id"]);

/**
 * The `triggers` of a deployment: one entry a part of the API, its settings as JSON. Terraform resolves the references
 * in it, so an entry changes exactly when the settings that API Gateway would deploy do, and the plan shows which part
 * it was. Nothing else, neither a time nor an id, leads to a deployment.
 */
export function redeploymentTriggers(parts: readonly TerraformResource[]): Record<string, string> {
  return Object.fromEntries(
    parts.map((part) => [
      `${part.terraformResourceType.replace("aws_api_gateway_", "")} ${part.friendlyUniqueId}`,
      Lazy.stringValue({ produce: (context) => settingsOf(part, context) }),
    ]),
  );
}

function settingsOf(part: TerraformResource, context: IResolveContext): string {
  const body: unknown = part.toTerraform().resource[part.terraformResourceType][part.friendlyUniqueId];
  const settings = Object.entries(context.resolve(body))
    .filter(([name]) => !META.has(name))
    .map(([name, value]) => [name, name.endsWith("_id") ? addressOf(value) : value] as const);
  return JSON.stringify(Object.fromEntries(settings.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** `${aws_api_gateway_authorizer.AGAuthorizer1.id}` → the address alone: which object counts, not its id of today. */
function addressOf(reference: unknown): string {
  return String(reference).replace(/^\$\{(.+)\.\w+\}$/, "$1");
}
