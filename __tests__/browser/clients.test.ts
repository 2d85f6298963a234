import type { Page } from "playwright-core";
import { PROJECT } from "../../cli/common/project";
import { synthesizeForServing } from "../../cli/serving/synthesize";
import { localCertificate } from "../../local/command/local-authority";
import { type Served, serve } from "../../local/command/serve";
import { TEST_PASSWORD } from "../support/local-runtime";
import { type AppConfig, AppServer } from "./support/app-server";
import { appCallback, deployment, useBrowser } from "./support/browser";
import { codeFor, createUser } from "./support/users";

type Endpoints = ReturnType<typeof deployment>;

/** The page's app: what `apps/` puts on the window. */
function call(page: Page, name: string, ...given: readonly string[]): Promise<unknown> {
  return page.evaluate(
    ([method, ...words]) => {
      const { app } = globalThis as unknown as { app: Record<string, (...words: string[]) => unknown> };
      return app[method ?? ""]?.(...words);
    },
    [name, ...given],
  );
}

function configOf({ userPools, awsEndpointUrl, region }: Endpoints, browserUrl = awsEndpointUrl): AppConfig {
  const [pool] = userPools;
  const login = new URL(pool?.loginPageUrl ?? "");
  return {
    poolId: pool?.id ?? "",
    clientId: pool?.clientId ?? "",
    endpoint: `${browserUrl}/`,
    domain: login.host + login.pathname.replace(/\/login$/, ""),
    issuer: `https://cognito-idp.${region}.amazonaws.com/${pool?.id}`,
    discovery: `${browserUrl}/${pool?.id}/.well-known/openid-configuration`,
    callback: appCallback().href,
    signedOut: `${appCallback().origin}/`,
  };
}

function useApp(name: string, config: () => AppConfig): void {
  let server: AppServer;
  beforeAll(async () => {
    server = await AppServer.start(name, config());
  });
  afterAll(() => server.stop());
}

/** On the login page. */
async function signInThere(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(TEST_PASSWORD);
  await page.keyboard.press("Enter");
}

describe.each([
  ["aws-amplify", "amplify", "DONE"],
  ["amazon-cognito-identity-js", "identity-js", undefined],
])("%s in a browser, unmodified,", (_library, app, done) => {
  const { it } = useBrowser();
  const config = configOf(deployment());
  useApp(app, () => config);

  for (const flow of ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
    it(`signs in by ${flow}, and calls the API with the token`, async (page) => {
      const email = await createUser();
      await page.goto(config.signedOut);

      expect(await call(page, "signIn", email, TEST_PASSWORD, flow)).toBe(done ?? email);
      expect(await answerTo(await idTokenOf(page))).toBe(200);
    });

  it("refreshes its tokens after an hour by the clock", async (page) => {
    await page.clock.install();
    await page.goto(config.signedOut);
    await call(page, "signIn", await createUser(), TEST_PASSWORD, "USER_SRP_AUTH");
    const before = await idTokenOf(page);
    expect(await idTokenOf(page)).toBe(before);

    await page.clock.fastForward("01:00:01");

    const after = await idTokenOf(page);
    expect(after).not.toBe(before);
    expect(await answerTo(after)).toBe(200);
  });

  it("changes attributes, and resets a forgotten password", async (page) => {
    const email = await createUser();
    await page.goto(config.signedOut);
    await call(page, "signIn", email, TEST_PASSWORD, "USER_SRP_AUTH");
    expect(await call(page, "rename", "Ada")).toMatchObject({ email, name: "Ada" });
    await call(page, "signOut");

    await call(page, "reset", email);
    await call(page, "confirmReset", email, await codeFor(email), "another-Horse-8-battery");

    expect(await call(page, "signIn", email, "another-Horse-8-battery", "USER_SRP_AUTH")).toBe(done ?? email);
  });
});

describe("oidc-client-ts in a browser, unmodified,", () => {
  const { it } = useBrowser();
  const config = configOf(deployment());
  useApp("oidc-client", () => config);

  it("signs in over the login page, renews, and revokes", async (page) => {
    const email = await createUser();
    await page.goto(config.signedOut);
    await Promise.all([page.waitForURL(/\/login\?/), call(page, "begin").catch(() => {})]);
    await signInThere(page, email);
    await page.waitForURL(`${appCallback()}?code=**`);

    expect(await call(page, "finish")).toMatchObject({ email });
    expect(await answerTo(String(await call(page, "idToken")))).toBe(200);
    expect(await call(page, "renew")).toEqual({ sub: expect.any(String), isAnother: true });
    expect(await call(page, "revoke")).toEqual({ before: true, after: false });
  });
});

/** Amplify writes `https://` before the domain (aws-amplify/amplify-js#14799). */
describe("aws-amplify's redirect, over TLS,", () => {
  // That a person's browser trusts the authority is that person's to do; the README says how.
  const { it } = useBrowser({ ignoreHTTPSErrors: true });
  let served: Served;
  let config: AppConfig;
  beforeAll(async () => {
    const { signal } = new AbortController();
    const { deployment: stacks, remove } = await synthesizeForServing({ project: PROJECT, signal });
    const tls = localCertificate(`${PROJECT}/.local/browser-tests-authority`);
    served = await serve({ deployment: stacks, port: 0, managedRules: "off", tls }, remove);
    config = configOf(served.endpoints, served.runtime.browserUrl);
  });
  afterAll(() => served.stop());
  useApp("amplify", () => config);

  it("signs in, is the user, and signs out on the login page too", async (page) => {
    const user = served.endpoints.userPools[0]?.user ?? { email: "", password: "" };
    await page.goto(config.signedOut);
    await Promise.all([page.waitForURL(/\/login\?/), call(page, "signInWithRedirect").catch(() => {})]);
    await page.getByLabel("E-mail address").fill(user.email);
    await page.getByLabel("Password", { exact: true }).fill(user.password);
    await page.keyboard.press("Enter");
    await page.waitForFunction("document.title === 'signedIn'");

    expect(await call(page, "session")).toMatchObject({ access: { scope: "openid email" } });
    await Promise.all([page.waitForURL(config.signedOut), call(page, "signOut").catch(() => {})]);
    await Promise.all([page.waitForURL(/\/login\?/), call(page, "signInWithRedirect").catch(() => {})]);
  });
});

async function idTokenOf(page: Page): Promise<string> {
  const session = await page.evaluate(async () => {
    const { app } = globalThis as unknown as {
      app: { session?(): Promise<{ idToken: string }>; idToken?(): Promise<string> };
    };
    return app.idToken === undefined ? (await app.session?.())?.idToken : app.idToken();
  });
  return String(session);
}

/** The status of `POST /lambda1` with the token. */
async function answerTo(token: string): Promise<number> {
  const { status } = await fetch(`${deployment().invokeUrl}/lambda1`, {
    method: "POST",
    headers: { Authorization: token, "Content-Type": "application/json" },
    body: '{"name":"Ada"}',
  });
  return status;
}
