/** `14:03:07.120` in the visitor's time. */
export function clockTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** `3 s ago` */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `0.4 ms`, `12 ms`, `1.25 s` */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(2)} s`;
}

/** `812 B`, `12.3 KB` */
export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`;
  if (count < 1_048_576) return `${(count / 1_024).toFixed(1)} KB`;
  return `${(count / 1_048_576).toFixed(1)} MB`;
}

const COUNT = new Intl.NumberFormat("en");

/** `12,345` */
export function count(value: number): string {
  return COUNT.format(value);
}

/** `1 request`, `2 requests` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** What an ARN is of, in its account: `log-group:/aws/lambda/Hello:*`. */
export function arnResource(arn: string): string {
  return arn.startsWith("arn:") ? arn.split(":").slice(5).join(":") : arn;
}

/** What an ARN names: the part after its last `:` or `/`; of a topic's subscription the topic. */
export function arnName(arn: string): string {
  const topic = /^arn:[\w-]+:sns:[^:]*:[^:]*:([^:]+):[0-9a-f-]{36}$/.exec(arn)?.[1];
  if (topic !== undefined) return `a subscription of ${topic}`;
  return arn.slice(Math.max(arn.lastIndexOf(":"), arn.lastIndexOf("/")) + 1);
}

/** A sentence with the names of resources in place of their ARNs. */
export function withNames(text: string): string {
  return text.replace(/arn:[\w-]+:[^\s,;]+/g, arnName);
}

/** JSON with line breaks; what is not JSON stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
