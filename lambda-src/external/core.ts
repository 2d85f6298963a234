import { DependencyError } from "../common/dependency-error";
import type { ProxyRequest } from "../common/request";
import type { Answer } from "../common/response";
import { readName } from "./request";

/** Publishes a name and gives the id that SNS gave the message. */
export type Publish = (name: string) => Promise<string>;

/** What became of a request. */
export type Outcome =
  | { readonly kind: "forwarded"; readonly name: string; readonly messageId: string }
  | { readonly kind: "rejected"; readonly reason: string }
  | { readonly kind: "undelivered"; readonly error: DependencyError };

/**
 * Publishes the request's name if it is acceptable, and nothing otherwise.
 *
 * @throws what `publish` throws, unless it is a `DependencyError`
 */
export async function forward(request: ProxyRequest, publish: Publish): Promise<Outcome> {
  const read = readName(request);
  if (!read.ok) return { kind: "rejected", reason: read.reason };
  try {
    return { kind: "forwarded", name: read.value, messageId: await publish(read.value) };
  } catch (error) {
    if (error instanceof DependencyError) return { kind: "undelivered", error };
    throw error;
  }
}

/** The answer to a request: it tells the client what it can do about it, and nothing about the services that it needs. */
export function answerTo(outcome: Outcome, functionName: string): Answer {
  switch (outcome.kind) {
    case "forwarded":
      return {
        statusCode: 200,
        body: {
          message: `Hello ${outcome.name}. Greetings from ${functionName}! Message forwarded to InternalLambda.`,
          messageId: outcome.messageId,
        },
      };
    case "rejected":
      return { statusCode: 400, body: { message: outcome.reason } };
    case "undelivered":
      return outcome.error.trouble === "unavailable" ? TRY_AGAIN : NOT_FORWARDED;
  }
}

const NOT_FORWARDED: Answer = { statusCode: 502, body: { message: "The message could not be forwarded." } };

const TRY_AGAIN: Answer = {
  statusCode: 503,
  body: { message: "The message could not be forwarded at the moment. Please try again." },
  headers: { "Retry-After": "5" },
};
