import type { AwsService, BoundOperation } from "./service";

/** The operation of that name, if the service defines it itself: `constructor` and its like are not operations. */
export function ownOperation(service: AwsService, name: string): BoundOperation | undefined {
  return Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
}
