import { DependencyError } from "../../../lambda-src/common/dependency-error";
import { getJson } from "../../../lambda-src/rates/outbound";
import {
  type Behaviour,
  behaviours,
  PROVIDER_SECRET,
  RATES,
  RatesProvider,
} from "../../support/rates-provider";
import { type SelfSigned, selfSigned } from "../../support/self-signed";

const never = new AbortController().signal;
const providers: RatesProvider[] = [];

afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.stop();
});

async function providerThat(behaviour: Behaviour, tls?: SelfSigned): Promise<RatesProvider> {
  const provider = await RatesProvider.start(tls);
  provider.behaviour = behaviour;
  providers.push(provider);
  return provider;
}

const get = (provider: { readonly url: string }, signal: AbortSignal = never) =>
  getJson({
    url: new URL(`${provider.url}/latest.json`),
    operation: "rates:latest",
    headers: { Authorization: "Token key" },
    maxBytes: 1_000,
    signal,
  });

const failure = async (answer: Promise<unknown>) => {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DependencyError)) throw new Error(`it did not fail as it should: ${String(error)}`);
  return error;
};

describe("A call of a third party", () => {
  it("gets its JSON, and sends the headers that it was given", async () => {
    const provider = await providerThat(behaviours.good);

    expect(await get(provider)).toEqual(RATES);
    expect(provider.requests).toEqual([{ path: "/api/latest.json", key: "Token key" }]);
  });

  it.each<[string, Behaviour, string, string]>([
    ["an error", behaviours.error, "failed", "an error"],
    ["an outage", behaviours.unavailable, "unavailable", "it cannot answer now"],
    ["a refused key", behaviours.refusesTheKey, "refused", "it refuses the key"],
    ["another content type", behaviours.html, "failed", "the answer is not application/json"],
    [
      "a compressed answer",
      behaviours.compressed,
      "failed",
      "the answer is compressed, which nobody asked for",
    ],
    ["an answer without an end", behaviours.huge, "failed", "more than 1000 bytes"],
    ["half an object", behaviours.notJson, "failed", "the answer is not JSON in UTF-8"],
    ["bytes that are not UTF-8", behaviours.notUtf8, "failed", "the answer is not JSON in UTF-8"],
    ["null", behaviours.says(null), "failed", "the answer is not JSON in UTF-8"],
    ["a closed connection", behaviours.hangsUp, "unavailable", "no answer (ECONNRESET)"],
    ["half an answer", behaviours.hangsUpHalfWay, "unavailable", "cut off (ECONNRESET)"],
    ["headers without an end", behaviours.manyHeaders, "unavailable", "no answer (HPE_HEADER_OVERFLOW)"],
  ])("fails on %s, and repeats nothing of it", async (_, behaviour, trouble, reason) => {
    const error = await failure(get(await providerThat(behaviour)));

    expect([error.trouble, error.details.reason]).toEqual([trouble, reason]);
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(PROVIDER_SECRET);
  });

  it("follows no redirect", async () => {
    const elsewhere = await providerThat(behaviours.good);
    const provider = await providerThat(behaviours.redirectTo(elsewhere.url));

    const error = await failure(get(provider));

    expect(error.details.reason).toBe("a redirect, which is not followed");
    expect(elsewhere.requests).toEqual([]);
  });

  it.each<[string, Behaviour]>([
    ["says nothing", behaviours.silent],
    ["stops in the middle", behaviours.drips],
  ])("ends with its budget when the provider %s", async (_, behaviour) => {
    const budget = new AbortController();
    const provider = await providerThat((request, response) => {
      behaviour(request, response);
      setImmediate(() => budget.abort());
    });

    const error = await failure(get(provider, budget.signal));

    expect(error.trouble).toBe("unavailable");
    expect(error.details.reason).toMatch(/\(ABORT_ERR\)$/);
  });

  it("fails where nobody listens", async () => {
    const provider = await RatesProvider.start();
    const { url } = provider;
    await provider.stop();

    expect((await failure(get({ url }))).details.reason).toMatch(/^no answer \(E\w+\)$/);
  });

  it.each([
    ["signed by itself", selfSigned("localhost"), /SELF_SIGNED/],
    ["that is over", selfSigned("localhost", { notAfter: -1_000, notBefore: -9_000 }), /EXPIRED|SELF_SIGNED/],
  ])("refuses a certificate %s, and does not send it a key", async (_, tls, reason) => {
    const provider = await providerThat(behaviours.good, tls);

    const error = await failure(get(provider));

    expect(error.details.reason).toMatch(reason);
    expect(provider.requests).toEqual([]);
  });
});
