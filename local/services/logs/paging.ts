import { AwsError } from "../../kernel/aws-error";
import type { Input } from "../../kernel/input";
import { pageOf } from "../../kernel/paging";
import type { LogEvent } from "./log-store";

export interface StreamPage {
  readonly events: readonly LogEvent[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

const firstPosition = "0".repeat(56);
const lastPosition = "9".repeat(56);

/**
 * One page of a stream, moving from a token or from either end. At the end of the stream the token that was passed in
 * comes back, which is how a reader knows that it has seen everything (CloudWatch Logs API Reference, GetLogEvents).
 */
export function streamPage(
  events: readonly LogEvent[],
  options: { readonly token?: string; readonly fromHead: boolean; readonly limit: number },
): StreamPage {
  const { direction, position } = readToken(options.token, options.fromHead);
  const page =
    direction === "f"
      ? events.filter((event) => event.id > position).slice(0, options.limit)
      : events.filter((event) => event.id < position).slice(-options.limit);
  const first = page[0]?.id ?? position;
  const last = page.at(-1)?.id ?? position;
  return { events: page, nextForwardToken: `f/${last}/s`, nextBackwardToken: `b/${first}/s` };
}

function readToken(token: string | undefined, fromHead: boolean): { direction: string; position: string } {
  if (token === undefined) {
    return fromHead
      ? { direction: "f", position: firstPosition }
      : { direction: "b", position: lastPosition };
  }
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (match?.[1] === undefined || match[2] === undefined) throw invalidToken();
  return { direction: match[1], position: match[2] };
}

/** The events after the one that the token names, which may itself be gone by now. */
export function eventsAfter(events: readonly LogEvent[], token: string | undefined): readonly LogEvent[] {
  if (token === undefined) return events;
  const id = Buffer.from(token, "base64url").toString();
  if (!/^\d{56}$/.test(id)) throw invalidToken();
  return events.filter((event) => event.id > id);
}

export function invalidToken(): AwsError {
  return new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
}

/** One page of a list by its keys, of 50 where the call says nothing else. */
export function page<T>(all: readonly T[], keyOf: (item: T) => string, input: Input) {
  const token = input.optionalText("nextToken");
  const limit = input.optionalInteger("limit") ?? 50;
  const { items, nextToken } = pageOf(all, { keyOf, token, limit, invalidToken });
  return { items, next: nextToken === undefined ? {} : { nextToken } };
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}
