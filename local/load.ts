import { accountResourceTypes } from "./deployment/account-resources";
import type { SynthesizedStack } from "./deployment/declared-stack";
import type { Deployment } from "./deployment/deployment";
import { Ledger } from "./deployment/ledger";
import { readStates as read } from "./deployment/load-state";
import { loadStacks as load, readSynthesizedFolder } from "./deployment/load-synthesized";
import { createAccessControl, type PolicyAccessControl } from "./iam/policy-access-control";
import { iamResourceTypes } from "./iam/resources";
import type { Kept } from "./kernel/kept";
import { services } from "./services/index";

/** Every resource type that the runtime knows: those of the services, of IAM, and what no service serves. */
export const resourceTypes = [
  ...services.flatMap((service) => service.resourceTypes),
  ...iamResourceTypes,
  ...accountResourceTypes,
];

/** Decides by the policies of a deployment. @throws as `createAccessControl` */
export function accessControlOf(deployment: Deployment, kept?: Kept): Promise<PolicyAccessControl> {
  const denials = new Map(services.map(({ name, errors }) => [name, errors.denied]));
  return createAccessControl(deployment, resourceTypes, denials, kept);
}

export const ledger = new Ledger(resourceTypes);

/**
 * The deployment that a synthesized output folder (`cdktf.out`) describes, every reference in it resolved: also those
 * from stack to stack. What AWS would assign (ids, keys) follows from the address and so is the same in every run.
 *
 * @throws DeploymentError naming the resource's address, for whatever cannot be resolved
 */
export function loadSynthesized(folder: string): Deployment {
  return loadStacks(readSynthesizedFolder(folder));
}

/** The deployment of stacks whose JSON is read already. @throws as `loadSynthesized` */
export function loadStacks(stacks: readonly SynthesizedStack[]): Deployment {
  return withCreated(load(stacks, resourceTypes));
}

/** The deployment that Terraform's states describe. @throws DeploymentError as `readStates` of `deployment/load-state` */
export function readStates(...states: Parameters<typeof read>): Deployment {
  return withCreated(read(...states));
}

/** The deployment with the resources that others of it bring along. */
function withCreated(deployment: Deployment): Deployment {
  const types = new Map(resourceTypes.map((type) => [type.type, type]));
  return deployment.with(
    deployment.resources.flatMap((resource) => {
      const type = types.get(resource.type);
      return (type?.status === "served" && type.creates?.(resource, deployment)) || [];
    }),
  );
}
