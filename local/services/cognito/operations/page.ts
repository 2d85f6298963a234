import { invalidParameter } from "../errors";

/** One page of a list. `token`: where it starts, from the page before; `next` is missing on the last page. */
export function page<T>(
  list: readonly T[],
  size: number,
  token: string | undefined,
): { items: readonly T[]; next: string | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw invalidParameter("Invalid pagination token");
  const end = start + size;
  const next = end < list.length ? Buffer.from(String(end)).toString("base64url") : undefined;
  return { items: list.slice(start, end), next };
}
