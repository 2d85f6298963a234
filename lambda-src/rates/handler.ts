import { Logger } from "@aws-lambda-powertools/logger";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import { type ApiHandler, apiHandler } from "../common/api-handler";
import { clientConfig } from "../common/client-config";
import { DependencyError } from "../common/dependency-error";
import { KeptValue } from "../common/kept-value";
import { type ProxyRequest, readPath } from "../common/request";
import type { Answer } from "../common/response";
import { fetchRates } from "./provider";
import { readProviderKey } from "./provider-key";
import { Rates } from "./rates";
import { readSettings } from "./settings";

/** What the key and the provider may take together. */
const BUDGET_MS = 3_000;
/** Kept back of the function's time to log and to answer. */
const RESERVE_MS = 1_000;
const KEY_MAX_AGE_MS = 300_000;

const NOT_A_CURRENCY = '"currency" must be three capital letters, such as EUR.';
const pathSchema = v.object({
  currency: v.pipe(v.string(NOT_A_CURRENCY), v.regex(/^[A-Z]{3}$/, NOT_A_CURRENCY)),
});

const UNKNOWN: Answer = { statusCode: 404, body: { message: "There is no rate for this currency." } };
const NOT_FETCHED: Answer = { statusCode: 502, body: { message: "The rate could not be fetched." } };
const TRY_AGAIN: Answer = {
  statusCode: 503,
  body: { message: "The rate could not be fetched at the moment. Please try again." },
  headers: { "Retry-After": "30" },
};

/**
 * The rate of a currency, as a third party gives it. Its answers are checked before they are believed, and none of its errors
 * gets out; what it said last is given, and called stale, while it is down.
 *
 * @throws Error when the environment variables are wrong
 */
export function createHandler(env: Readonly<Record<string, string | undefined>>): ApiHandler {
  const logger = new Logger({ serviceName: "rates" });
  const settings = readSettings(env);
  const secrets = new SecretsManagerClient(clientConfig);
  const now = () => Date.now();
  const key = new KeptValue({
    read: (signal) => readProviderKey(secrets, settings.providerKeySecretArn, signal),
    maxAgeMs: KEY_MAX_AGE_MS,
    now,
    onStale: ({ details }) => logger.warn("The key could not be read again", { dependency: details }),
  });
  const rates = new Rates({
    fetch: (signal) => fetchRates(settings.providerUrl, key, signal),
    now,
    onTrouble: ({ trouble, details }) =>
      logger.error("The rates could not be fetched", { trouble, dependency: details }),
  });

  return apiHandler({
    logger,
    env,
    corsOrigins: settings.corsOrigins,
    async answer(request, context) {
      const left = Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS);
      return answerTo(request, rates, AbortSignal.timeout(Math.min(BUDGET_MS, left)));
    },
  });
}

async function answerTo(request: ProxyRequest, rates: Rates, signal: AbortSignal): Promise<Answer> {
  const path = readPath(request, pathSchema);
  if (!path.ok) return { statusCode: 400, body: { message: path.reason } };
  const { currency } = path.value;
  try {
    const { table, stale } = await rates.current(signal);
    const rate = table.rates.get(currency);
    if (rate === undefined) return UNKNOWN;
    const asOf = new Date(table.timestamp * 1000).toISOString();
    return { statusCode: 200, body: { base: table.base, currency, rate, asOf, stale } };
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    return error.trouble === "unavailable" ? TRY_AGAIN : NOT_FETCHED;
  }
}
