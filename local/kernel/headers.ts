/** Header fields as a request or an answer carries them: names as sent, in order, duplicates kept. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** All values of that header, whatever the case of its name. */
export function headerValues(headers: HeaderList, name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([candidate]) => candidate.toLowerCase() === wanted).map(([, value]) => value);
}

/** The last value of that header: where AWS takes one value of several, it takes the last. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  return headerValues(headers, name).at(-1);
}

/** The only value of that header, `undefined` where it is missing or sent more than once. */
export function singleHeader(headers: HeaderList, name: string): string | undefined {
  const values = headerValues(headers, name);
  return values.length === 1 ? values[0] : undefined;
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/** Whether a list like `image/*`, `application/pdf` has that media type. */
export function matchesMediaType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase();
    if (wanted === "*/*" || wanted === type) return true;
    return wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1));
  });
}
