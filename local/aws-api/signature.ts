import { type HeaderList, headerValues } from "../kernel/headers";

/** What a request's Signature Version 4 says about its caller. */
export interface Signature {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  /** The signing name: `sns`, `execute-api`. */
  readonly service: string;
}

/**
 * Reads the signature from the `Authorization` header or, for a presigned URL, from the query string; `undefined` where
 * the request is not signed, `malformed` where it has no credential of the right form. It is not verified: see
 * `IssuedCredentials`.
 */
export function readSignature(
  headers: HeaderList,
  query: URLSearchParams,
): Signature | "malformed" | undefined {
  const signed = headerValues(headers, "authorization").find((value) => value.startsWith("AWS4-"));
  const credential =
    signed === undefined ? query.get("X-Amz-Credential") : (/\bCredential=([^,\s]+)/.exec(signed)?.[1] ?? "");
  if (credential === null) return undefined;
  const [accessKeyId, date, region, service, end] = credential.split("/");
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request") return "malformed";
  const sessionToken = headerValues(headers, "x-amz-security-token")[0] ?? query.get("X-Amz-Security-Token");
  return { accessKeyId, sessionToken: sessionToken ?? undefined, service };
}
