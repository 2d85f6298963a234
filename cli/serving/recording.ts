import { appendFileSync, closeSync, openSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { codeOf } from "../../local/command/describe-error";
import { bodyText, maskedHeaders, messageView } from "../../local/console/masking";
import { headerValue } from "../../local/kernel/headers";
import { isObject, parseJson } from "../../local/kernel/json";
import type { PassedMessages, RequestTrace, TraceLog } from "../../local/kernel/trace";
import { UserError } from "../../local/kernel/user-error";

const message = {
  headers: v.array(v.tuple([v.string(), v.string()])),
  body: v.string(),
  isBase64: v.boolean(),
};

/** One line of a recording: a request, its answer, and how it came to that. */
const lineSchema = v.object({
  at: v.string(),
  method: v.string(),
  target: v.string(),
  request: v.object(message),
  /** Whose token was in place of `***`, by the name of the pool; `invalid`: one that the authorizer refused, and why. */
  token: v.optional(
    v.union([v.object({ pool: v.string(), use: v.string() }), v.object({ invalid: v.string() })]),
  ),
  apiKeyId: v.optional(v.string()),
  answer: v.object({ status: v.number(), ...message }),
  decidedBy: v.object({ layer: v.string(), detail: v.string() }),
  steps: v.array(v.unknown()),
});

export type RecordedRequest = v.InferOutput<typeof lineSchema>;

/** More than any request that the server takes. */
const WHOLE = Number.MAX_SAFE_INTEGER;

export interface Recorder {
  stop(): void;
}

/**
 * Writes each request to the invoke URL as one line of JSON, its answer and its way. Tokens, keys and passwords are masked
 * unless they are asked for.
 *
 * @param poolName of a pool's id
 * @throws UserError when the file cannot be written
 */
export function record(
  file: string,
  traces: TraceLog,
  options: { readonly unmasked: boolean; readonly poolName: (id: string) => string },
): Recorder {
  let descriptor: number;
  try {
    descriptor = openSync(file, "w", 0o600);
  } catch (error) {
    throw new UserError(`cannot write ${file} (${codeOf(error) ?? error}): name another file with --record`);
  }
  const stop = traces.onAdded((trace, passed) => {
    if (passed === undefined) return;
    appendFileSync(descriptor, `${JSON.stringify(lineOf(trace, passed, options))}\n`);
  });
  return {
    stop() {
      stop();
      closeSync(descriptor);
    },
  };
}

function lineOf(
  trace: RequestTrace,
  { request, response }: PassedMessages,
  { unmasked, poolName }: { readonly unmasked: boolean; readonly poolName: (id: string) => string },
): RecordedRequest {
  const { at, path, query, decidedBy, steps, status } = trace;
  const masked = `${path}${query === undefined ? "" : `?${query}`}`;
  const view = messageView(request.headers, request.body, false);
  const whole = bodyText(request.body, WHOLE);
  const answer = bodyText(response.body, WHOLE);
  const keepsBody = unmasked || view.body.text === whole.text || request.body.length > view.body.text.length;
  const apiKeyId = steps.find(({ facts }) => facts.apiKeyId !== undefined)?.facts.apiKeyId;
  const token = tokenOf(trace, request, poolName);
  return {
    at: new Date(at).toISOString(),
    method: request.method,
    target: unmasked ? request.target : masked,
    request: {
      headers: pairs(unmasked ? request.headers : view.headers),
      body: keepsBody ? whole.text : view.body.text,
      isBase64: whole.isBase64,
    },
    ...(token === undefined ? {} : { token }),
    ...(apiKeyId === undefined ? {} : { apiKeyId }),
    answer: {
      status,
      headers: pairs(maskedHeaders(response.headers)),
      body: answer.text,
      isBase64: answer.isBase64,
    },
    decidedBy,
    steps: [...steps],
  };
}

function pairs(headers: readonly (readonly [string, string])[]): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}

/** Whose token it was, so that a replay can bring one of the same kind: a pool has new keys with each start. */
function tokenOf(
  { caller, steps, at }: RequestTrace,
  { headers }: PassedMessages["request"],
  poolName: (id: string) => string,
): RecordedRequest["token"] {
  const step = steps.find(({ layer }) => layer === "authorizer");
  const failed = step?.facts.claims?.find(({ ok }) => !ok);
  if (caller !== undefined) return { pool: poolName(caller.pool), use: "user" };
  if (failed !== undefined)
    return failed.name === "token" ? undefined : { invalid: failed.detail ?? failed.name };
  return step === undefined ? unverified(headerValue(headers, "Authorization"), at, poolName) : undefined;
}

/** What a token says of itself, where the request was refused before anybody verified it. */
function unverified(
  text: string | undefined,
  at: number,
  poolName: (id: string) => string,
): RecordedRequest["token"] {
  const claims = parseJson(Buffer.from(text?.split(".")[1] ?? "", "base64url").toString("utf8"));
  if (!isObject(claims) || typeof claims.iss !== "string") return undefined;
  if (Number(claims.exp) * 1000 < at) return { invalid: "expired" };
  return { pool: poolName(claims.iss.slice(claims.iss.lastIndexOf("/") + 1)), use: "user" };
}

/** @throws UserError for a file that is not a recording, with the line */
export function readRecording(file: string): RecordedRequest[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `cannot read ${file} (${codeOf(error) ?? error}): npm start -- --record FILE writes one`,
    );
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      const result = v.safeParse(lineSchema, parsed(line));
      if (result.success) return result.output;
      const [issue] = result.issues;
      throw new UserError(
        `${file} is not a recording: line ${index + 1}, ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`,
      );
    });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
