import { createHash } from "node:crypto";
import { FormBrowser, type Page, sendTo, type WebAnswer } from "../support/form-browser";
import { emailOf, TEST_PASSWORD, type TestRuntime, type TestRuntimeOptions } from "../support/local-runtime";
import type { EditableStack } from "../support/synthesized-folder";
import { TestClock } from "../support/test-clock";
import { useRuntime, useRuntimes } from "../support/use-runtime";
import { attackOn, proven } from "./support/attack";
import { ADMINISTRATOR } from "./support/aws-call";
import { codeFor, cognito, poolOf } from "./support/cognito";
import { LOGIN_PAGE } from "./support/security-document";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, type Proof, threatsOf } from "./support/threats";

const threat = threatsOf(LOGIN_PAGE, __filename);

const USER = emailOf("MyUserPool1");
const EVIL = "https://evil.example/callback";
const verifier = "v".repeat(43);
const pkce = {
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
};

type Changes = Readonly<Record<string, string | undefined>>;

/** The address of the pool's page that signs in for the stack's own client, with these changes of the request. */
function address(test: TestRuntime, page = "login", changes: Changes = {}, pool = "MyUserPool1"): string {
  const { loginPageUrl = "" } = poolOf(test, pool);
  const { pathname, searchParams } = new URL(loginPageUrl);
  searchParams.set("state", "state-1");
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) searchParams.delete(name);
    else searchParams.set(name, value);
  }
  return `${pathname.replace(/\/login$/, `/${page}`)}?${searchParams}`;
}

function redirectUri(test: TestRuntime): string {
  return new URL(poolOf(test, "MyUserPool1").loginPageUrl ?? "").searchParams.get("redirect_uri") ?? "";
}

function browserOf(test: TestRuntime): FormBrowser {
  return new FormBrowser(sendTo(test.runtime.port), test.runtime.awsEndpointUrl);
}

async function signedIn(
  test: TestRuntime,
  changes: Changes = {},
): Promise<{ browser: FormBrowser; back: Page }> {
  const browser = browserOf(test);
  await browser.open(address(test, "login", changes));
  const back = await browser.submit({ username: USER, password: TEST_PASSWORD });
  return { browser, back };
}

async function exchange(test: TestRuntime, code: string | null, more: Readonly<Record<string, string>> = {}) {
  const { clientId } = poolOf(test, "MyUserPool1");
  const answer = await browserOf(test).post(address(test, "oauth2/token").split("?")[0] ?? "", {
    ...{ grant_type: "authorization_code", client_id: clientId, redirect_uri: redirectUri(test) },
    ...{ code: code ?? "", ...more },
  });
  return { status: answer.status, body: JSON.parse(answer.answer.body) };
}

const INVALID_GRANT = { status: 400, body: { error: "invalid_grant" } };

