/** The region and the account that ARNs of a deployment name. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** The parts of an Amazon Resource Name: `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for global services (IAM). */
  readonly region: string;
  /** Empty where the service leaves it out (API Gateway). */
  readonly accountId: string;
  /** Everything after the account, colons included: `function:ExternalLambda1`, `secret:Name-a1b2c3`. */
  readonly resource: string;
}

/** The parts of an ARN, `undefined` for any other text. */
export function parseArn(text: string): Arn | undefined {
  const [, partition = "", service = "", region = "", accountId = "", resource = ""] =
    /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text) ?? [];
  return resource === "" ? undefined : { partition, service, region, accountId, resource };
}

/** The ARN of a resource of the deployment. `overrides`: for services that leave out the region or the account. */
export function formatArn(
  { region, accountId }: Place,
  service: string,
  resource: string,
  overrides: Partial<Pick<Arn, "region" | "accountId">> = {},
): string {
  const place = { region, accountId, ...overrides };
  return `arn:${partitionOf(region)}:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** The partition that a region belongs to ("Amazon Resource Names", AWS General Reference). */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The ARN of a function without the version or alias at its end; any other ARN as it is. */
export function unqualified(arn: string): string {
  return arn.replace(/(:function:[^:]+):[^:]+$/, "$1");
}

/** The last part of an ARN, or the whole of a name that is given where an ARN may be: `MyQueue`. */
export function nameFromArn(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf(":") + 1);
}
