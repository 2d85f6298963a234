import { once } from "node:events";
import { createServer } from "node:net";
import { type LoginPlace, signInInBrowser } from "../../../cli/common/browser-sign-in";
import { FormBrowser, sendTo } from "../../support/form-browser";
import { freePort } from "../../support/free-port";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";

let test: TestRuntime;
let place: LoginPlace;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const callbackUrls = ["https://app.example.com/callback", `http://localhost:${port}/callback`];
  test = await startTestRuntime({ env: { CALLBACK_URLS: callbackUrls.join(",") } });
  const [pool] = test.runtime.userPools;
  place = { loginPageUrl: pool?.loginPageUrl ?? "", clientId: pool?.clientId ?? "", callbackUrls };
});
afterAll(() => test.close());

/** Signs in on the login page as a person would, and gives the address that the browser is sent to. */
async function visit(address: string): Promise<URL> {
  const { runtime } = test;
  const browser = new FormBrowser(sendTo(runtime.port), runtime.awsEndpointUrl);
  await browser.open(address.slice(runtime.awsEndpointUrl.length));
  const back = await browser.submit({ username: emailOf("MyUserPool1"), password: TEST_PASSWORD });
  return new URL(back.location);
}

/** As the browser does: `localhost` is this machine. */
async function follow(callback: URL): Promise<number> {
  const answer = await sendTo(Number(callback.port))({
    method: "GET",
    path: `${callback.pathname}${callback.search}`,
    headers: [["Host", callback.host]],
  });
  return answer.status;
}

/** Begins a sign-in, lets `act` play the browser, and gives what came of both. */
async function signIn(
  act: (address: string) => Promise<unknown>,
  { timeoutMs = 60_000, signal = new AbortController().signal } = {},
) {
  let acted: Promise<unknown> = Promise.resolve();
  const show = (address: string) => {
    acted = act(address);
  };
  const outcome = await signInInBrowser(place, { signal, timeoutMs, show }).catch(
    (error: Error) => error.message,
  );
  return { outcome, acted: await acted };
}

/** How many timers keep this process alive. */
const timersSet = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

describe("a sign-in in the browser", () => {
  it("gives the tokens of the code flow, and leaves nobody listening", async () => {
    const { outcome, acted } = await signIn(async (address) => follow(await visit(address)));

    expect(acted).toBe(200);
    expect(outcome).toMatchObject({
      id_token: expect.stringMatching(/^eyJ/),
      access_token: expect.any(String),
    });
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it("ignores what is not its callback, and refuses an answer to another sign-in", async () => {
    const { outcome, acted } = await signIn(async (address) => {
      const callback = await visit(address);
      const elsewhere = new URL("/other", callback);
      callback.searchParams.set("state", "another");
      return [await follow(elsewhere), await follow(callback)];
    });

    expect(acted).toEqual([404, 400]);
    expect(outcome).toBe("an answer came that is not to this sign-in: its state is another one; begin again");
  });

  it("says what the login page refused", async () => {
    const { outcome } = await signIn(async (address) => {
      const callback = new URL(place.callbackUrls[1] ?? "");
      callback.search = new URLSearchParams({
        error: "access_denied",
        error_description: "User denied",
        state: new URL(address).searchParams.get("state") ?? "",
      }).toString();
      return follow(callback);
    });

    expect(outcome).toBe("the login page refused: access_denied (User denied)");
  });

  it("ends when nobody signs in in time, and when it is interrupted", async () => {
    const interruption = new AbortController();
    const late = await signIn(async () => {}, { timeoutMs: 1 });
    const timers = timersSet();
    const interrupted = await signIn(async () => interruption.abort(new Error("interrupted")), interruption);

    expect(late.outcome).toBe("nobody signed in within 0.001 seconds");
    expect(interrupted.outcome).toBe("interrupted");
    expect(timersSet()).toBe(timers);
  });

  it("says so when the callback's port is taken, or no callback is on this machine", async () => {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const taken = await signIn(async () => {});
    server.close();
    const elsewhere = await signInInBrowser(
      { ...place, callbackUrls: ["https://app.example.com/callback"] },
      { signal: new AbortController().signal, timeoutMs: 1000, show: () => {} },
    ).catch((error: Error) => error.message);

    expect(taken.outcome).toContain(
      `the ports of all callbacks on this machine are in use (http://localhost:${port}/callback)`,
    );
    expect(elsewhere).toContain("the login page sends nobody to this machine");
  });
});
