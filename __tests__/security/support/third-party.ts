import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startTestRuntime, type TestAnswer, type TestRuntime } from "../../support/local-runtime";
import {
  type Behaviour,
  behaviours,
  PROVIDER_SECRET,
  RATES,
  RATES_ON,
  RatesProvider,
} from "../../support/rates-provider";
import { type SelfSigned, selfSigned } from "../../support/self-signed";
import { useValue } from "../../support/use-runtime";
import { type FunctionTime, useFunctionTime } from "./function-time";
import { everyLogMessage, logMessages } from "./logs";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, type Threat } from "./threats";

const KEY = "the-key-to-the-provider";
const FUNCTION = "RatesLambda";
const NOT_FETCHED = { status: 502, body: '{"message":"The rate could not be fetched."}' };
const TRY_AGAIN = {
  status: 503,
  body: '{"message":"The rate could not be fetched at the moment. Please try again."}',
};

/** A function that trusts its provider, as one is written in five minutes. */
const NAIVE = `
export const handler = async (event) => {
  const url = process.env.PROVIDER_URL + "/latest.json?key=${KEY}&symbols=" + decodeURIComponent(event.pathParameters.currency);
  const answer = await fetch(url, { headers: { Authorization: "Token ${KEY}" } });
  console.log("asked " + url);
  return { statusCode: answer.status, body: await answer.text() };
};
`;

