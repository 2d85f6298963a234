/** The values of a condition key in a request, `undefined` where the request does not have the key. */
export type RequestContext = (key: string) => readonly string[] | undefined;

interface Syntax {
  /** Whether `*` and `?` match other characters. */
  readonly wildcards: boolean;
  /** Whether `${aws:PrincipalArn}` is replaced by a value of the request: in policies of version 2012-10-17. */
  readonly variables: boolean;
  /** Whether it is an ARN: a wildcard stops at a colon, and variables are allowed in the resource's part alone. */
  readonly arn?: boolean;
  readonly ignoreCase?: boolean;
}

type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "one" }
  | { readonly kind: "many"; readonly acrossColons: boolean }
  | { readonly kind: "variable"; readonly key: string; readonly fallback: string | undefined };

/** `*`, `?`, or `${key}`, `${key, 'default'}`, `${*}`: "IAM policy elements: Variables and tags" in the IAM user guide. */
const SPECIAL = /[*?]|\$\{\s*([^\s},]+)\s*(?:,\s*'([^']*)'\s*)?\}/g;

/** One value of a policy, as it is compared with a value of a request. */
export class Pattern {
  readonly #tokens: readonly Token[];

  constructor(
    readonly text: string,
    private readonly syntax: Syntax,
  ) {
    this.#tokens = tokensOf(text, syntax);
  }

  /** Whether a variable has no value in this request: IAM then leaves the statement out. */
  isUnresolved(context: RequestContext): boolean {
    return this.#tokens.some(
      (token) => token.kind === "variable" && variableValue(token, context) === undefined,
    );
  }

  matches(value: string, context: RequestContext): boolean {
    const pieces: Piece[] = [];
    for (const token of this.#tokens) {
      if (token.kind === "one" || token.kind === "many") pieces.push(token);
      else {
        const text = token.kind === "text" ? token.text : variableValue(token, context);
        if (text === undefined) return false;
        pieces.push(...this.#spelled(text));
      }
    }
    return matchesPieces(pieces, this.#spelled(value), this.syntax.arn === true);
  }

  #spelled(text: string): string {
    return this.syntax.ignoreCase === true ? text.toLowerCase() : text;
  }
}

function tokensOf(text: string, { wildcards, variables, arn = false }: Syntax): Token[] {
  const tokens: Token[] = [];
  // "You can use a policy variable in the Resource element, but only in the resource portion of the ARN."
  const resourceStart = /^(?:[^:]*:){5}/.exec(text)?.[0].length ?? text.length;
  let end = 0;
  const literal = (literalText: string) => {
    if (literalText !== "") tokens.push({ kind: "text", text: literalText });
  };
  for (const match of text.matchAll(SPECIAL)) {
    const [written, key, fallback] = match;
    if (key === undefined ? !wildcards : !variables || (arn && match.index < resourceStart)) continue;
    literal(text.slice(end, match.index));
    end = match.index + written.length;
    if (written === "?") tokens.push({ kind: "one" });
    // At the end of a segment an asterisk also matches what follows: "IAM JSON policy elements: Resource", wildcards.
    else if (written === "*") {
      const last = end === text.length || text[end] === ":";
      tokens.push({ kind: "many", acrossColons: !arn || last });
    } else if (key === "*" || key === "?" || key === "$") literal(key);
    else if (key !== undefined) tokens.push({ kind: "variable", key, fallback });
  }
  literal(text.slice(end));
  return tokens;
}

function variableValue(
  { key, fallback }: { readonly key: string; readonly fallback: string | undefined },
  context: RequestContext,
): string | undefined {
  const values = context(key);
  // Only keys of a single value can be variables.
  return values?.length === 1 ? values[0] : fallback;
}

type Piece = string | Extract<Token, { kind: "one" | "many" }>;

/** Follows all ways to match at once, so that no pattern takes longer than its length times the value's. */
function matchesPieces(pieces: readonly Piece[], value: string, segments: boolean): boolean {
  let reached = new Set([0]);
  const skip = (positions: Set<number>): Set<number> => {
    for (const position of positions) {
      const piece = pieces[position];
      if (typeof piece === "object" && piece.kind === "many") positions.add(position + 1);
    }
    return positions;
  };
  skip(reached);
  for (const character of value) {
    const next = new Set<number>();
    for (const position of reached) {
      const piece = pieces[position];
      if (piece === undefined) continue;
      if (typeof piece === "string") {
        if (piece === character) next.add(position + 1);
      } else if (piece.kind === "one") {
        if (!segments || character !== ":") next.add(position + 1);
      } else if (piece.acrossColons || character !== ":") next.add(position);
    }
    if (next.size === 0) return false;
    reached = skip(next);
  }
  return reached.has(pieces.length);
}
