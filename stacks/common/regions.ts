/** A group of regions with accounts, ARNs and host names of its own. */
interface Partition {
  readonly dnsSuffix: string;
  readonly regions: readonly string[];
}

/** Every region that an account can be opened for. Source: `partitions.json` of botocore 1.43. */
const partitions = {
  aws: {
    dnsSuffix: "amazonaws.com",
    regions: [
      "af-south-1",
      "ap-east-1",
      "ap-east-2",
      "ap-northeast-1",
      "ap-northeast-2",
      "ap-northeast-3",
      "ap-south-1",
      "ap-south-2",
      "ap-southeast-1",
      "ap-southeast-2",
      "ap-southeast-3",
      "ap-southeast-4",
      "ap-southeast-5",
      "ap-southeast-6",
      "ap-southeast-7",
      "ca-central-1",
      "ca-west-1",
      "eu-central-1",
      "eu-central-2",
      "eu-north-1",
      "eu-south-1",
      "eu-south-2",
      "eu-west-1",
      "eu-west-2",
      "eu-west-3",
      "il-central-1",
      "me-central-1",
      "me-south-1",
      "mx-central-1",
      "sa-east-1",
      "us-east-1",
      "us-east-2",
      "us-west-1",
      "us-west-2",
    ],
  },
  "aws-cn": { dnsSuffix: "amazonaws.com.cn", regions: ["cn-north-1", "cn-northwest-1"] },
  "aws-eusc": { dnsSuffix: "amazonaws.eu", regions: ["eusc-de-east-1"] },
  "aws-us-gov": { dnsSuffix: "amazonaws.com", regions: ["us-gov-east-1", "us-gov-west-1"] },
} satisfies Readonly<Record<string, Partition>>;

/** The names of all regions. */
export const regions: readonly string[] = Object.values(partitions).flatMap((partition) => partition.regions);

/** The partition of a region: what its ARNs start with, and what its host names and service principals end with. */
export function partitionOf(region: string): { readonly id: string; readonly dnsSuffix: string } {
  const found = Object.entries<Partition>(partitions).find(([, partition]) =>
    partition.regions.includes(region),
  );
  if (found === undefined)
    throw new Error(`${JSON.stringify(region)} is not a region of stacks/common/regions.ts: add it there`);
  return { id: found[0], dnsSuffix: found[1].dnsSuffix };
}
