import type { AwsError } from "./aws-error";

export interface PageOptions<T> {
  /** Tells the items apart. */
  readonly keyOf: (item: T) => string;
  /**
   * An empty one asks for the first page, as none does: programs page through SNS's topics from `NextToken=''`. Services that refuse
   * it give their tokens a length in the API model.
   */
  readonly token: string | undefined;
  readonly limit: number;
  /** What the service answers to a token that it did not give out. */
  readonly invalidToken: () => AwsError;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Left out at the end of the list. */
  readonly nextToken?: string;
}

/** One page of a list. The token carries the last key returned, so that it stays good when the list grows. */
export function pageOf<T>(
  items: readonly T[],
  { keyOf, token, limit, invalidToken }: PageOptions<T>,
): Page<T> {
  let start = 0;
  if (token !== undefined && token !== "") {
    const key = Buffer.from(token, "base64url").toString();
    start = items.findIndex((item) => keyOf(item) === key) + 1;
    if (start === 0) throw invalidToken();
  }
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  if (last === undefined || start + page.length === items.length) return { items: page };
  return { items: page, nextToken: Buffer.from(keyOf(last)).toString("base64url") };
}
