import type { Config } from "../common/config";
import type { Route } from "./route";

/**
 * What to warn of where the methods let in more than the functions take; `undefined` where they do not.
 *
 * Lambda runs as many functions at once as the account's quota says, and takes ten times as many calls a second.
 *
 * Source: "Understanding Lambda function scaling", https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export function concurrencyWarning(
  routes: readonly Route[],
  config: Pick<Config, "throttle" | "lambdaConcurrency">,
): string | undefined {
  const limits = routes.map((route) => route.throttle ?? config.throttle);
  const burst = limits.reduce((sum, { burstLimit }) => sum + burstLimit, 0);
  const rate = limits.reduce((sum, { rateLimit }) => sum + rateLimit, 0);
  const quota = config.lambdaConcurrency;
  if (burst <= quota && rate <= 10 * quota) return undefined;
  return `the ${routes.length} methods take ${burst} requests at once and ${rate} a second, the account's functions ${quota} and ${10 * quota} (LAMBDA_CONCURRENCY): the others would get 500. Lower THROTTLE_BURST and THROTTLE_RATE, or have the quota raised`;
}
