import type { Attacker } from "./attacker";
import { addressesOf, type DefenceRow, OWASP } from "./defence";

const ATTACKERS_SITE = "https://attacker.example/take";

/** What is asked of a pool's login page, with the registered callback unless another one is given. */
function authorization(
  { view, target }: Attacker,
  changes: Readonly<Record<string, string>>,
): string | undefined {
  const { runtime } = view.host;
  const page = runtime.userPools.find(({ id }) => id === target.user.poolId)?.loginPageUrl;
  if (page === undefined) return undefined;
  const url = new URL(page);
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  return `${url.pathname.replace(/\/login$/, "/oauth2/authorize")}${url.search}`;
}

const withLoginPage: DefenceRow["addresses"] = (deployment) =>
  deployment.ofType("aws_cognito_user_pool_domain").length === 0
    ? []
    : addressesOf(deployment, "aws_cognito_user_pool_client");

/** The attacks on the login page: what it may be asked for, and where it sends people. */
export const signInRows: readonly DefenceRow[] = [
  {
    id: "open-redirect",
    owasp: OWASP.API2,
    threat: "A link to the login page sends the user's code to another site",
    layer: "login page",
    setting: "aws_cognito_user_pool_client.callback_urls",
    addresses: withLoginPage,
    async attack(attacker) {
      const path = authorization(attacker, { redirect_uri: ATTACKERS_SITE });
      const answer = await attacker.visit("a link with the address of another site", path ?? "/");
      const location = answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "";
      // Whoever is asked to sign in is sent there afterwards.
      const succeeded = location.includes("/login?") && location.includes(encodeURIComponent(ATTACKERS_SITE));
      return {
        succeeded,
        summary: succeeded
          ? "The login page asks the user to sign in, and would send the code there."
          : "The login page knows no such address, and sends nobody there.",
      };
    },
    takeOut(copy) {
      for (const client of copy.ofType("aws_cognito_user_pool_client")) {
        const registered = [client.value("callback_urls") ?? []].flat();
        client.set("callback_urls", [...registered, ATTACKERS_SITE]);
      }
    },
  },
  {
    id: "implicit-flow",
    owasp: OWASP.API2,
    threat: "An app asks for tokens in the address, where they end in logs and histories",
    layer: "login page",
    setting: "aws_cognito_user_pool_client.allowed_oauth_flows",
    addresses: (deployment) =>
      withLoginPage(deployment).length === 0
        ? []
        : addressesOf(
            deployment,
            "aws_cognito_user_pool_client",
            ({ allowed_oauth_flows: flows }) => Array.isArray(flows) && !flows.includes("implicit"),
          ),
    async attack(attacker) {
      const path = authorization(attacker, { response_type: "token" });
      const answer = await attacker.visit("a link that asks for a token instead of a code", path ?? "/");
      const location = answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "";
      const succeeded = location.includes("/login?");
      return {
        succeeded,
        summary: succeeded
          ? "The login page asks the user to sign in, and would give the token in the address."
          : "The login page gives this client codes alone.",
      };
    },
    takeOut(copy) {
      for (const client of copy.ofType("aws_cognito_user_pool_client"))
        client.set("allowed_oauth_flows", ["code", "implicit"]);
    },
  },
];
