import { type Attack, addressesOf, type Defence, OWASP } from "./defence";

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";

const PASSWORD_POLICY: Defence = {
  id: "password-policy",
  layer: "Cognito user pool",
  setting: `${POOL}.password_policy`,
  addresses: (deployment) => addressesOf(deployment, POOL, (values) => Boolean(values.password_policy)),
  takeOut(copy) {
    for (const pool of copy.ofType(POOL))
      pool.set("password_policy", [{ minimum_length: 6, temporary_password_validity_days: 7 }]);
  },
};

const USER_EXISTENCE: Defence = {
  id: "user-existence",
  layer: "Cognito app client",
  setting: `${CLIENT}.prevent_user_existence_errors`,
  addresses: (deployment) =>
    addressesOf(deployment, CLIENT, (values) => values.prevent_user_existence_errors === "ENABLED"),
  takeOut(copy) {
    for (const client of copy.ofType(CLIENT)) client.set("prevent_user_existence_errors", "LEGACY");
  },
};

const PASSWORD_FLOW = "ALLOW_USER_PASSWORD_AUTH";
const AUTH_FLOWS: Defence = {
  id: "auth-flows",
  layer: "Cognito app client",
  setting: `${CLIENT}.explicit_auth_flows`,
  turnedOnBy: "PASSWORD_SIGN_IN=false",
  addresses: (deployment) =>
    addressesOf(deployment, CLIENT, ({ explicit_auth_flows: flows }) => {
      const all = [flows ?? []].flat();
      return all.length > 0 && !all.includes(PASSWORD_FLOW);
    }),
  takeOut(copy) {
    for (const client of copy.ofType(CLIENT))
      client.set("explicit_auth_flows", [
        ...[client.value("explicit_auth_flows") ?? []].flat(),
        PASSWORD_FLOW,
      ]);
  },
};

const WRITE_ATTRIBUTES: Defence = {
  id: "write-attributes",
  layer: "Cognito user pool",
  setting: `${POOL}.schema, ${CLIENT}.write_attributes`,
  addresses: (deployment) =>
    addressesOf(
      deployment,
      CLIENT,
      ({ write_attributes: names }) => ![names ?? []].flat().includes("custom:role"),
    ),
  takeOut(copy) {
    for (const pool of copy.ofType(POOL)) {
      const role = { name: "role", attribute_data_type: "String", mutable: true };
      pool.set("schema", [...[pool.value("schema") ?? []].flat(), role]);
    }
    for (const client of copy.ofType(CLIENT)) client.set("write_attributes", ["email", "custom:role"]);
  },
};

const REVOCATION: Defence = {
  id: "token-revocation",
  layer: "Cognito app client",
  setting: `${CLIENT}.enable_token_revocation`,
  addresses: (deployment) =>
    deployment.ofType("aws_cognito_user_pool_domain").length === 0
      ? []
      : addressesOf(deployment, CLIENT, (values) => values.enable_token_revocation === true),
  takeOut(copy) {
    for (const client of copy.ofType(CLIENT)) client.set("enable_token_revocation", false);
  },
};

/** For the login page as well. */
export const SELF_SIGN_UP: Defence = {
  id: "self-sign-up",
  layer: "Cognito user pool",
  setting: `${POOL}.admin_create_user_config.allow_admin_create_user_only`,
  turnedOnBy: "SELF_SIGN_UP=false",
  addresses: (deployment) =>
    addressesOf(deployment, POOL, ({ admin_create_user_config: config }) =>
      JSON.stringify(config ?? "").includes('"allow_admin_create_user_only":true'),
    ),
  takeOut(copy) {
    for (const pool of copy.ofType(POOL)) pool.unset("admin_create_user_config");
  },
};

const WRONG_PASSWORD = "wrong-Horse-7-battery";
const GOOD_PASSWORD = "Correct-Horse-7-battery";
const NOBODY = "nobody-at-all@example.com";

/** Asks the same for somebody who has an account and for nobody: it succeeds when the answers can be told apart. */
function tellsWhoIsThere(
  id: string,
  threat: string,
  what: string,
  operation: string,
  input: (name: string) => object,
): Attack {
  return {
    ...{ id, threat, owasp: OWASP.API2, defence: USER_EXISTENCE },
    run: (attacker) =>
      attacker.withSomebody(async ({ email }) => {
        // A code is on its way to one of the two: what follows asks for it.
        if (operation === "ConfirmForgotPassword")
          await attacker.cognito("a forgotten password of a user", "ForgotPassword", { Username: email });
        const known = await attacker.cognito(`${what} of a user`, operation, input(email));
        const unknown = await attacker.cognito(`${what} of nobody`, operation, input(NOBODY));
        // Where it is sent to is masked, and told of a made-up address too.
        const succeeded = known.status !== unknown.status || known.body.__type !== unknown.body.__type;
        return {
          succeeded,
          summary: succeeded
            ? "The two answers differ: it is known who has an account."
            : "The answers are the same: nothing is learnt.",
        };
      }),
  };
}

