import { DependencyError } from "../common/dependency-error";
import type { KeptValue } from "../common/kept-value";
import { getJson } from "./outbound";
import { type RateTable, rateTableIn } from "./rate-table";

const OPERATION = "rates:latest";
/** The provider's table has some 170 currencies, 3 KB. */
const MOST_BYTES = 64 * 1024;

/**
 * Asks the provider for its table. The key goes in a header, which ends in nobody's access log; one that is refused is read
 * again from its secret, because somebody may have replaced it, and tried once more.
 *
 * Source: Open Exchange Rates, "Authentication", https://docs.openexchangerates.org/reference/authentication
 *
 * @throws DependencyError
 */
export async function fetchRates(
  providerUrl: URL,
  key: KeptValue<string>,
  signal: AbortSignal,
): Promise<RateTable> {
  const url = new URL(`${providerUrl.href.replace(/\/$/, "")}/latest.json`);
  const ask = async (apiKey: string) =>
    getJson({
      url,
      operation: OPERATION,
      headers: { Authorization: `Token ${apiKey}` },
      maxBytes: MOST_BYTES,
      signal,
    });
  const known = await key.current(signal);
  const answer = await ask(known).catch(async (error: unknown) => {
    if (!(error instanceof DependencyError) || error.trouble !== "refused") throw error;
    const replacement = await key.insteadOf(known, signal);
    if (replacement === known) throw error;
    return ask(replacement);
  });
  const table = rateTableIn(answer);
  if (table === undefined)
    throw new DependencyError("failed", {
      operation: OPERATION,
      reason: "the answer is not a table of rates",
    });
  return table;
}
