import { isObject } from "../../local/kernel/json";

/** A value that two syntheses of the same stacks do not have in common. */
export interface Difference {
  /** From the top of the stack's JSON: `terraform.required_providers.aws.version`. */
  readonly path: string;
  /** `undefined`: not there. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Every difference between two synthesized stacks, innermost values, in the order of their paths. */
export function differencesBetween(before: unknown, after: unknown, path = ""): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      differencesBetween(before[name], after[name], path === "" ? name : `${path}.${name}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => differencesBetween(item, after[index], `${path}[${index}]`));
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** What another version of CDKTF writes differently, and why it does not matter. */
export const EXPECTED: readonly { readonly path: RegExp; readonly because: string }[] = [
  {
    path: /^\/\/\.metadata\.version$/,
    because: "the version of CDKTF that wrote it; Terraform does not read it",
  },
  {
    path: /^terraform\.required_providers\.aws\.source$/,
    because: "`aws` and `hashicorp/aws` name the same provider",
  },
  {
    path: /^terraform\.required_providers\.(?:aws|archive)\.version$/,
    because: "the newer bindings are for a newer provider: its upgrade guide applies",
  },
];

export function reasonFor({ path }: Difference): string | undefined {
  return EXPECTED.find((expected) => expected.path.test(path))?.because;
}