async function signUp(
  attacker: Parameters<Attack["run"]>[0],
  title: string,
  { password, more = [] }: { readonly password: string; readonly more?: readonly object[] },
): Promise<boolean> {
  const Username = `attack-${Date.now()}@example.com`;
  const { status } = await attacker.cognito(title, "SignUp", {
    ...{ Username, Password: password },
    UserAttributes: [{ Name: "email", Value: Username }, ...more],
  });
  if (status === 200)
    await attacker.runtime.inside.call("cognito-idp", "AdminDeleteUser", {
      UserPoolId: attacker.pool.id,
      Username,
    });
  return status === 200;
}

/** The attacks on the user pools: passwords, names, attributes, sessions. */
export const cognitoAttacks: readonly Attack[] = [
  {
    id: "role-at-sign-up",
    owasp: OWASP.API1,
    threat: "Somebody signs up with a role",
    defence: WRITE_ATTRIBUTES,
    async run(attacker) {
      const more = [{ Name: "custom:role", Value: "admin" }];
      const succeeded = await signUp(attacker, "SignUp with custom:role", {
        password: GOOD_PASSWORD,
        more,
      });
      return {
        succeeded,
        summary: succeeded
          ? "The pool keeps the role, and its tokens say it."
          : "The client may not write it.",
      };
    },
  },
  {
    id: "accounts-in-bulk",
    owasp: OWASP.API6,
    threat: "Somebody makes accounts in bulk",
    defence: SELF_SIGN_UP,
    async run(attacker) {
      const succeeded = await signUp(attacker, "SignUp of somebody whom nobody invited", {
        password: GOOD_PASSWORD,
      });
      return {
        succeeded,
        summary: succeeded ? "The pool has another account." : "Administrators alone open accounts.",
      };
    },
  },
  {
    id: "weak-password",
    owasp: OWASP.API2,
    threat: "A weak password",
    defence: PASSWORD_POLICY,
    async run(attacker) {
      const succeeded = await signUp(attacker, "SignUp with the password abcdef", { password: "abcdef" });
      return {
        succeeded,
        summary: succeeded ? "Cognito takes the password." : "Cognito refuses the password.",
      };
    },
  },
  tellsWhoIsThere(
    "user-names",
    "Sign-in tells who has an account",
    "sign-in",
    "InitiateAuth",
    (USERNAME) => ({
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD: WRONG_PASSWORD },
    }),
  ),
  tellsWhoIsThere(
    "forgotten-password",
    "A forgotten password tells who has an account",
    "a forgotten password",
    "ForgotPassword",
    (Username) => ({ Username }),
  ),
  tellsWhoIsThere(
    "guessed-code",
    "A guessed reset code tells who has an account",
    "a guessed code",
    "ConfirmForgotPassword",
    (Username) => ({ Username, ConfirmationCode: "000000", Password: "Another-Horse-7-battery" }),
  ),
  {
    id: "other-flow",
    owasp: OWASP.API2,
    threat: "A client signs in by a flow that it does not need",
    defence: AUTH_FLOWS,
    run: (attacker) =>
      attacker.withSomebody(async ({ email, password }) => {
        const { status } = await attacker.cognito(
          "a sign-in that sends the password itself",
          "InitiateAuth",
          {
            AuthFlow: "USER_PASSWORD_AUTH",
            AuthParameters: { USERNAME: email, PASSWORD: password },
          },
        );
        return {
          succeeded: status === 200,
          summary:
            status === 200 ? "The password is sent, and taken." : "The client does not take this flow.",
        };
      }),
  },
  {
    id: "revoked-token",
    owasp: OWASP.API2,
    threat: "A refresh token is used after it was revoked",
    defence: REVOCATION,
    run: (attacker) =>
      attacker.withSomebody(async (somebody) => {
        const token = await attacker.refreshTokenOf(somebody);
        await attacker.cognito("the user revokes the refresh token", "RevokeToken", { Token: token });
        const { status } = await attacker.cognito("the thief refreshes with it", "InitiateAuth", {
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: token },
        });
        return {
          succeeded: status === 200,
          summary:
            status === 200
              ? "It cannot be revoked, and goes on working."
              : "It was revoked, and works no more.",
        };
      }),
  },
];
