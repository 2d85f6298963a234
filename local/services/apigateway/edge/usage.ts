import type { Clock } from "../../../kernel/clock";
import { headerValue } from "../../../kernel/headers";
import type { BucketLevel } from "../../../kernel/trace";
import { ACCOUNT_LIMIT, settingsOf } from "../stages";
import type { ApiKey, PlanStage, UsagePlan } from "../usage-plans";
import type { AtMethod } from "./exchange";
import { KINDS } from "./failures";
import { type EdgeContext, type Outcome, pass, refuse, skip } from "./layer";
import { QuotaCounter } from "./quota";
import { type RateLimit, TokenBucket } from "./token-bucket";

/** Whose usage a request counts for. */
export interface Client {
  readonly key: ApiKey;
  readonly plan: UsagePlan;
  readonly stage: PlanStage;
}

/** The tokens that a request took, until it is certain that it goes on. */
export interface Reservation {
  release(): void;
}

/**
 * How much each client and each method has used. Buckets and counters are one for each limit of the deployment, and of a
 * usage plan one for each of its keys, so memory does not grow with requests or callers.
 */
export class Usage {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly counters = new Map<string, QuotaCounter>();

  constructor(
    readonly plans: readonly UsagePlan[],
    private readonly clock: Clock,
  ) {}

  bucket(id: string, limit: RateLimit): TokenBucket {
    const known = this.buckets.get(id) ?? new TokenBucket(this.clock, limit);
    this.buckets.set(id, known);
    return known;
  }

  counter({ key, plan }: Client): QuotaCounter | undefined {
    if (plan.quota === undefined) return undefined;
    const id = `${plan.id} ${key.id}`;
    const known = this.counters.get(id) ?? new QuotaCounter(plan.quota);
    this.counters.set(id, known);
    return known;
  }
}

/**
 * Lets a request through only with a key that holds for the stage, where the method requires one. A key that is sent to
 * any other method is not looked at.
 */
export function requireApiKey(exchange: AtMethod, { usage }: EdgeContext): Outcome {
  const { api, stage, route, headers } = exchange;
  if (!route.method.apiKeyRequired) return skip("the method requires no key");
  // "AUTHORIZER to read the API key from the UsageIdentifierKey from a custom authorizer" (API reference, `RestApi`).
  const value =
    api.apiKeySource === "AUTHORIZER"
      ? exchange.authorization?.usageIdentifierKey
      : headerValue(headers, "x-api-key");
  if (value === undefined) return refuse(KINDS.invalidApiKey, "no key");
  for (const plan of usage.plans) {
    const key = plan.keys.find((candidate) => candidate.value === value);
    const planStage = plan.stages.find(({ apiId, stage: name }) => apiId === api.id && name === stage.name);
    if (key === undefined || planStage === undefined) continue;
    if (!key.enabled) return refuse(KINDS.invalidApiKey, "disabled key", { apiKeyId: key.id });
    exchange.client = { key, plan, stage: planStage };
    return pass(key.id, { apiKeyId: key.id });
  }
  return refuse(KINDS.invalidApiKey, "unknown key, or one without a usage plan for the stage");
}

interface Throttle {
  readonly name: string;
  readonly bucket: TokenBucket;
}

/** Takes a token from every bucket that holds for the request, or from none. */
export function throttle(exchange: AtMethod, { usage }: EdgeContext): Outcome {
  const throttles = throttlesOf(exchange, usage);
  const levels = (taken: number): BucketLevel[] =>
    throttles.map(({ name, bucket: { limit, tokens } }) => ({
      name,
      ...limit,
      before: tokens + taken,
      after: tokens,
    }));
  const empty = throttles.find(({ bucket }) => !bucket.hasToken());
  if (empty !== undefined) {
    const { rate, burst } = empty.bucket.limit;
    const detail = `${empty.name}: ${rate} a second, burst ${burst}`;
    return refuse(KINDS.throttled, detail, { buckets: levels(0) });
  }
  for (const { bucket } of throttles) bucket.take();
  exchange.reservation = {
    release: () => {
      for (const { bucket } of throttles) bucket.giveBack();
    },
  };
  return pass(throttles.map(({ name }) => name).join(", "), { buckets: levels(1) });
}

/**
 * In AWS's order: the usage plan's limit for the client and the method, or for the client; the stage's for the method;
 * the account's. The stage's default limit holds for each method by itself (the console: "Each method in this stage
 * will respect these rate and burst settings"); a plan's for a client over all its methods.
 */
function throttlesOf({ route, api, httpMethod, stage, client }: AtMethod, usage: Usage): Throttle[] {
  const throttles: Throttle[] = [];
  const add = (name: string, scope: string, limit: RateLimit) =>
    throttles.push({ name, bucket: usage.bucket(`${scope} ${name}`, limit) });
  if (client !== undefined) {
    const { plan, key } = client;
    const own = [httpMethod, route.method.httpMethod]
      .map((method) => `${route.resource.path}/${method}`)
      .find((path) => client.stage.methods.has(path));
    const limit = own === undefined ? undefined : client.stage.methods.get(own);
    if (limit !== undefined) add(`usage plan ${own}`, `${plan.id} ${key.id} ${stage.arn}`, limit);
    else if (plan.throttle !== undefined) add("usage plan", `${plan.id} ${key.id}`, plan.throttle);
  }
  const settings = settingsOf(stage, route.resource.path, [httpMethod, route.method.httpMethod]);
  if (settings.limit !== undefined) {
    add(`stage ${stage.name} ${route.method.httpMethod} ${route.resource.path}`, api.id, settings.limit);
  }
  add("account", "", ACCOUNT_LIMIT);
  return throttles;
}

/** Counts the request for its client's quota. One above it counts for nothing, and gives its tokens back. */
export function countForQuota({ client, reservation }: AtMethod, { usage, clock }: EdgeContext): Outcome {
  const counter = client && usage.counter(client);
  if (counter === undefined) return skip("no usage plan with a quota");
  const { limit, period } = counter.quota;
  const detail = `usage plan: ${limit} a ${period.toLowerCase()}`;
  const now = clock.now();
  const hasRoom = counter.hasRoom(now);
  if (hasRoom) counter.add(now);
  else reservation?.release();
  const facts = { quota: { limit, period, used: counter.used } };
  return hasRoom ? pass(detail, facts) : refuse(KINDS.quotaExceeded, detail, facts);
}
