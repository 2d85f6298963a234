import type { Resource } from "../../deployment/deployment";
import type { InspectedRequest } from "../../kernel/web-acl-inspection";
import { asBytes, lowerCase } from "./byte-string";
import { parseAddress } from "./ip-address";

export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** A component of which only the beginning may have been forwarded to AWS WAF. */
export interface Limited<T> {
  readonly content: T;
  readonly oversize: boolean;
}

/** The rate that a rate-based rule saw a request exceed: what AWS WAF's logs tell of it. */
export interface RateLimit {
  readonly limitKey: "IP" | "FORWARDED_IP" | "CONSTANT" | "CUSTOMKEYS";
  /** The address. The values of custom keys could be secrets, and are left out. */
  readonly limitValue?: string;
  readonly maxRateAllowed: number;
  readonly evaluationWindowSec: string;
}

// "Oversize web request components", AWS WAF Developer Guide.
const maximumCount = 200;
const maximumBytes = 8192;
const bodyLimits: Readonly<Record<string, number>> = { KB_16: 16, KB_32: 32, KB_48: 48, KB_64: 64 };

/**
 * A request as AWS WAF receives it: headers, cookies and body only up to the limits of what API Gateway forwards. A
 * rule cannot see what lies beyond, and neither can a test that passes here and would fail on AWS.
 */
export class RequestView {
  /** The labels that rules have put on the request so far, fully qualified. */
  readonly labels = new Set<string>();
  /** Those among them that rest on a prediction. */
  private readonly predictedLabels = new Set<string>();
  /** How often a rule's outcome rested on a prediction so far. */
  predictions = 0;
  /** What the rate-based rule that matched last limited. */
  rateLimit: RateLimit | undefined;
  private readonly counts = new Map<object, number>();
  readonly sourceAddress;
  readonly path: string;
  readonly queryString: string;
  readonly method: string;
  readonly headers: Limited<readonly Pair[]>;
  readonly body: Limited<string>;

  constructor(
    readonly request: InspectedRequest,
    bodyLimit: number,
    /** Whether rules that only AWS has are predicted for this request. */
    public predicts: boolean,
    /** The host by which AWS knows the stage, in place of the one by which it is known here. */
    host: string,
  ) {
    this.sourceAddress = parseAddress(request.sourceIp);
    this.path = asBytes(request.path);
    this.queryString = asBytes(request.queryString);
    this.method = asBytes(request.method);
    this.headers = limit(
      request.headers.map(([name, value]) => ({
        name: asBytes(name),
        value: lowerCase(name) === "host" ? host : asBytes(value),
      })),
    );
    this.body = {
      content: request.body.subarray(0, bodyLimit).toString("latin1"),
      oversize: request.body.length > bodyLimit,
    };
  }

  /** Puts labels on the request that rest on a prediction, and notes that a rule's outcome does. */
  predict(labels: readonly string[] = []): void {
    this.predictions++;
    for (const label of labels) {
      this.labels.add(label);
      this.predictedLabels.add(label);
    }
  }

  isPredicted(label: string): boolean {
    return this.predictedLabels.has(label);
  }

  /** Starts again without predictions. */
  forgetPredictions(): void {
    this.predicts = false;
    this.predictions = 0;
    this.labels.clear();
    this.predictedLabels.clear();
  }

  /** Counts the request with that counter; once, however often the web ACL's rules are evaluated for it. */
  count(counter: { count(key: string): number }, key: string): number {
    const requests = this.counts.get(counter) ?? counter.count(key);
    this.counts.set(counter, requests);
    return requests;
  }

  /** The values of all headers of that name; case does not matter. */
  header(name: string): string[] {
    return valuesOf(this.headers.content, name);
  }

  cookies(): Limited<readonly Pair[]> {
    const pairs = this.header("cookie").flatMap((value) => value.split(";").map((part) => pair(part.trim())));
    const { content, oversize } = limit(pairs.filter(({ name }) => name !== ""));
    return { content, oversize: oversize || this.headers.oversize };
  }

  /** Names and values as sent, nothing decoded: decoding is a text transformation. */
  queryArguments(): Pair[] {
    return this.queryString
      .split("&")
      .filter((part) => part !== "")
      .map(pair);
  }
}

export function valuesOf(pairs: readonly Pair[], name: string): string[] {
  const wanted = lowerCase(name);
  return pairs.filter((candidate) => lowerCase(candidate.name) === wanted).map(({ value }) => value);
}

function pair(text: string): Pair {
  const equals = text.indexOf("=");
  return equals < 0
    ? { name: text, value: "" }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function limit(pairs: readonly Pair[]): Limited<readonly Pair[]> {
  const content: Pair[] = [];
  let room = maximumBytes;
  for (const { name, value } of pairs) {
    if (content.length === maximumCount || room < name.length + value.length) {
      const rest = room - name.length;
      if (content.length < maximumCount && rest > 0) content.push({ name, value: value.slice(0, rest) });
      return { content, oversize: true };
    }
    content.push({ name, value });
    room -= name.length + value.length;
  }
  return { content, oversize: false };
}

/** Bytes of the body that API Gateway forwards: "Managing body inspection size limits", AWS WAF Developer Guide. */
export function readBodyLimit(resource: Resource): number {
  const setting = resource.block("association_config")?.block("request_body")?.block("api_gateway");
  if (setting === undefined) return 16 * 1024;
  const kilobytes = bodyLimits[setting.string("default_size_inspection_limit")];
  if (kilobytes === undefined)
    return setting.fail("default_size_inspection_limit", "KB_16, KB_32, KB_48 or KB_64");
  return kilobytes * 1024;
}
