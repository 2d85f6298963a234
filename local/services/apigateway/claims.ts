import { formatJavaDate } from "./request-time";

/** Claims that API Gateway passes on as dates; `auth_time` stays a number in digits. */
const DATES = new Set(["exp", "iat", "nbf"]);

/**
 * A token's claims as API Gateway hands them to a function: every value a string.
 *
 * `exp` and `iat` as Java prints a date, lists joined with commas, `true` and numbers as text: as recorded in
 * amazon-archives/amazon-cognito-identity-js, issue 92, and in AWS re:Post, "AWS Cognito Group".
 */
export function claimsForEvent(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      DATES.has(name) && typeof value === "number" ? formatJavaDate(value * 1000) : claimText(value),
    ]),
  );
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return value.map(claimText).join(",");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}
