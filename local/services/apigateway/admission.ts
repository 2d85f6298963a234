import type { Clock } from "../../kernel/clock";
import { headerValue } from "../../kernel/headers";
import type { RoutedExchange } from "./exchange-state";
import { failure, KINDS } from "./failures";
import { QuotaCounter } from "./quota";
import { ACCOUNT_LIMIT, settingsOf } from "./read-stages";
import type { ApiKey, PlanStage, UsagePlan } from "./read-usage-plans";
import type { Stage } from "./rest-api";
import { type RateLimit, TokenBucket } from "./token-bucket";

interface Client {
  readonly key: ApiKey;
  readonly plan: UsagePlan;
  readonly stage: PlanStage;
}

interface Throttle {
  readonly name: string;
  readonly bucket: TokenBucket;
}

/**
 * Admits a request: its API key where the method requires one, then every limit that holds for it, then its client's quota.
 *
 * A refused request takes no token and counts towards no quota. Buckets and counters are one for each limit of the
 * deployment, and of a usage plan one for each of its keys, so memory does not grow with requests or callers.
 */
export class Admission {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly counters = new Map<string, QuotaCounter>();

  constructor(
    private readonly plans: readonly UsagePlan[],
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the API key that the request is counted for, `undefined` for a method that requires none: a key that is sent
   *   to such a method is not looked at
   * @throws GatewayFailure 403 without a key that holds for the stage, 429 above a limit
   */
  admit(exchange: RoutedExchange, stage: Stage): ApiKey | undefined {
    const client = exchange.route.method.apiKeyRequired ? this.clientOf(exchange) : undefined;
    const throttles = this.throttlesOf(exchange, stage, client);
    const empty = throttles.find(({ bucket }) => !bucket.hasToken());
    if (empty !== undefined) {
      const { rate, burst } = empty.bucket.limit;
      throw failure(KINDS.throttled, "throttle", `${empty.name}: ${rate} a second, burst ${burst}`);
    }
    this.count(client);
    for (const { bucket } of throttles) bucket.take();
    return client?.key;
  }

  private clientOf({ headers, api, stage }: RoutedExchange): Client {
    const refuse = (detail: string) => failure(KINDS.invalidApiKey, "API key", detail);
    const value = headerValue(headers, "x-api-key");
    if (value === undefined) throw refuse("no key");
    for (const plan of this.plans) {
      const key = plan.keys.find((candidate) => candidate.value === value);
      const planStage = plan.stages.find(({ apiId, stage: name }) => apiId === api.id && name === stage.name);
      if (key === undefined || planStage === undefined) continue;
      if (!key.enabled) throw refuse("disabled key");
      return { key, plan, stage: planStage };
    }
    throw refuse("unknown key, or one without a usage plan for the stage");
  }

  /**
   * In AWS's order: the usage plan's limit for the client and the method, or for the client; the stage's for the method;
   * the account's. The stage's default limit holds for each method by itself (the console: "Each method in this stage
   * will respect these rate and burst settings"); a plan's for a client over all its methods.
   */
  private throttlesOf(
    { route, api, httpMethod }: RoutedExchange,
    stage: Stage,
    client: Client | undefined,
  ): Throttle[] {
    const throttles: Throttle[] = [];
    const add = (name: string, scope: string, limit: RateLimit) =>
      throttles.push({ name, bucket: this.bucket(`${scope} ${name}`, limit) });
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

  private bucket(id: string, limit: RateLimit): TokenBucket {
    const known = this.buckets.get(id) ?? new TokenBucket(this.clock, limit);
    this.buckets.set(id, known);
    return known;
  }

  private count(client: Client | undefined): void {
    const quota = client?.plan.quota;
    if (client === undefined || quota === undefined) return;
    const id = `${client.plan.id} ${client.key.id}`;
    const counter = this.counters.get(id) ?? new QuotaCounter(quota);
    this.counters.set(id, counter);
    const now = this.clock.now();
    if (!counter.hasRoom(now)) {
      throw failure(
        KINDS.quotaExceeded,
        "quota",
        `usage plan: ${quota.limit} a ${quota.period.toLowerCase()}`,
      );
    }
    counter.add(now);
  }
}
