import { type HeaderList, matchesMediaType, mediaType } from "../../../kernel/headers";
import { isObject, parseJson } from "../../../kernel/json";

/** A function's answer, checked, as it goes to the client. */
export interface ProxyResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Lambda's limit for the answer of a synchronous invocation: 6 MB and a little. */
const MAX_RESPONSE_BYTES = 6_291_556;

const MEMBERS = new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);

/** Sent under another name (Developer Guide, "Amazon API Gateway important notes"; WWW-Authenticate as seen at REST APIs). */
const REMAPPED = new Set(["connection", "content-length", "date", "server", "www-authenticate"]);

/** Never sent, or API Gateway's own. */
const DROPPED = new Set(["transfer-encoding", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"]);

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads a function's answer as API Gateway reads it; a string says why it is malformed, which the client sees as a 502.
 *
 * No member is required, and no other member than the five of the format is allowed: that is how AWS tells an answer from
 * any other JSON (LocalStack's tests against AWS: `RestApiAwsProxyIntegration`).
 *
 * @param accept the client's `Accept` header: its first media type decides whether base64 is decoded
 */
export function parseProxyResponse(
  payload: string,
  binaryMediaTypes: readonly string[],
  accept: string | undefined,
): ProxyResponse | string {
  if (Buffer.byteLength(payload) > MAX_RESPONSE_BYTES) return "the answer is larger than 6 MB";
  const answer = parseJson(payload);
  if (!isObject(answer)) return "the answer is not a JSON object";
  const foreign = Object.keys(answer).find((key) => !MEMBERS.has(key));
  if (foreign !== undefined) return `the answer has the unknown member ${JSON.stringify(foreign)}`;
  const status = readStatus(answer.statusCode);
  if (status === undefined) return "statusCode is not an HTTP status";
  const headers = readHeaders(answer.headers, answer.multiValueHeaders);
  if (headers === undefined) return "headers or multiValueHeaders are not maps of strings and of lists";
  const { body = null, isBase64Encoded = null } = answer;
  if (body !== null && typeof body !== "string") return "body is not a string";
  if (isBase64Encoded !== null && typeof isBase64Encoded !== "boolean")
    return "isBase64Encoded is not a boolean";
  const accepted = mediaType((accept ?? "*/*").split(",")[0] ?? "");
  const decode = isBase64Encoded === true && matchesMediaType(binaryMediaTypes, accepted);
  return {
    status,
    headers: withContentType(headers),
    body: Buffer.from(body ?? "", decode ? "base64" : "utf8"),
  };
}

/** An integer or its digits; 200 where there is none. */
function readStatus(value: unknown): number | undefined {
  if (value === undefined || value === null) return 200;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) return undefined;
  // 1xx is not a final answer.
  return number >= 200 && number <= 599 ? number : undefined;
}

/**
 * Both maps in one list. A name that both have gets the values of both, those of `multiValueHeaders` first and spelled as
 * there; a member of `multiValueHeaders` has to be a list (recorded in localstack's AWS-validated tests,
 * `test_aws_proxy_response_payload_format_validation`).
 */
function readHeaders(single: unknown, multiple: unknown): HeaderList | undefined {
  const singles = readMap(single);
  const multiples = readMap(multiple);
  if (singles === undefined || multiples === undefined) return undefined;
  if (multiples.some(([, values]) => !Array.isArray(values))) return undefined;
  const spelling = new Map(multiples.map(([name]) => [name.toLowerCase(), name]));
  const respelled = singles.map(
    ([name, value]) => [spelling.get(name.toLowerCase()) ?? name, value] as const,
  );
  const isInBoth = ([name]: readonly [string, unknown]) => spelling.has(name.toLowerCase());
  const all: (readonly [string, unknown])[] = [
    ...respelled.filter((pair) => !isInBoth(pair)),
    ...multiples.flatMap(([name, values]) =>
      (Array.isArray(values) ? values : []).map((value) => [name, value] as const),
    ),
    ...respelled.filter(isInBoth),
  ];
  const headers: (readonly [string, string])[] = [];
  for (const [name, value] of all) {
    if (!HEADER_NAME.test(name) || !isScalar(value) || !HEADER_VALUE.test(String(value))) return undefined;
    const lower = name.toLowerCase();
    if (DROPPED.has(lower)) continue;
    headers.push([REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, String(value)]);
  }
  return headers;
}

function readMap(value: unknown): (readonly [string, unknown])[] | undefined {
  if (value === undefined || value === null) return [];
  return typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : undefined;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function withContentType(headers: HeaderList): HeaderList {
  if (headers.some(([name]) => name.toLowerCase() === "content-type")) return headers;
  return [["Content-Type", "application/json"], ...headers];
}
