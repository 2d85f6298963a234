/** In this order: a phone's browser calls itself a desktop's as well. */
const KINDS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/bot\b|crawl|spider|slurp|facebookexternalhit/i, "bot"],
  [
    /curl|wget|python|okhttp|axios|node|undici|go-http|java\/|libwww|postman|insomnia|httpie|aws-sdk|aws-cli|boto/i,
    "program",
  ],
  [/ipad|tablet|kindle|silk|(?=.*android)(?!.*mobile)/i, "tablet"],
  [/mobi|iphone|ipod|android/i, "phone"],
  [/smart-?tv|appletv|roku|playstation|xbox/i, "television"],
  [/windows|macintosh|x11|linux|cros/i, "desktop"],
];

/** The kind of device that a user agent names, as the traffic overview of AWS WAF groups requests. */
export function deviceOf(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === "") return "none named";
  return KINDS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}
