import { AwsError } from "../../kernel/aws-error";
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
  if (match?.[1] === undefined || match[2] === undefined) return invalidToken();
  return { direction: match[1], position: match[2] };
}

/** One page of a list whose items are told apart by a key: the token is the last key returned. */
export function listPage<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  options: { readonly token?: string; readonly limit: number },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const start = options.token === undefined ? 0 : indexAfter(items, keyOf, options.token);
  const page = items.slice(start, start + options.limit);
  const last = page.at(-1);
  const more = start + page.length < items.length;
  if (!more || last === undefined) return { items: page };
  return { items: page, nextToken: Buffer.from(keyOf(last)).toString("base64url") };
}

function indexAfter<T>(items: readonly T[], keyOf: (item: T) => string, token: string): number {
  const key = Buffer.from(token, "base64url").toString();
  const index = items.findIndex((item) => keyOf(item) === key);
  return index === -1 ? invalidToken() : index + 1;
}

/** The events after the one that the token names, which may itself be gone by now. */
export function eventsAfter(events: readonly LogEvent[], token: string | undefined): readonly LogEvent[] {
  if (token === undefined) return events;
  const id = Buffer.from(token, "base64url").toString();
  return /^\d{56}$/.test(id) ? events.filter((event) => event.id > id) : invalidToken();
}

function invalidToken(): never {
  throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
}
