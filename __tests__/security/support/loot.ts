import { emailOf, TEST_PASSWORD, type TestRuntime } from "../../support/local-runtime";
import type { EditableStack } from "../../support/synthesized-folder";
import type { TestClock } from "../../support/test-clock";
import { ADMINISTRATOR } from "./aws-call";
import { cognito, poolOf, type Tokens, tokensIn } from "./cognito";

/** Everything that an attacker may have got hold of. */
export interface Loot extends Tokens {
  readonly otherPool: string;
  readonly otherClient: string;
  readonly expired: string;
  readonly early: string;
  /** The pool's public key, which anybody can read. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

export async function collectLoot(test: TestRuntime, clock: TestClock): Promise<Loot> {
  const { id } = poolOf(test, "MyUserPool1");
  const jwks = await fetch(`${test.runtime.awsEndpointUrl}/${id}/.well-known/jwks.json`);
  const { keys } = (await jwks.json()) as { keys: [Loot["jwk"]] };
  const backOffice = await cognito(
    test,
    "AdminInitiateAuth",
    {
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      UserPoolId: id,
      ClientId: await backOfficeClientOf(test),
      AuthParameters: { USERNAME: emailOf("MyUserPool1"), PASSWORD: TEST_PASSWORD },
    },
    ADMINISTRATOR,
  );
  return {
    ...(await test.signIn("MyUserPool1")),
    otherPool: await test.token("MyUserPool2"),
    otherClient: tokensIn(backOffice).IdToken,
    expired: await clock.at({ minutes: -61 }, () => test.token("MyUserPool1")),
    early: await clock.at({ minutes: 10 }, () => test.token("MyUserPool1")),
    jwk: keys[0],
  };
}

/** A second client of MyUserPool1, for administrators: it allows no sign-in from outside. */
export function addBackOfficeClient(edge: EditableStack): void {
  edge.add("aws_cognito_user_pool_client.BackOffice", {
    ...edge.resource("aws_cognito_user_pool_client.MyUserPool1"),
    name: "BackOffice-client",
    explicit_auth_flows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
}

export async function backOfficeClientOf(test: TestRuntime): Promise<string> {
  const { id } = poolOf(test, "MyUserPool1");
  const { body } = await cognito(test, "ListUserPoolClients", { UserPoolId: id }, ADMINISTRATOR);
  const clients = body.UserPoolClients as { ClientName: string; ClientId: string }[];
  return clients.find(({ ClientName }) => ClientName === "BackOffice-client")?.ClientId ?? "";
}
