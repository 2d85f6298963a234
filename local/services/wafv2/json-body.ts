import { utf8Bytes } from "./byte-string";

export interface JsonScan {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** `false` where the parsing stopped before the end. */
  readonly complete: boolean;
}

interface Frame {
  readonly closing: "}" | "]";
  readonly filter: PathFilter;
  /** An object's keys seen so far, since a second one of a name stops the parsing. */
  readonly seen: Set<string>;
  /** An object's key whose value comes next. */
  key: string | undefined;
  index: number;
}

const literal = /(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/**
 * Collects the keys and scalar values of a JSON text up to the first failure, as AWS WAF does: it forgives missing
 * commas, missing and extra colons, and stops at invalid characters, a duplicate key, a truncation, or a root that is
 * neither object nor array ("JsonBody", AWS WAF API reference). Works without recursion, so depth costs no stack.
 */
export function scanJson(text: string, filter: PathFilter): JsonScan {
  return new Scanner(text, filter).scan();
}

class Scanner {
  private readonly keys: string[] = [];
  private readonly values: string[] = [];
  private readonly frames: Frame[] = [];
  private position = 0;
  private rootSeen = false;

  constructor(
    private readonly text: string,
    private readonly filter: PathFilter,
  ) {}

  scan(): JsonScan {
    let going = true;
    while (going && this.skipSeparators()) going = this.token();
    return { keys: this.keys, values: this.values, complete: going && this.frames.length === 0 };
  }

  private skipSeparators(): boolean {
    const separators = this.frames.length > 0 ? " \t\r\n,:" : " \t\r\n";
    while (this.position < this.text.length && separators.includes(this.text.charAt(this.position)))
      this.position++;
    return this.position < this.text.length;
  }

  private token(): boolean {
    const character = this.text.charAt(this.position);
    const frame = this.frames.at(-1);
    if (character === "{" || character === "[") return this.open(frame, character);
    if (frame === undefined) return false;
    if (character === "}" || character === "]") return this.close(frame, character);
    const string = character === '"';
    const scalar = string ? this.string() : this.literal();
    if (scalar === undefined) return false;
    if (frame.closing === "}" && frame.key === undefined) return string && this.takeKey(frame, scalar);
    if (this.enter(frame).included) this.values.push(scalar);
    return true;
  }

  private open(parent: Frame | undefined, bracket: "{" | "["): boolean {
    if (parent === undefined && this.rootSeen) return false;
    if (parent?.closing === "}" && parent.key === undefined) return false;
    this.rootSeen = true;
    const filter = parent === undefined ? this.filter : this.enter(parent);
    this.frames.push({
      closing: bracket === "{" ? "}" : "]",
      filter,
      seen: new Set(),
      key: undefined,
      index: 0,
    });
    this.position++;
    return true;
  }

  private close(frame: Frame, bracket: string): boolean {
    if (frame.closing !== bracket || frame.key !== undefined) return false;
    this.frames.pop();
    this.position++;
    return true;
  }

  private takeKey(frame: Frame, key: string): boolean {
    if (frame.seen.has(key)) return false;
    frame.seen.add(key);
    frame.key = key;
    if (frame.filter.child(key).included) this.keys.push(key);
    return true;
  }

  /** The filter for the value that comes next in the frame, which moves on. */
  private enter(frame: Frame): PathFilter {
    const segment = frame.key ?? String(frame.index++);
    frame.key = undefined;
    return frame.filter.child(segment);
  }

  private literal(): string | undefined {
    literal.lastIndex = this.position;
    const found = literal.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private string(): string | undefined {
    let end = this.position + 1;
    for (; this.text.charAt(end) !== '"'; end++) {
      if (end >= this.text.length || this.text.charCodeAt(end) < 0x20) return undefined;
      if (this.text.charAt(end) === "\\") end++;
    }
    const raw = this.text.slice(this.position + 1, end);
    this.position = end + 1;
    return raw.includes("\\") ? decodeEscapes(raw) : raw;
  }
}

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** `undefined` where an escape is not valid. */
function decodeEscapes(raw: string): string | undefined {
  if (/\\u(?![0-9a-fA-F]{4})/.test(raw.replace(/\\[^u]/g, ""))) return undefined;
  return raw.replace(/(?:\\u[0-9a-fA-F]{4})+|\\[^u]/g, (found) => {
    if (!found.startsWith("\\u")) return escapes[found.charAt(1)] ?? found.charAt(1);
    const units = found.split("\\u").slice(1);
    return utf8Bytes(String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))));
  });
}

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
