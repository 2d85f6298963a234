import { type Paint, printable } from "../../local/command/terminal";
import type { Pairs } from "../../local/console/contract";
import type { Host } from "../../local/console/host";
import { bodyText } from "../../local/console/masking";
import { peopleOf, tokenOf } from "../../local/console/people";
import { type ReceivedAnswer, sendRequest } from "../../local/console/send";
import { apiKeys } from "../../local/console/try";
import { createView, type View } from "../../local/console/view";
import type { RecordedRequest } from "./recording";

/** What a recorded request is answered now, compared with then. */
export interface Replayed {
  readonly method: string;
  readonly target: string;
  readonly outcome: "same" | "different" | "skipped";
  /** What differs, each with its value then and now; or why it was skipped. */
  readonly differences: readonly { readonly what: string; readonly was: string; readonly is: string }[];
  readonly why?: string;
}

/** What is another with each answer. */
const VOLATILE_HEADERS =
  /^(?:date|connection|keep-alive|content-length|transfer-encoding|x-amzn-requestid|x-amz-apigw-id|x-amzn-trace-id|x-amzn-remapped-.*)$/i;
const VOLATILE_VALUES = [
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g,
];
/** These depend on when and how often requests come, not on what they are. */
const BY_NUMBER = new Set(["throttle", "quota"]);
const RETRIES = 50;
const RETRY_MS = 100;

/**
 * Sends a recording's requests again, one after the other, and says which are answered otherwise. In the place of a masked token
 * comes one of the same kind: of a user of the same pool, an expired one, a forged one.
 */
export async function replay(
  host: Host,
  recording: readonly RecordedRequest[],
  onReplayed: (replayed: Replayed) => void,
): Promise<Replayed[]> {
  const view = createView(host);
  const all: Replayed[] = [];
  for (const recorded of recording) {
    const replayed = await again(view, recorded);
    onReplayed(replayed);
    all.push(replayed);
  }
  return all;
}

async function again(view: View, recorded: RecordedRequest): Promise<Replayed> {
  const { method, target, decidedBy } = recorded;
  const skipped = (why: string): Replayed => ({ method, target, outcome: "skipped", differences: [], why });
  if (BY_NUMBER.has(decidedBy.layer))
    return skipped(`then decided by the ${decidedBy.layer}, which counts requests`);
  const headers = await headersOf(view, recorded);
  if (headers === undefined) return skipped("no pool has a user whose token could stand for the masked one");
  const body = recorded.request.isBase64
    ? Buffer.from(recorded.request.body, "base64").toString("latin1")
    : recorded.request.body;
  const answer = await sent(view, { method, target, headers, body });
  const now = view.host.runtime.traces.find(answer.id)?.decidedBy.layer ?? "server";
  const differences = differencesOf(recorded, answer, now);
  return { method, target, outcome: differences.length === 0 ? "same" : "different", differences };
}

/** The recorded requests had their time; here they follow each other at once, so a full throttle is waited for. */
async function sent(
  view: View,
  request: {
    readonly method: string;
    readonly target: string;
    readonly headers: Pairs;
    readonly body: string;
  },
): Promise<ReceivedAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await sendRequest(view.host.runtime.port, request);
    const layer = view.host.runtime.traces.find(answer.id)?.decidedBy.layer;
    if (layer !== "throttle" || attempt === RETRIES) return answer;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** `undefined` where there is nobody to sign in. */
async function headersOf(
  view: View,
  { request, token, apiKeyId }: RecordedRequest,
): Promise<Pairs | undefined> {
  const isMasked = request.headers.some(([name, value]) => isTokenHeader(name) && value === "***");
  // The keys of a pool are new with each start, so a token that was good before is not good now.
  const needsToken = token !== undefined && ("pool" in token || isMasked);
  const substitute = needsToken ? await substituteFor(view, token) : undefined;
  if (needsToken && substitute === undefined) return undefined;
  const key = apiKeyId === undefined ? undefined : await keyOf(view, apiKeyId);
  return request.headers
    .filter(([name]) => !OWN_HEADERS.test(name))
    .map(([name, value]) => {
      if (/^x-api-key$/i.test(name)) return [name, key ?? value] as const;
      return [name, isTokenHeader(name) ? (substitute ?? value) : value] as const;
    });
}

/** Headers that belong to the connection, and not to the request. */
const OWN_HEADERS = /^(?:host|connection|content-length|transfer-encoding|keep-alive)$/i;

const isTokenHeader = (name: string) => /^authorization$/i.test(name);

async function substituteFor(
  view: View,
  token: NonNullable<RecordedRequest["token"]>,
): Promise<string | undefined> {
  const people = await peopleOf(view);
  const kindOf = (): string => {
    if (!("invalid" in token)) return "user";
    return /expired/i.test(token.invalid) ? "expired token" : "forger";
  };
  const kind = kindOf();
  const pool =
    "pool" in token ? view.host.runtime.userPools.find(({ name }) => name === token.pool)?.id : undefined;
  const person = people.find((one) => one.kind === kind && (pool === undefined || one.poolId === pool));
  return person === undefined ? undefined : tokenOf(view, person.id);
}

async function keyOf(view: View, id: string): Promise<string | undefined> {
  return (await apiKeys(view)).find((key) => key.id === id)?.value;
}

function differencesOf(
  recorded: RecordedRequest,
  answer: ReceivedAnswer,
  layer: string,
): Replayed["differences"] {
  const then = recorded.answer;
  const compared: readonly (readonly [what: string, was: string, is: string])[] = [
    ["status", String(then.status), String(answer.status)],
    ["decided by", recorded.decidedBy.layer, layer],
    ["body", stable(then.body), stable(bodyText(answer.body, Number.MAX_SAFE_INTEGER).text)],
    ...headersCompared(then.headers, answer.headers),
  ];
  return compared.filter(([, was, is]) => was !== is).map(([what, was, is]) => ({ what, was, is }));
}

function headersCompared(then: Pairs, now: Pairs): [string, string, string][] {
  const byName = (pairs: Pairs) => {
    const values = new Map<string, string>();
    for (const [name, value] of pairs) {
      const key = name.toLowerCase();
      if (!VOLATILE_HEADERS.test(key))
        values.set(key, [values.get(key), stable(value)].filter(Boolean).join(", "));
    }
    return values;
  };
  const [was, is] = [byName(then), byName(now)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((name) => [`header ${name}`, was.get(name) ?? "not there", is.get(name) ?? "not there"]);
}

/** Without ids and times, which are new each time. */
function stable(text: string): string {
  return VOLATILE_VALUES.reduce((stabler, pattern) => stabler.replace(pattern, "…"), text);
}

export function renderReplayed(
  { method, target, outcome, differences, why }: Replayed,
  paint: Paint,
): string {
  const marks = {
    same: paint("green", "same     "),
    different: paint("red", "different"),
    skipped: paint("yellow", "skipped  "),
  };
  const what = differences.map(({ what, was, is }) => `    ${what}: ${shortened(was)} → ${shortened(is)}`);
  return [
    `${marks[outcome]}  ${method} ${printable(target)}${why === undefined ? "" : `  (${why})`}`,
    ...what,
  ].join("\n");
}

function shortened(text: string): string {
  const shown = printable(text);
  return shown.length > 120 ? `${shown.slice(0, 119)}…` : shown;
}
