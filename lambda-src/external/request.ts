import * as v from "valibot";
import { nameSchema } from "../common/name";

/**
 * What the function reads of API Gateway's proxy event. Everything may be missing: API Gateway's method test sends
 * `null` for headers, and whoever may invoke the function can send any event.
 */
export interface ProxyRequest {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly requestContext?: { readonly requestId?: string };
}

/** A name, or why there is none, in words that are fit for the client: they never repeat the input. */
export type NameResult =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: string };

const SHAPE = 'The body must be a JSON object with "name" and no other property.';

const bodySchema = v.strictObject({ name: nameSchema }, SHAPE);

/** The name in the request's body, checked here as well: API Gateway's validation is never relied on. */
export function readName(request: ProxyRequest): NameResult {
  const parsed = parseJson(request);
  if (!parsed.ok) return { ok: false, reason: "The body must be JSON in UTF-8." };
  const result = v.safeParse(bodySchema, parsed.value, { abortEarly: true });
  return result.success
    ? { ok: true, name: result.output.name }
    : { ok: false, reason: result.issues[0].message };
}

function parseJson({ body, isBase64Encoded }: ProxyRequest): { ok: true; value: unknown } | { ok: false } {
  if (typeof body !== "string") return { ok: false };
  try {
    return { ok: true, value: JSON.parse(isBase64Encoded ? decode(body) : body) };
  } catch {
    return { ok: false };
  }
}

/** @throws TypeError for bytes that are no UTF-8, instead of replacing them: the name must arrive unchanged */
function decode(base64: string): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, "base64"));
}

/** A header's value, whatever the case of its name: API Gateway passes names on as the client wrote them. */
export function headerOf(request: ProxyRequest, name: string): string | undefined {
  const found = Object.entries(request.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}
