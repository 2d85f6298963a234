import { declareStack } from "./declared-stack";
import { Deployment } from "./deployment";
import { withoutCrossStackOutputs } from "./outputs";
import type { ResourceType } from "./resource-type";
import { StackResolver } from "./stack-resolver";
import { readSynthesizedFolder } from "./synthesized-folder";

/** The account of AWS's own examples: no state, no account of anybody. */
const LOCAL_ACCOUNT_ID = "123456789012";

/**
 * The deployment that a synthesized output folder (`cdktf.out`) describes, every reference in it resolved: also those
 * from stack to stack. What AWS would assign (ids, keys) is made from the address and so the same on every run.
 *
 * @throws DeploymentError naming the resource's address, for whatever cannot be resolved
 */
export function loadSynthesized(folder: string, types: readonly ResourceType[]): Deployment {
  const stacks = readSynthesizedFolder(folder).map(declareStack);
  const resolver = new StackResolver(stacks, LOCAL_ACCOUNT_ID, types);
  for (const stack of stacks) resolver.checkLocals(stack);
  return new Deployment(
    resolver.region(),
    LOCAL_ACCOUNT_ID,
    Object.fromEntries(stacks.map(({ name, folder: stackFolder }) => [name, stackFolder])),
    resolver.resources(),
    Object.fromEntries(
      stacks.map((stack) => [stack.name, withoutCrossStackOutputs(resolver.outputs(stack))]),
    ),
  );
}
