import { utf8Bytes } from "./byte-string";

/** Tells, one step down the document at a time, which elements of a JSON body a rule inspects. */
export class PathFilter {
  static readonly everything = new PathFilter(true);
  private static readonly nothing = new PathFilter(false);
  private readonly children = new Map<string, PathFilter>();

  private constructor(public included: boolean) {}

  /** The elements at those JSON pointers (RFC 6901), and what they contain. */
  static of(pointers: readonly string[]): PathFilter {
    const root = new PathFilter(false);
    for (const pointer of pointers) {
      let filter = root;
      for (const segment of pointer.split("/").slice(1)) {
        filter = filter.grow(utf8Bytes(segment.replaceAll("~1", "/").replaceAll("~0", "~")));
      }
      filter.included = true;
    }
    return root;
  }

  child(segment: string): PathFilter {
    return this.included ? PathFilter.everything : (this.children.get(segment) ?? PathFilter.nothing);
  }

  private grow(segment: string): PathFilter {
    const existing = this.children.get(segment);
    if (existing !== undefined) return existing;
    const created = new PathFilter(false);
    this.children.set(segment, created);
    return created;
  }
}
