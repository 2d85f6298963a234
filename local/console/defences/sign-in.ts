import type { Attacker } from "./attacker";
import { SELF_SIGN_UP, USER_EXISTENCE } from "./cognito-defences";
import { type Attack, addressesOf, type Defence, OWASP } from "./defence";

const ATTACKERS_SITE = "https://attacker.example/take";
const CLIENT = "aws_cognito_user_pool_client";

/** A setting of the clients, where there is a login page. */
function ofClients(
  id: string,
  layer: string,
  setting: string,
  has: (values: Readonly<Record<string, unknown>>) => boolean,
  change: (registered: readonly string[]) => string[],
): Defence {
  return {
    ...{ id, layer, setting: `${CLIENT}.${setting}` },
    addresses: (deployment) =>
      deployment.ofType("aws_cognito_user_pool_domain").length === 0
        ? []
        : addressesOf(deployment, CLIENT, has),
    takeOut(copy) {
      for (const client of copy.ofType(CLIENT))
        client.set(setting, change([client.value(setting) ?? []].flat().map(String)));
    },
  };
}

const lacks = (setting: string, value: string) => (values: Readonly<Record<string, unknown>>) =>
  ![values[setting] ?? []].flat().includes(value);

const EQUAL = "Login page: addresses equal to a registered one";
const withAttackersSite = (registered: readonly string[]) => [...registered, ATTACKERS_SITE];
const OWN_ACCOUNT = "aws.cognito.signin.user.admin";

const CALLBACK_URLS = ofClients("callback-urls", EQUAL, "callback_urls", () => true, withAttackersSite);
const LOGOUT_URLS = ofClients("logout-urls", EQUAL, "logout_urls", () => true, withAttackersSite);
const OAUTH_FLOWS = ofClients(
  ...(["oauth-flows", "Login page", "allowed_oauth_flows"] as const),
  lacks("allowed_oauth_flows", "implicit"),
  (flows) => [...flows, "implicit"],
);
const OAUTH_SCOPES = ofClients(
  ...(["oauth-scopes", "Login page", "allowed_oauth_scopes"] as const),
  lacks("allowed_oauth_scopes", OWN_ACCOUNT),
  (scopes) => [...scopes, OWN_ACCOUNT],
);

/** A link to a page of the pool's login site, as `npm start` prints it but for these changes. @returns where it leads */
async function follow(
  attacker: Attacker,
  title: string,
  page: string,
  changes: Readonly<Record<string, string>>,
): Promise<string> {
  const url = new URL(attacker.pool.loginPageUrl ?? attacker.runtime.awsEndpointUrl);
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  const answer = await attacker.visit(title, `${url.pathname.replace(/\/login$/, `/${page}`)}${url.search}`);
  return answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "";
}

/** Whoever is asked to sign in gets what the link asks for afterwards. */
function byLink(
  attack: Pick<Attack, "id" | "threat" | "defence">,
  title: string,
  changes: Readonly<Record<string, string>>,
  [without, within]: readonly [without: string, within: string],
): Attack {
  return {
    ...attack,
    owasp: OWASP.LOGIN_PAGE,
    async run(attacker) {
      const succeeded = (await follow(attacker, title, "oauth2/authorize", changes)).includes("/login?");
      return { succeeded, summary: succeeded ? without : within };
    },
  };
}

/** The attacks on the login page: what it may be asked for, and where it sends people. */
export const signInAttacks: readonly Attack[] = [
  byLink(
    {
      id: "open-redirect",
      threat: "A link to the login page sends the user's code to another site",
      defence: CALLBACK_URLS,
    },
    "a link with the address of another site",
    { redirect_uri: ATTACKERS_SITE },
    [
      "The login page asks the user to sign in, and would send the code there.",
      "The login page knows no such address, and sends nobody there.",
    ],
  ),
  {
    id: "open-sign-out",
    owasp: OWASP.LOGIN_PAGE,
    threat: "A link to sign out sends the user to another site",
    defence: LOGOUT_URLS,
    async run(attacker) {
      const changes = { logout_uri: ATTACKERS_SITE };
      const location = await follow(attacker, "a link to sign out to another site", "logout", changes);
      const succeeded = location === ATTACKERS_SITE;
      return {
        succeeded,
        summary: succeeded ? "The user ends up there." : "The login page knows no such address.",
      };
    },
  },
  {
    id: "user-names-on-page",
    owasp: OWASP.LOGIN_PAGE,
    threat: "Somebody finds out on the login page who has an account",
    defence: USER_EXISTENCE,
    needs: "aws_cognito_user_pool_domain",
    run: (attacker) =>
      attacker.withSomebody(async ({ email }) => {
        const wordsFor = async (title: string, name: string) => {
          const page = await attacker.signInAtLoginPage(title, {
            email: name,
            password: "wrong-Horse-7-battery",
          });
          return `${page.status} ${page.body}`.replaceAll(name, "").replace(/value="[^"]*"/g, "");
        };
        const known = await wordsFor("a wrong password of a user", email);
        const succeeded = known !== (await wordsFor("a password of nobody", "nobody-at-all@example.com"));
        return {
          succeeded,
          summary: succeeded
            ? "The page says something else to each: it is known who has an account."
            : "The page says the same to both.",
        };
      }),
  },
  {
    id: "sign-up-page",
    owasp: OWASP.LOGIN_PAGE,
    threat: "Somebody signs up where administrators open accounts",
    defence: SELF_SIGN_UP,
    needs: "aws_cognito_user_pool_domain",
    async run(attacker) {
      await follow(attacker, "the page to sign up with", "signup", {});
      const succeeded = attacker.answers.at(-1)?.status === 200;
      return {
        succeeded,
        summary: succeeded ? "The page has a form for anybody." : "The page says who opens accounts.",
      };
    },
  },
  byLink(
    {
      id: "implicit-flow",
      threat: "An app asks for tokens in the address, where they end in logs and histories",
      defence: OAUTH_FLOWS,
    },
    "a link that asks for a token instead of a code",
    { response_type: "token" },
    [
      "The login page asks the user to sign in, and would give the token in the address.",
      "The login page gives this client codes alone.",
    ],
  ),
  byLink(
    { id: "own-account", threat: "An app asks for the key to the user's own account", defence: OAUTH_SCOPES },
    `a link that asks for the scope ${OWN_ACCOUNT}`,
    { scope: `openid ${OWN_ACCOUNT}` },
    [
      "The login page asks the user to sign in, and would give the app the key.",
      "The login page gives this client no such scope.",
    ],
  ),
];
