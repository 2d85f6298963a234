import { binary, type TerraformFunction, variadic } from "./terraform-function";
import { ExpressionFailure, toText } from "./values";

const now = variadic(0, () => rfc3339(new Date()), 0);

export const timeFunctions: Readonly<Record<string, TerraformFunction>> = {
  timestamp: now,
  plantimestamp: now,
  timeadd: binary((time, duration) => {
    const later = parseTime(toText(time)).getTime() + milliseconds(toText(duration));
    // In the zone in which it was written.
    const { text, minutes } = zoneOf(toText(time));
    return rfc3339(new Date(later + minutes * 60_000), text);
  }),
  timecmp: binary((first, second) =>
    Math.sign(parseTime(toText(first)).getTime() - parseTime(toText(second)).getTime()),
  ),
  formatdate: binary((pattern, time) => formatDate(toText(pattern), toText(time))),
};

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function parseTime(text: string): Date {
  const time = new Date(TIME.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new ExpressionFailure('a time as RFC 3339 writes it is required, such as "2006-01-02T15:04:05Z"');
  return time;
}

function rfc3339(time: Date, zone = "Z"): string {
  return time.toISOString().slice(0, 19) + zone;
}

/** The zone at a time's end, and how many minutes it is ahead of UTC. */
function zoneOf(time: string): { readonly text: string; readonly minutes: number } {
  const text = TIME.exec(time)?.[1] ?? "Z";
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (sign === undefined) return { text, minutes: 0 };
  return { text, minutes: (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1) };
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ h: 3_600_000, m: 60_000, s: 1_000, ms: 1 },
  ...{ us: 1e-3, µs: 1e-3, ns: 1e-6 },
};

/** Go's durations: `-1h30m`, `1.5s`. */
function milliseconds(text: string): number {
  const [, sign = "", parts = ""] = /^([+-]?)((?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+)$/.exec(text) ?? [];
  if (parts === "") throw new ExpressionFailure('a duration is required, such as "1h30m"');
  const amounts = Array.from(
    parts.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g),
    ([, amount, unit = ""]) => Number(amount) * (UNITS[unit] ?? 0),
  );
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return sign === "-" ? -total : total;
}

const NAMES = { weekday: "long", month: "long", timeZone: "UTC" } as const;

/** Words of letters are replaced, text in quotes stays: `DD MMM YYYY 'at' hh:mm ZZZ`. */
function formatDate(pattern: string, text: string): string {
  const time = parseTime(text);
  const { text: zone, minutes } = zoneOf(text);
  const colon = zone === "Z" ? "+00:00" : zone;
  const plain = colon.replace(":", "");
  // The time of day where it was written, read as if it were UTC.
  const local = new Date(time.getTime() + minutes * 60_000);
  const named = (part: "weekday" | "month") =>
    new Intl.DateTimeFormat("en-US", { [part]: NAMES[part], timeZone: NAMES.timeZone }).format(local);
  const two = (number: number) => String(number).padStart(2, "0");
  const hour = local.getUTCHours();
  const words: Readonly<Record<string, string>> = {
    YYYY: String(local.getUTCFullYear()).padStart(4, "0"),
    YY: two(local.getUTCFullYear() % 100),
    MMMM: named("month"),
    MMM: named("month").slice(0, 3),
    MM: two(local.getUTCMonth() + 1),
    M: String(local.getUTCMonth() + 1),
    DD: two(local.getUTCDate()),
    D: String(local.getUTCDate()),
    EEEE: named("weekday"),
    EEE: named("weekday").slice(0, 3),
    hh: two(hour),
    h: String(hour),
    HH: two(hour % 12 || 12),
    H: String(hour % 12 || 12),
    AA: hour < 12 ? "AM" : "PM",
    aa: hour < 12 ? "am" : "pm",
    mm: two(local.getUTCMinutes()),
    m: String(local.getUTCMinutes()),
    ss: two(local.getUTCSeconds()),
    s: String(local.getUTCSeconds()),
    ZZZZZ: colon,
    ZZZZ: plain,
    ZZZ: minutes === 0 ? "UTC" : plain,
    Z: minutes === 0 ? "Z" : colon,
  };
  return pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (word, quoted?: string) => {
    if (quoted !== undefined) return quoted.replaceAll("''", "'");
    const value = words[word];
    if (value === undefined) throw new ExpressionFailure(`the letters ${word} stand for no part of a time`);
    return value;
  });
}
