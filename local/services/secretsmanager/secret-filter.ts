import type { Input } from "../../kernel/input";
import type { Secret } from "./resources";

/**
 * Reads `Filters`: a secret must meet each filter, with one of its values; `!` at a value's start turns it round. `name` and the
 * tags are prefixes, with their case; `description` and `all` are words, each the beginning of a word of the secret, in any
 * case (AWS Secrets Manager API Reference, Filter; recorded in localstack's test_list_secrets_filtering).
 */
export function readFilters(input: Input): (secret: Secret) => boolean {
  const filters = input.structures("Filters").map((filter) => {
    const key = filter.text("Key");
    const values = filter.texts("Values");
    return (secret: Secret) => values.some((value) => meets(secret, key, value));
  });
  return (secret) => filters.every((filter) => filter(secret));
}

function meets(secret: Secret, key: string, value: string): boolean {
  if (value.startsWith("!")) return !meets(secret, key, value.slice(1));
  const texts = textsOf(secret, key);
  if (key !== "description" && key !== "all") return texts.some((text) => text.startsWith(value));
  const words = wordsOf(texts.join(" "));
  return wordsOf(value).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

function textsOf(secret: Secret, key: string): string[] {
  const description = secret.description ?? "";
  switch (key) {
    case "name":
      return [secret.name];
    case "description":
      return [description];
    case "tag-key":
      return Object.keys(secret.tags);
    case "tag-value":
      return Object.values(secret.tags);
    case "all":
      return [secret.name, description, ...Object.entries(secret.tags).flat()];
    // A secret of Terraform's belongs to no AWS service, and one without replicas has no primary region.
    default:
      return [];
  }
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s/_+=.@-]+/)
    .filter((word) => word !== "");
}
