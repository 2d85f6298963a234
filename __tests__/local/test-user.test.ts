import { TestUser } from "../../local/test-user";
import type { Values } from "../support/deployment";
import { clientResource, poolResource, TestDirectory } from "./services/cognito/fixture";

const id = "us-east-1_Pool1";

/** The user of a pool whose client allows only these flows. */
async function userOf(flows: readonly string[], client: Values = {}, pool: Values = {}): Promise<TestUser> {
  const directory = await TestDirectory.of(
    poolResource(1, { mfa_configuration: "OFF", ...pool }),
    clientResource("client1", 1, { explicit_auth_flows: [...flows, "ALLOW_REFRESH_TOKEN_AUTH"], ...client }),
  );
  const call = (_service: string, operation: string, input: object) =>
    directory.call(operation, { ...input });
  const user = new TestUser({ name: "MyUserPool1", id, clientId: "client1" }, call, directory.clock);
  directory.directory.createConfirmedUser({ userPoolId: id, ...user });
  return user;
}

const secret = { generate_secret: true, client_secret: "s".repeat(40) };

test.each<[string, Values]>([
  ["ALLOW_USER_SRP_AUTH", {}],
  ["ALLOW_USER_SRP_AUTH", secret],
  ["ALLOW_USER_PASSWORD_AUTH", {}],
  ["ALLOW_USER_PASSWORD_AUTH", secret],
  ["ALLOW_ADMIN_USER_PASSWORD_AUTH", secret],
])("signs in through a client that allows %s alone, with %j", async (flow, client) => {
  const user = await userOf([flow], client);

  expect(await user.idToken()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test("sets an authenticator app up through a client with a secret, and keeps its token", async () => {
  const mfa = { mfa_configuration: "ON", software_token_mfa_configuration: { enabled: true } };
  const user = await userOf(["ALLOW_USER_PASSWORD_AUTH"], secret, mfa);
  const token = await user.idToken();

  expect(await user.idToken()).toBe(token);
});

test("says which flows a client has that lets nobody sign in with a password", async () => {
  const user = await userOf(["ALLOW_CUSTOM_AUTH"]);

  await expect(user.idToken()).rejects.toThrow(
    "the client client1 of MyUserPool1 lets nobody sign in with a password (ALLOW_CUSTOM_AUTH, ALLOW_REFRESH_TOKEN_AUTH): sign in yourself, and pass the token as a header",
  );
});