describe("the login page", () => {
  const clock = new TestClock();
  const start = (edit: (edge: EditableStack) => void = () => {}, options: TestRuntimeOptions = {}) =>
    useRuntime({ clock, edit: ({ edge }) => edit(edge), ...options });
  const test = start();
  const client = (edge: EditableStack) => edge.resource("aws_cognito_user_pool_client.MyUserPool1");
  const open = start((edge) => {
    Object.assign(client(edge), {
      callback_urls: [EVIL],
      prevent_user_existence_errors: "LEGACY",
      allowed_oauth_flows: ["code", "implicit"],
      allowed_oauth_scopes: ["email", "openid", "aws.cognito.signin.user.admin"],
    });
  });
  const { without } = useRuntimes({ clock });
  const closed = start(
    (edge) => {
      client(edge).allowed_oauth_flows_user_pool_client = false;
    },
    { env: { SELF_SIGN_UP: "false" } },
  );

  beforeEach(() => {
    clock.advance({ minutes: 20 });
  });

  threat({
    threat: "A link to the login page sends the user's code to another site",
    layer: "Login page: addresses equal to a registered one",
    setting: "aws_cognito_user_pool_client.callback_urls",
    attack: each(
      [
        ["of another site", EVIL],
        ["of a host that begins alike", "http://localhost.evil.example/callback"],
        ["with a user name", "http://localhost@evil.example/callback"],
        ["without a scheme", "//evil.example/callback"],
        ["that is a script", "javascript:alert(1)"],
      ] as const,
      ([what, redirect_uri]) => [
        `sends nobody to an address ${what}`,
        async () => {
          const { browser } = await signedIn(test);
          for (const page of ["oauth2/authorize", "login", "logout"]) {
            const answer = await browser.get(address(test, page, { redirect_uri }));

            expect(answer.location).toMatch(/^\/[\w.-]+\/error\?error=redirect_mismatch&client_id=\w+$/);
          }
        },
      ],
    ),
    counterpart: [
      "sends the code to another site where that is registered",
      async () => {
        const { back } = await signedIn(open, { redirect_uri: EVIL });

        expect(back.location).toMatch(/^https:\/\/evil\.example\/callback\?code=/);
      },
    ],
  });

  threat(
    proven(attackOn("A link to sign out sends the user to another site"), {
      ...{ on: test, without },
      refuses: "sends nobody to an address to sign out to that is not registered",
      succeeds: "sends the user to another site where that is registered",
    }),
  );

  threat({
    threat: "A code is redeemed a second time",
    layer: "Token endpoint",
    setting: BUILT_IN,
    attack: [
      "takes a code once",
      async () => {
        const { back } = await signedIn(test);
        const first = await exchange(test, back.sent.get("code"));

        expect(first.status).toBe(200);
        expect(await exchange(test, back.sent.get("code"))).toEqual(INVALID_GRANT);
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  threat({
    threat: "A code is redeemed by whoever stole it",
    layer: "Token endpoint: PKCE",
    setting: BUILT_IN,
    attack: each(
      [
        ["without the verifier", {}],
        ["with another verifier", { code_verifier: "w".repeat(43) }],
        ["with the challenge for a verifier", { code_verifier: pkce.code_challenge }],
      ] as const,
      ([how, more]) => [
        `does not take a stolen code ${how}`,
        async () => {
          const { back } = await signedIn(test, pkce);

          expect(await exchange(test, back.sent.get("code"), more)).toEqual(INVALID_GRANT);
        },
      ],
    ),
    counterpart: [
      "takes a stolen code that the app asked for without a challenge",
      async () => {
        const { back } = await signedIn(test);

        expect((await exchange(test, back.sent.get("code"))).status).toBe(200);
      },
    ],
  });

  threat({
    threat: "Another site fills in and sends the page's form",
    layer: "Login page: a token for each visit",
    setting: BUILT_IN,
    attack: each(
      [
        ["signs the victim in as somebody else", "login", { username: USER, password: TEST_PASSWORD }],
        ["signs somebody up", "signup", { username: "eve@example.com", password: TEST_PASSWORD }],
      ] as const,
      ([what, page, values]) => [
        `does not take a form that another site sent and ${what}`,
        async () => {
          const victim = browserOf(test);
          await victim.open(address(test, page));
          const attacker = browserOf(test);
          const { hidden } = (await attacker.open(address(test, page))).form(page);
          const mailed = test.notices.length;

          const bare = await victim.post(address(test, page), values);
          const withOwnToken = await victim.post(address(test, page), { ...values, ...hidden });
          const foreign = await victim.post(address(test, page), values, [
            ["Origin", "https://evil.example"],
          ]);

          expect([bare.status, bare.location]).toEqual([302, address(test, page)]);
          expect([withOwnToken.status, withOwnToken.location]).toEqual([302, address(test, page)]);
          expect(foreign.status).toBe(403);
          expect(victim.cookies.has("cognito")).toBe(false);
          expect(test.notices.length).toBe(mailed);
        },
      ],
    ),
    counterpart: [
      "takes the form from the visit's own page",
      async () => {
        const { back } = await signedIn(test);

        expect(back.sent.get("code")).toMatch(/^[\w-]{36}$/);
      },
    ],
  });

  function browserWithCookiesOf(attacker: FormBrowser): FormBrowser {
    const victim = browserOf(test);
    for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
    return victim;
  }

  threat({
    threat: "A cookie that was planted in the victim's browser becomes the victim's sign-in",
    layer: "Login page: new ids with every sign-in",
    setting: BUILT_IN,
    attack: [
      [
        "gives a browser ids that nobody knew before it signed in",
        async () => {
          const attacker = browserOf(test);
          const { hidden } = (await attacker.open(address(test))).form();
          const victim = browserWithCookiesOf(attacker);
          victim.cookies.set("cognito", "planted");
          await victim.open(address(test));
          await victim.submit({ username: USER, password: TEST_PASSWORD });
          attacker.cookies.set("cognito", "planted");

          const asVictim = await attacker.open(address(test, "oauth2/authorize"));
          const withKnownToken = await victim.post(address(test), { ...hidden, continue: "yes" });

          expect(asVictim.heading).toBe("Sign in");
          expect(victim.cookies.get("cognito")).not.toBe("planted");
          expect(withKnownToken.location).toBe(address(test));
        },
      ],
      [
        "leads nobody past a password that somebody else typed in",
        async () => {
          const username = "invited@example.com";
          await cognito(
            test,
            "AdminCreateUser",
            {
              ...{ UserPoolId: poolOf(test, "MyUserPool1").id, Username: username },
              ...{ TemporaryPassword: TEST_PASSWORD, MessageAction: "SUPPRESS" },
            },
            ADMINISTRATOR,
          );
          const attacker = browserOf(test);
          await attacker.open(address(test));
          const victim = browserWithCookiesOf(attacker);
          await victim.open(address(test));
          const asked = await victim.submit({ username, password: TEST_PASSWORD });

          expect(asked.heading).toBe("Choose a new password");
          expect((await attacker.open(address(test, "changePassword"))).heading).toBe("Sign in");
          expect((await victim.open(address(test, "changePassword"))).heading).toBe("Choose a new password");
        },
      ],
      ...(
        [
          ["sign up", "signup", "confirm", { password: TEST_PASSWORD }],
          ["get back into an account", "forgotPassword", "confirmforgotPassword", {}],
        ] as const
      ).map(
        ([what, page, next, values]): Proof => [
          `tells nobody the address with which somebody else wants to ${what}`,
          async () => {
            const username = `shy-${page}@example.com`;
            const attacker = browserOf(test);
            await attacker.open(address(test, page));
            const victim = browserWithCookiesOf(attacker);
            await victim.open(address(test, page));
            const asked = await victim.submit({ username, ...values });

            expect(asked.words).toContain(username);
            expect((await attacker.open(address(test, next))).answer.body).not.toContain(username);
            expect((await victim.open(address(test, next))).words).toContain(username);
          },
        ],
      ),
    ],
    counterpart: [
      "knows a browser by the cookie that it got when it signed in",
      async () => {
        const { browser } = await signedIn(test);
        const copy = browserOf(test);
        copy.cookies.set("cognito", browser.cookies.get("cognito") ?? "");

        expect((await copy.open(address(test, "oauth2/authorize"))).sent.get("code")).not.toBeNull();
      },
    ],
  });

  threat({
    threat: "Somebody finds out on the login page who has an account",
    layer: "Login page",
    setting: "aws_cognito_user_pool_client.prevent_user_existence_errors",
    attack: [
      "says the same of every name when a password is wrong or forgotten",
      async () => {
        const wordsFor = async (username: string) => {
          const browser = browserOf(test);
          await browser.open(address(test));
          const wrong = await browser.submit({ username, password: "wrong" });
          await browser.open(address(test, "forgotPassword"));
          const forgot = await browser.submit({ username });
          const guess = await browser.submit({ code: "00000x", password: TEST_PASSWORD });
          return [wrong, forgot, guess].map(({ status, words }) => [
            status,
            words.replaceAll(username, "NAME"),
          ]);
        };

        expect(await wordsFor("nobody@example.com")).toEqual(await wordsFor(USER));
      },
    ],
    counterpart: [
      "says who has an account when the client does not hide it",
      async () => {
        const browser = browserOf(open);
        await browser.open(address(open, "forgotPassword", { redirect_uri: EVIL }));

        const page = await browser.submit({ username: "nobody@example.com" });

        expect(page.error("username")).toBe("There is no such account.");
      },
    ],
  });

  threat({
    threat: "A password is guessed on the login page",
    layer: "Cognito user pool",
    setting: BUILT_IN,
    attack: [
      "locks a user after five wrong passwords, also the one that is right, and of no user too",
      async () => {
        for (const username of [USER, "nobody@example.com"]) {
          const browser = browserOf(test);
          await browser.open(address(test));
          for (let guess = 0; guess < 5; guess++)
            await browser.submit({ username, password: `wrong-${guess}` });

          const locked = await browser.submit({ username, password: TEST_PASSWORD });

          expect([locked.status, locked.alert]).toEqual([
            400,
            "Too many attempts. Wait a little, and try again.",
          ]);
        }
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  const pages = ["login", "signup", "forgotPassword", "error", "nowhere"];

  threat({
    threat: "The login page is framed by another site, which steers the user's clicks",
    layer: "Login page: headers",
    setting: BUILT_IN,
    attack: [
      "forbids every page to be framed, to load anything and to be kept",
      async () => {
        for (const page of pages) {
          const answer = await browserOf(test).get(address(test, page));
          const policy = answer.header("content-security-policy") ?? "";

          expect(policy).toMatch(
            /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action 'self'/,
          );
          expect(policy).toMatch(/; frame-ancestors 'none'; base-uri 'none'$/);
          expect(answer.header("x-frame-options")).toBe("DENY");
          expect(answer.header("cache-control")).toBe("no-store");
          expect(answer.header("referrer-policy")).toBe("same-origin");
        }
      },
    ],
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  const script = '"><script>alert(1)</script>';

  threat({
    threat: "A parameter or a field puts a script into the login page",
    layer: "Login page: templates that escape, and no script at all",
    setting: BUILT_IN,
    attack: each(
      ["state", "nonce", "login_hint", "lang", "error", "error_description", "client_id", "unknown"],
      (name) => [
        `shows a script in ${name} as text, if at all`,
        async () => {
          for (const page of pages) {
            const { answer } = await browserOf(test).open(address(test, page, { [name]: script }));

            expect(answer.body).not.toContain("<script");
            expect(answer.body).not.toContain(script);
          }
          const browser = browserOf(test);
          await browser.open(address(test, "signup", { [name === "client_id" ? "state" : name]: script }));
          const { answer } = await browser.submit({ username: script, password: script });
          expect(answer.body).not.toContain("<script");
        },
      ],
    ),
    counterpart: NOTHING_TAKES_IT_OUT,
  });

  threat({
    threat: "Somebody signs up where administrators open accounts",
    layer: "Cognito user pool",
    setting: "aws_cognito_user_pool.admin_create_user_config.allow_admin_create_user_only",
    attack: [
      "has no form to sign up with where self sign-up is off",
      async () => {
        const browser = browserOf(closed);
        // The second pool's client has its page.
        const page = await browser.open(address(closed, "signup", {}, "MyUserPool2"));

        expect([page.status, page.heading]).toEqual([403, "You cannot sign up here"]);
      },
    ],
    counterpart: [
      "lets anybody sign up where self sign-up is on",
      async () => {
        const browser = browserOf(test);
        await browser.open(address(test, "signup"));
        await browser.submit({ username: "new@example.com", password: TEST_PASSWORD });
        const done = await browser.submit({ code: codeFor(test, "new@example.com") }, "confirm");

        expect(done.notice).toBe("Your account is confirmed. Sign in.");
      },
    ],
  });

  threat(
    proven(attackOn("An app asks for tokens in the address, where they end in logs and histories"), {
      ...{ on: test, without },
      refuses: "gives no tokens without a code",
      succeeds: "gives tokens in the address where the implicit flow is allowed",
    }),
  );

  threat(
    proven(attackOn("An app asks for the key to the user's own account"), {
      ...{ on: test, without },
      refuses: "grants no scope that the client may not have, and its tokens change no account",
      succeeds: "grants the key to the own account where the client may have it",
    }),
  );

  threat({
    threat: "A client that is not meant for it uses the login page",
    layer: "Login page",
    setting: "aws_cognito_user_pool_client.allowed_oauth_flows_user_pool_client",
    attack: [
      "has no page for a client that may not use it",
      async () => {
        const { clientId } = poolOf(closed, "MyUserPool1");
        const path = address(closed, "login", { client_id: clientId }, "MyUserPool2");
        const own = path.replace("myuserpool2", "myuserpool1");

        expect((await browserOf(closed).open(own)).heading).toBe("This client does not use the login page");
      },
    ],
    counterpart: [
      "has the page for a client that may use it",
      async () => {
        expect((await browserOf(test).open(address(test))).heading).toBe("Sign in");
      },
    ],
  });

  threat({
    threat: "A page of another site reads codes or tokens from this machine",
    layer: "Front door: origins",
    setting: BUILT_IN,
    attack: [
      "lets no page of another machine read tokens, user information or the inbox",
      async () => {
        const origin = [["Origin", "https://evil.example"]] as const;
        const allowed = (answer: WebAnswer) =>
          answer.headers.filter(([name]) => name.toLowerCase() === "access-control-allow-origin");
        const browser = browserOf(test);
        const path = (page: string) => address(test, page).split("?")[0] ?? "";

        const token = await browser.post(path("oauth2/token"), { grant_type: "x" }, origin);
        const userInfo = await browser.get(path("oauth2/userInfo"), origin);
        const inbox = await browser.get("/.inbox?format=json", origin);

        expect([token.status, inbox.status]).toEqual([403, 403]);
        expect([token, userInfo, inbox].flatMap(({ answer }) => allowed(answer))).toEqual([]);
      },
    ],
    counterpart: [
      "lets a page of this machine read tokens",
      async () => {
        const page = await browserOf(test).post(
          address(test, "oauth2/token").split("?")[0] ?? "",
          { grant_type: "x" },
          [["Origin", "http://localhost:5173"]],
        );

        expect(page.header("access-control-allow-origin")).toBe("http://localhost:5173");
      },
    ],
  });
});
