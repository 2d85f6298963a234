import { DeploymentError, type Value } from "./attributes";
import type { DeclaredStack } from "./declared-stack";

/**
 * The one region of all stacks, from their AWS providers.
 *
 * @param evaluate gives a provider's argument its value
 * @throws DeploymentError when a provider leaves its region to the environment, or when the regions differ
 */
export function commonRegion(
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
