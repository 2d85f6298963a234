import * as v from "valibot";

/**
 * What a handler reads of API Gateway's proxy event. Everything may be missing: API Gateway's method test sends
 * `null` for headers, and whoever may invoke the function can send any event.
 */
export interface ProxyRequest {
  readonly httpMethod?: string;
  /** The path as the route has it: `/orders/{id}`. */
  readonly resource?: string;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Values;
  readonly pathParameters?: Values;
  readonly queryStringParameters?: Values;
  readonly requestContext?: {
    readonly requestId?: string;
    /** What the authorizer verified, each claim as text. */
    readonly authorizer?: { readonly claims?: Readonly<Record<string, string | undefined>> };
  };
}

type Values = Readonly<Record<string, string | undefined>> | null;

/** What was read, or why it could not be, in words that are fit for the client: they never repeat the input. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** The body, checked against the schema: API Gateway's validation is never relied on. */
export function readBody<T>(request: ProxyRequest, schema: v.GenericSchema<unknown, T>): Reading<T> {
  const parsed = parseJson(request);
  if (!parsed.ok) return { ok: false, reason: "The body must be JSON in UTF-8." };
  return readValue(parsed.value, schema);
}

/** The parameters of the path, such as `id` of `/orders/{id}`, decoded and checked. */
export function readPath<T>(request: ProxyRequest, schema: v.GenericSchema<unknown, T>): Reading<T> {
  // API Gateway hands them over as they were sent, percent-encoding kept.
  const decoded = Object.entries(request.pathParameters ?? {}).map(([name, value]) => [
    name,
    decodeUri(value),
  ]);
  return readValue(Object.fromEntries(decoded), schema);
}

/** The query string's parameters, checked; of one that is sent twice the last one counts. */
export function readQuery<T>(request: ProxyRequest, schema: v.GenericSchema<unknown, T>): Reading<T> {
  return readValue({ ...request.queryStringParameters }, schema);
}

/** The headers, by their names in lower case, checked. */
export function readHeaders<T>(request: ProxyRequest, schema: v.GenericSchema<unknown, T>): Reading<T> {
  const lower = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return readValue(Object.fromEntries(lower), schema);
}

/** A header's value, whatever the case of its name: API Gateway passes names on as the client wrote them. */
export function headerOf(request: ProxyRequest, name: string): string | undefined {
  const found = Object.entries(request.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function readValue<T>(value: unknown, schema: v.GenericSchema<unknown, T>): Reading<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success
    ? { ok: true, value: result.output }
    : { ok: false, reason: reasonOf(result.issues[0]) };
}

/** The schema's own message. Valibot's says what it received, so in its place comes one that does not. */
function reasonOf({ message, type, expected, received }: v.BaseIssue<unknown>): string {
  if (!/^Invalid .*received/s.test(message)) return message;
  const isMissing = /object$/.test(type) && received === "undefined" && expected !== null;
  return isMissing ? `${expected} is missing.` : "The request is not valid.";
}

function parseJson({ body, isBase64Encoded }: ProxyRequest): Reading<unknown> {
  if (typeof body !== "string") return { ok: false, reason: "" };
  try {
    return { ok: true, value: JSON.parse(isBase64Encoded ? decode(body) : body) };
  } catch {
    return { ok: false, reason: "" };
  }
}

/** @throws TypeError for bytes that are not UTF-8, instead of replacing them: text must arrive unchanged */
function decode(base64: string): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, "base64"));
}

/** `undefined` for what is not encoded soundly: no schema takes it. */
function decodeUri(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
