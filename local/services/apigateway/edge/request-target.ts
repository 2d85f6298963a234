/** A query string's parameters, decoded, in order, duplicates kept. */
export type QueryParameters = readonly (readonly [name: string, value: string])[];

/** The request target's parts, as API Gateway takes it apart. */
export interface RequestTarget {
  /** The path as sent, with the stage: `/development//lambda1/`. */
  readonly rawPath: string;
  /** Without the question mark, as sent. */
  readonly rawQuery: string;
  /** The first segment: `development`. */
  readonly stageName: string;
  /**
   * After the stage: several slashes before it are one, one at its end stays, percent-encoding stays
   * (as recorded from AWS: `/stage//hardcoded` has the event path `/hardcoded`, `/stage/thing/` has `/thing/`).
   */
  readonly path: string;
}

/** Takes a request target apart; `undefined` for one that is not a path. */
export function parseTarget(target: string): RequestTarget | undefined {
  // A target in absolute form is allowed to clients that use a proxy (RFC 9112, 3.2.2).
  const origin = target.replace(/^https?:\/\/[^/?#]*/i, "");
  if (!origin.startsWith("/")) return undefined;
  const question = origin.indexOf("?");
  const rawPath = question < 0 ? origin : origin.slice(0, question);
  const rawQuery = question < 0 ? "" : origin.slice(question + 1);
  const [, stageName = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(rawPath) ?? [];
  return { rawPath, rawQuery, stageName, path: rest.replace(/^\/*/, "/") };
}

/** Whether every percent sign starts an escape. */
export function isSoundlyEncoded(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}

/**
 * Decodes a query string; `undefined` where AWS answers 400: a broken escape (seen in adamchainz/apig-wsgi, pull request
 * 102), or a character that must be encoded.
 *
 * A semicolon separates, a plus sign is a space, and `|`, `{` and `}` must be encoded (Developer Guide, "Amazon API
 * Gateway important notes", REST APIs). Bytes that are not UTF-8 become replacement characters.
 */
export function parseQuery(rawQuery: string): QueryParameters | undefined {
  if (/[|{}]/.test(rawQuery) || !isSoundlyEncoded(rawQuery)) return undefined;
  return rawQuery
    .split(/[&;]/)
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      return equals < 0
        ? [decode(part), ""]
        : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

function decode(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}
