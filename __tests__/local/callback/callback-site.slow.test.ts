import { type CallbackSite, openCallbackSite } from "../../../local/callback/callback-site";
import { ListenError } from "../../../local/front-door/server";
import { FormBrowser, type Page, sendTo } from "../../support/form-browser";
import { freePort } from "../../support/free-port";
import { emailOf, startTestRuntime, TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";
import { useValue } from "../../support/use-runtime";

/** A browser's way over the callback page and the login page, which are two sites. */
class Visitor {
  readonly here: FormBrowser;
  readonly login: FormBrowser;

  constructor(
    private readonly site: string,
    private readonly runtimePort: number,
  ) {
    const port = Number(new URL(site).port);
    const { host, origin } = new URL(site);
    const send = sendTo(port);
    this.here = new FormBrowser(
      (request) => send({ ...request, headers: [["Host", host], ...request.headers] }),
      origin,
    );
    this.login = new FormBrowser(sendTo(runtimePort), `http://127.0.0.1:${runtimePort}`);
  }

  /** From the button on the page to the callback, with the user of that pool. */
  async signIn(poolId: string, poolName: string): Promise<Page> {
    const leave = await this.here.post("/sign-in", { pool: poolId });
    return this.throughLoginPage(leave.location, poolName);
  }

  async throughLoginPage(address: string, poolName: string): Promise<Page> {
    await this.login.open(address.replace(`http://127.0.0.1:${this.runtimePort}`, ""));
    const back = await this.login.submit({ username: emailOf(poolName), password: TEST_PASSWORD }, "login");
    return this.come(back.location);
  }

  /** The address that the login page sends the browser to, and where that leads. */
  come(location: string): Promise<Page> {
    return this.here.open(location.replace(new URL(this.site).origin, ""));
  }
}

describe("the page at the callback", () => {
  let clockOffset = 0;
  const scene = useValue(async () => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const clock = { now: () => Date.now() + clockOffset };
    const test = await startTestRuntime({
      env: { CALLBACK_URLS: `${origin}/callback`, LOGOUT_URLS: `${origin}/`, API_CLIENTS: "partner" },
      clock,
    });
    const errors: unknown[] = [];
    const site = await openCallbackSite({
      runtime: () => test.runtime,
      clock,
      onError: (error) => errors.push(error),
      consoleUrl: "http://127.0.0.1:9/#token",
    });
    if (site === undefined) throw new Error("no page was opened");
    return { test, site, errors, visitor: () => new Visitor(site.url, test.runtime.port) };
  });
  afterAll(async () => {
    await scene().site.close();
    await scene().test.close();
    expect(scene().errors).toEqual([]);
  });
  afterEach(() => {
    clockOffset = 0;
  });
  const poolOf = (test: TestRuntime, name: string) =>
    test.runtime.userPools.find((pool) => pool.name === name)?.id ?? "";
  const signedIn = async (pool = "MyUserPool1") => {
    const visitor = scene().visitor();
    const page = await visitor.signIn(poolOf(scene().test, pool), pool);
    return { visitor, page };
  };

  it("leads to each pool's login page with PKCE, state and nonce, and back", async () => {
    const visitor = scene().visitor();
    const home = await visitor.here.open("/");
    expect(home.words).toMatch(/Sign in to MyUserPool1 Sign in to MyUserPool2/);

    const leave = await visitor.here.post("/sign-in", { pool: poolOf(scene().test, "MyUserPool1") });
    expect(Object.fromEntries(leave.sent)).toMatchObject({
      response_type: "code",
      redirect_uri: `${scene().site.url}callback`,
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{22}$/),
      nonce: expect.stringMatching(/^[\w-]{22}$/),
    });
    const page = await visitor.throughLoginPage(leave.location, "MyUserPool1");

    expect(page.heading).toBe(`Signed in as ${emailOf("MyUserPool1")}`);
    expect(page.words).toContain("good for 60 more minutes");
    expect(page.words).toMatch(/token_use id/);
  });

  it("shows a token only when it is asked for, and lets no script and no other page at it", async () => {
    const { visitor, page } = await signedIn();
    const token = /ey[\w-]+\.ey[\w-]+\.[\w-]+/;
    expect(page.answer.body).not.toMatch(token);

    const id = await visitor.here.post("/token", { which: "id" });
    const access = await visitor.here.post("/token", { which: "access" });

    const useOf = (body: string) =>
      JSON.parse(Buffer.from(token.exec(body)?.[0].split(".")[1] ?? "", "base64url").toString()).token_use;
    expect([useOf(id.answer.body), useOf(access.answer.body)]).toEqual(["id", "access"]);
    expect((await visitor.here.open("/")).answer.body).not.toMatch(token);
    expect(page.header("content-security-policy")).toMatch(/^default-src 'none'; (?!.*script-src)/);
    expect(page.header("cache-control")).toBe("no-store");
  });

  it("calls the API with the token, and shows what it answered", async () => {
    const { visitor } = await signedIn();

    await visitor.here.post("/call", { route: "POST /lambda1", body: '{"name":"Grace"}' });
    const own = await visitor.here.open("/");
    await visitor.here.post("/call", { route: "POST /lambda2", body: '{"name":"Grace"}' });
    const foreign = await visitor.here.open("/");

    expect(own.notice + own.words).toMatch(/200 \d+ ms .*Hello Grace/);
    expect(foreign.words).toMatch(/401 \d+ ms .*Unauthorized/);
  });

  it("says when the token has expired", async () => {
    const { visitor } = await signedIn();

    clockOffset = 3_599_000 + 2_000;

    expect((await visitor.here.open("/")).words).toContain("The token has expired: the API answers 401");
    await visitor.here.post("/call", { route: "POST /lambda1", body: '{"name":"Grace"}' });
    expect((await visitor.here.open("/")).words).toContain("The incoming token has expired");
  });

  it("signs out on the login page too", async () => {
    const { visitor } = await signedIn();

    const leave = await visitor.here.post("/sign-out", {});
    const back = await visitor.login.get(
      leave.location.replace(`http://127.0.0.1:${scene().test.runtime.port}`, ""),
    );

    expect(back.location).toBe(scene().site.url);
    expect((await visitor.here.open("/")).heading).toBe("Sign in");
  });

  it("asks before it takes a code that it did not ask for, as from the login page's own address", async () => {
    const visitor = scene().visitor();
    const [pool] = scene().test.runtime.userPools;

    const asked = await visitor.throughLoginPage(pool?.loginPageUrl ?? "", "MyUserPool1");
    const page = await visitor.here.post("/take", { pool: pool?.id ?? "" });

    expect(asked.heading).toBe("Was this you?");
    expect(page.location).toBe("/");
    expect((await visitor.here.open("/")).heading).toBe(`Signed in as ${emailOf("MyUserPool1")}`);
  });

  it("says what to do when the code is of another pool than the one of the button", async () => {
    const visitor = scene().visitor();
    const { runtime } = scene().test;
    await visitor.throughLoginPage(runtime.userPools[0]?.loginPageUrl ?? "", "MyUserPool1");

    const page = await visitor.here.post("/take", { pool: poolOf(scene().test, "MyUserPool2") });

    expect(page.alert).toBe(
      "The token endpoint answered 400: invalid_grant. A code is good once, and for five minutes, at the pool whose login page gave it: if that was not MyUserPool2, sign in again, and press the button of your pool.",
    );
  });

  it("does not take a code of somebody else's sign-in for its own", async () => {
    const [victim, attacker] = [scene().visitor(), scene().visitor()];
    const poolId = poolOf(scene().test, "MyUserPool1");
    await victim.here.post("/sign-in", { pool: poolId });
    const leave = await attacker.here.post("/sign-in", { pool: poolId });
    await attacker.login.open(leave.location.replace(/^http:\/\/[^/]+/, ""));
    const back = await attacker.login.submit(
      { username: emailOf("MyUserPool1"), password: TEST_PASSWORD },
      "login",
    );

    const lured = await victim.come(back.location);

    expect(lured.heading).toBe("Was this you?");
    expect((await victim.here.open("/")).heading).toBe("Sign in");
  });

  it("tells what the login page said instead of a code", async () => {
    const visitor = scene().visitor();

    const page = await visitor.here.open("/callback?error=access_denied&error_description=no");

    expect([page.status, page.alert]).toEqual([400, "access_denied: no"]);
  });

  it.each<[what: string, headers: readonly (readonly [string, string])[], status: number]>([
    ["of another site", [["Origin", "https://evil.example"]], 403],
    ["of another page of this machine", [["Origin", "http://localhost:1"]], 403],
    ["of nobody", [], 403],
  ])("does not take a form %s", async (_what, headers, status) => {
    const { visitor } = await signedIn();

    expect((await visitor.here.post("/sign-out", {}, headers)).status).toBe(status);
    expect((await visitor.here.open("/")).heading).toMatch(/^Signed in/);
  });

  it("answers under no other name, and leads from another name of this machine to its own", async () => {
    const { port } = new URL(scene().site.url);
    const send = sendTo(Number(port));
    const get = (host: string) => send({ method: "GET", path: "/?a=b", headers: [["Host", host]] });

    expect((await get(`evil.example:${port}`)).status).toBe(421);
    const moved = await get(`127.0.0.1:${port}`);
    expect(new Map(moved.headers).get("Location")).toBe(`${scene().site.url}?a=b`);
  });

  it("is not opened twice, and says why", async () => {
    const { test } = scene();
    const again = openCallbackSite({
      ...{ runtime: () => test.runtime, clock: { now: () => Date.now() }, onError: () => {} },
    });

    await expect(again).rejects.toThrow(ListenError);
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

it("is not there where no client sends anybody to this machine", async () => {
  const test = await startTestRuntime({ env: { CALLBACK_URLS: "https://app.example.com/callback" } });
  const options = { runtime: () => test.runtime, clock: { now: () => Date.now() }, onError: () => {} };

  const site: CallbackSite | undefined = await openCallbackSite(options);
  await test.close();

  expect(site).toBeUndefined();
});
