import type { Deployment, Resource } from "./deployment";

/**
 * The keys of tags with the prefix that is AWS's own, in any letter case ("Tag naming limits and requirements", Tagging AWS Resources
 * User Guide).
 */
function reservedTags({ values: { tags = null, tags_all = null } }: Resource): string[] {
  const keys = [tags, tags_all].flatMap((map) =>
    typeof map === "object" && map !== null && !Array.isArray(map) ? Object.keys(map) : [],
  );
  return [...new Set(keys)].filter((key) => /^aws:/i.test(key));
}

/** Those that AWS never sees: the provider leaves out `aws:` in lower case (terraform-provider-aws, `KeyValueTags.IgnoreSystem`). */
export function tagsLeftOut(resource: Resource): string[] {
  return reservedTags(resource).filter((key) => key.startsWith("aws:"));
}

/** A line for each that reaches AWS, which refuses it. */
export function refusedTags({ resources }: Deployment): string[] {
  return resources.flatMap((resource) =>
    reservedTags(resource)
      .filter((key) => !key.startsWith("aws:"))
      .map(
        (key) =>
          `${resource.location}: AWS refuses the tag ${key}: it reserves the prefix aws:, in any letter case`,
      ),
  );
}