interface Scene {
  readonly test: TestRuntime;
  readonly provider: RatesProvider;
  readonly elsewhere: RatesProvider;
  /** `GET /rates/EUR` of a user with a key. */
  rate(currency?: string): Promise<TestAnswer>;
  /** Moves the function's clock. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

interface SceneOptions {
  readonly naive?: boolean;
  readonly tls?: SelfSigned;
  /** Variables that somebody adds to the function's. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The API for rates over a provider that does what the test says. */
async function openRates(options: SceneOptions, time: FunctionTime): Promise<Scene> {
  const folder = mkdtempSync(path.join(tmpdir(), "clock-of-function-"));
  const provider = await RatesProvider.start(options.tls);
  const elsewhere = await RatesProvider.start();
  let seconds = 0;
  const advance = (more: number) => {
    seconds += more;
    writeFileSync(path.join(folder, "seconds"), String(seconds));
  };
  advance(0);
  const test = await startTestRuntime({
    env: { ...RATES_ON, FUNCTION_TIMEOUT_SECONDS: "28", API_CLIENT_RATE: "1000", API_CLIENT_BURST: "1000" },
    edit: ({ edge }) => {
      if (options.naive) edge.replaceCode(FUNCTION, NAIVE);
      else edge.editCode(FUNCTION, (code) => clockOf(folder) + time.inHand(code));
      const environment = edge.resource(`aws_lambda_function.${FUNCTION}`).environment;
      Object.assign((environment as { variables: object }).variables, {
        PROVIDER_URL: provider.url,
        ...options.variables,
      });
      const { settings } = edge.resource("aws_api_gateway_method_settings.GET-rates-currency");
      Object.assign(settings as object, { throttling_rate_limit: 1000, throttling_burst_limit: 1000 });
    },
  });
  const token = await test.token("MyUserPool1");
  const [key] = test.runtime.inside.deployment.ofType("aws_api_gateway_api_key");
  const headers = [["x-api-key", key?.string("value") ?? ""]] as const;
  return {
    ...{ test, provider, elsewhere, advance },
    rate: (currency = "EUR") =>
      test.send({ method: "GET", path: `/development/rates/${currency}`, token, headers }),
    close: async () => {
      await test.close();
      await provider.stop();
      await elsewhere.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Longer than the function believes anything, a rate, the key, or that its provider is down. */
const UNTIL_ALL_IS_FORGOTTEN_S = 2 * 60 * 60;

type WithRates = <T>(
  behaviour: Behaviour,
  options: SceneOptions,
  act: (scene: Scene) => Promise<T>,
) => Promise<T>;

/** Scenes for the tests of this file or `describe`: those of functions as they are go on in the same one, two hours later. */
function useRates(time: FunctionTime): WithRates {
  const shared = new Map<boolean, Promise<Scene>>();
  afterAll(async () => {
    for (const scene of shared.values()) await (await scene).close();
  });
  const sceneFor = ({ naive = false, ...special }: SceneOptions) => {
    if (Object.keys(special).length > 0) return openRates({ naive, ...special }, time);
    const scene = shared.get(naive) ?? openRates({ naive }, time);
    shared.set(naive, scene);
    return scene;
  };
  return async (behaviour, options, act) => {
    const scene = await sceneFor(options);
    const { test, provider, elsewhere, advance } = scene;
    for (const one of [provider, elsewhere]) one.requests.splice(0);
    provider.behaviour = behaviour;
    advance(UNTIL_ALL_IS_FORGOTTEN_S);
    await test.aws("secretsmanager.PutSecretValue", { SecretId: "RatesProviderKey", SecretString: KEY });
    try {
      return await act(scene);
    } finally {
      if (Object.keys(options).some((name) => name !== "naive")) await scene.close();
    }
  };
}

const clockOf = (folder: string) => `
import { readFileSync as readClock } from "node:fs";
const realNow = Date.now;
Date.now = () => realNow() + 1000 * Number(readClock(${JSON.stringify(path.join(folder, "seconds"))}, "utf8"));
`;

const large = behaviours.says({ ...RATES, filler: "x".repeat(200_000) });
const inWords = behaviours.says({ ...RATES, rates: { EUR: "<script>alert(1)</script>" } });
const plain = ({ status, body }: TestAnswer) => ({ status, body });

/** The threats of an API that relies on somebody else's, registered with the others of API10. */
export function thirdPartyThreats(threat: (one: Threat) => void): void {
  const functionTime = useFunctionTime();
  const withRates = useRates(functionTime);
  const certificate = useValue(async () => selfSigned("localhost"));

  it("gives the provider's rate, as far as it was asked for", async () => {
    await withRates(behaviours.good, {}, async ({ rate, provider }) => {
      const answers = [await rate("EUR"), await rate("GBP"), await rate("XXX"), await rate("eur")];

      expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 400]);
      expect(JSON.parse(answers[0]?.body ?? "")).toEqual({
        base: "USD",
        currency: "EUR",
        rate: 0.92,
        asOf: "2026-01-01T00:00:00.000Z",
        stale: false,
      });
      expect(provider.requests).toEqual([{ path: "/api/latest.json", key: `Token ${KEY}` }]);
    });
  });

  threat({
    threat: "A provider sends the function, with its key, to another host",
    layer: "The function",
    setting: BUILT_IN,
    attack: [
      "follows no redirect of the provider's",
      () =>
        withRates(behaviours.good, {}, async ({ rate, provider, elsewhere }) => {
          provider.behaviour = behaviours.redirectTo(elsewhere.url);

          expect(plain(await rate())).toEqual(NOT_FETCHED);
          expect(elsewhere.requests).toEqual([]);
        }),
    ],
    counterpart: [
      "a function that trusts its provider goes where it is sent",
      () =>
        withRates(behaviours.good, { naive: true }, async ({ rate, provider, elsewhere }) => {
          provider.behaviour = behaviours.redirectTo(elsewhere.url);

          expect((await rate()).status).toBe(200);
          expect(elsewhere.requests).toHaveLength(1);
        }),
    ],
  });

  threat({
    threat: "Somebody in the middle answers for the provider, and takes the key",
    layer: "The function",
    setting: BUILT_IN,
    attack: [
      "takes a certificate that nobody vouches for from nobody, whatever the function's variables say",
      () =>
        withRates(
          behaviours.good,
          { tls: certificate(), variables: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
          async ({ rate, provider }) => {
            expect(plain(await rate())).toEqual(TRY_AGAIN);
            expect(provider.requests).toEqual([]);
          },
        ),
    ],
    counterpart: [
      "a function that trusts its variables gives the key to whoever answers",
      () =>
        withRates(
          behaviours.good,
          { naive: true, tls: certificate(), variables: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
          async ({ rate, provider }) => {
            expect((await rate()).status).toBe(200);
            expect(provider.requests[0]?.key).toBe(`Token ${KEY}`);
          },
        ),
    ],
  });

  threat({
    threat: "A provider answers with more than the function can hold",
    layer: "The function",
    setting: BUILT_IN,
    attack: each<readonly [string, Behaviour]>(
      [
        ["an answer of 200 KB", large],
        ["an answer without an end", behaviours.huge],
        ["a compressed answer", behaviours.compressed],
      ],
      ([what, behaviour]) => [
        `reads no more than it has use for of ${what}`,
        () =>
          withRates(behaviour, {}, async ({ rate }) => {
            expect(plain(await rate())).toEqual(NOT_FETCHED);
          }),
      ],
    ),
    counterpart: [
      "a function that trusts its provider takes all of it, and passes it on",
      () =>
        withRates(large, { naive: true }, async ({ rate }) => {
          expect((await rate()).body.length).toBeGreaterThan(200_000);
        }),
    ],
  });

  threat({
    threat: "What a provider says is believed, and ends on a page of a client's",
    layer: "The function",
    setting: BUILT_IN,
    attack: each<readonly [string, Behaviour]>(
      [
        ["a script for a rate", inWords],
        ["HTML", behaviours.html],
        ["half an object", behaviours.notJson],
        ["a list", behaviours.says([])],
      ],
      ([what, behaviour]) => [
        `does not believe ${what}`,
        () =>
          withRates(behaviour, {}, async ({ rate }) => {
            expect(plain(await rate())).toEqual(NOT_FETCHED);
          }),
      ],
    ),
    counterpart: [
      "a function that trusts its provider passes on what it says",
      () =>
        withRates(inWords, { naive: true }, async ({ rate }) => {
          expect((await rate()).body).toContain("<script>");
        }),
    ],
  });

  threat({
    threat: "A provider's errors tell a client how it is built",
    layer: "The function",
    setting: BUILT_IN,
    attack: each<readonly [string, Behaviour, object]>(
      [
        ["an error", behaviours.error, NOT_FETCHED],
        ["an outage", behaviours.unavailable, TRY_AGAIN],
        ["a refused key", behaviours.refusesTheKey, NOT_FETCHED],
      ],
      ([what, behaviour, expected]) => [
        `repeats nothing of ${what} of the provider's, neither to the client nor in a log`,
        () =>
          withRates(behaviour, {}, async ({ rate, test }) => {
            const answer = await rate();

            expect(plain(answer)).toEqual(expected);
            const told = JSON.stringify([answer, await everyLogMessage(test)]);
            expect(told).not.toContain(PROVIDER_SECRET);
            expect(told).not.toContain(KEY);
          }),
      ],
    ),
    counterpart: [
      "a function that trusts its provider passes its errors on, and writes the key to its log",
      () =>
        withRates(behaviours.error, { naive: true }, async ({ rate, test }) => {
          const before = await logMessages(test, `/aws/lambda/${FUNCTION}`);

          expect(await rate()).toMatchObject({ status: 500, body: expect.stringContaining(PROVIDER_SECRET) });
          const after = await logMessages(test, `/aws/lambda/${FUNCTION}`);
          expect(after.slice(before.length).join("\n")).toContain(KEY);
        }),
    ],
  });

  threat({
    threat: "A client reaches other parts of the provider's API by way of the function",
    layer: "The function",
    setting: BUILT_IN,
    attack: [
      "asks the provider for its one table, whatever the client asks for",
      () =>
        withRates(behaviours.good, {}, async ({ rate, provider }) => {
          const asked = ["EUR%26base%3DBTC", "..%2Fadmin", "EUR%0d%0aX-Forged%3A1"];
          for (const currency of asked) expect((await rate(currency)).status).toBe(400);

          expect(provider.requests).toEqual([]);
        }),
    ],
    counterpart: [
      "a function that trusts its clients asks what they want it to ask",
      () =>
        withRates(behaviours.good, { naive: true }, async ({ rate, provider }) => {
          await rate("EUR%26base%3DBTC");

          expect(provider.requests[0]?.path).toContain("&base=BTC");
        }),
    ],
  });

  threat({
    threat: "A provider that does not answer takes the function's time",
    layer: "The function",
    setting: BUILT_IN,
    attack: each<readonly [string, Behaviour]>(
      [
        ["says nothing", behaviours.silent],
        ["stops in the middle", behaviours.drips],
      ],
      ([what, behaviour]) => [
        `answers 503 when its budget is over and the provider ${what}`,
        () =>
          withRates(
            (request, response) => {
              behaviour(request, response);
              functionTime.reachLimits();
            },
            {},
            async ({ rate }) => {
              expect(plain(await rate())).toEqual(TRY_AGAIN);
            },
          ),
      ],
    ),
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  threat({
    threat: "The API is down because its provider is, and keeps it down",
    layer: "The function",
    setting: BUILT_IN,
    attack: each<readonly [string, Behaviour]>(
      [
        ["answers with errors", behaviours.error],
        ["hangs up", behaviours.hangsUp],
        ["hangs up half-way", behaviours.hangsUpHalfWay],
      ],
      ([what, behaviour]) => [
        `gives the last rate, and calls it stale, while the provider ${what}; after three failures nobody asks it`,
        () =>
          withRates(behaviours.good, {}, async ({ rate, provider, advance }) => {
            expect(JSON.parse((await rate()).body)).toMatchObject({ stale: false });
            provider.behaviour = behaviour;
            advance(61);
            const answers = [await rate(), await rate(), await rate(), await rate(), await rate()];

            for (const { status, body } of answers) {
              expect(status).toBe(200);
              expect(JSON.parse(body)).toMatchObject({ rate: 0.92, stale: true });
            }
            expect(provider.requests).toHaveLength(1 + 3);

            provider.behaviour = behaviours.good;
            advance(31);
            expect(JSON.parse((await rate()).body)).toMatchObject({ stale: false });
          }),
      ],
    ),
    counterpart: [
      "a function that trusts its provider fails as often as that does, and asks each time",
      () =>
        withRates(behaviours.error, { naive: true }, async ({ rate, provider }) => {
          const answers = [await rate(), await rate(), await rate(), await rate()];

          expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
          expect(provider.requests).toHaveLength(4);
        }),
    ],
  });

  it("takes another key from the secret when the provider refuses the one it knows", async () => {
    await withRates(behaviours.good, {}, async ({ rate, provider, advance, test }) => {
      await rate();
      await test.aws("secretsmanager.PutSecretValue", { SecretId: "RatesProviderKey", SecretString: "new" });
      provider.behaviour = (request, response) =>
        (request.headers.authorization === "Token new" ? behaviours.good : behaviours.refusesTheKey)(
          request,
          response,
        );
      advance(61);

      expect(JSON.parse((await rate()).body)).toMatchObject({ stale: false });
      expect(provider.requests.map(({ key }) => key)).toEqual([`Token ${KEY}`, `Token ${KEY}`, "Token new"]);
    });
  });
}
