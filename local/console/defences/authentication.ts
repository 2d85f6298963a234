import { addressesOf, type DefenceRow, type Finding, OWASP } from "./defence";

const HOUR_S = 3_600;

/** A token got the attacker as far as the authorizer lets anybody. */
function pastAuthorizer(layer: string | undefined, status: number, what: string): Finding {
  const succeeded = status !== 401 && layer !== "authorizer";
  return {
    succeeded,
    summary: succeeded
      ? `${what} is let in (${status}, ${layer}).`
      : `${what} is refused by the authorizer (${status}).`,
  };
}

/** The attacks on who a caller is: tokens, passwords, names. */
export const authenticationRows: readonly DefenceRow[] = [
  {
    id: "no-token",
    owasp: OWASP.API2,
    threat: "No token",
    layer: "authorizer",
    setting: "aws_api_gateway_method.authorization",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_method", ({ authorizer_id }) => Boolean(authorizer_id)),
    async attack(attacker) {
      const [answer] = await attacker.send({ title: "a request without a token" });
      return pastAuthorizer(
        answer && attacker.layerOf(answer),
        answer?.status ?? 0,
        "A request without a token",
      );
    },
    takeOut(copy) {
      for (const method of copy.ofType("aws_api_gateway_method")) {
        method.set("authorization", "NONE");
        method.unset("authorizer_id");
        method.unset("authorization_scopes");
      }
    },
  },
  {
    id: "other-pool",
    owasp: OWASP.API2,
    threat: "A token of the other pool",
    layer: "authorizer",
    setting: "aws_api_gateway_authorizer.provider_arns",
    addresses: (deployment) =>
      deployment.ofType("aws_cognito_user_pool").length < 2
        ? []
        : addressesOf(deployment, "aws_api_gateway_authorizer"),
    async attack(attacker) {
      const { view, target } = attacker;
      const { runtime } = view.host;
      const other = runtime.userPools.find(({ id }) => id !== target.user.poolId);
      const iss = `https://cognito-idp.${runtime.region}.amazonaws.com/${other?.id}`;
      const sub = "00000000-0000-4000-8000-000000000001";
      const claims = JSON.parse(
        Buffer.from((await attacker.token()).split(".")[1] ?? "", "base64url").toString("utf8"),
      );
      const token = runtime.inside.ports.users.sign(other?.id ?? "", {
        ...claims,
        iss,
        sub,
        aud: other?.clientId,
      });
      const [answer] = await attacker.send({ title: `a token of ${other?.name}`, token });
      return pastAuthorizer(
        answer && attacker.layerOf(answer),
        answer?.status ?? 0,
        `A user of ${other?.name}`,
      );
    },
    takeOut(copy) {
      const arns = copy.ofType("aws_cognito_user_pool").map((pool) => String(pool.value("arn")));
      for (const authorizer of copy.ofType("aws_api_gateway_authorizer")) {
        authorizer.set("provider_arns", arns);
        authorizer.unset("identity_validation_expression");
      }
    },
  },
  {
    id: "other-client",
    owasp: OWASP.API2,
    threat: "A token of another client of the pool",
    layer: "authorizer",
    setting: "aws_api_gateway_authorizer.identity_validation_expression",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_api_gateway_authorizer", (values) =>
        Boolean(values.identity_validation_expression),
      ),
    async attack(attacker) {
      const token = await attacker.token("id", { aud: "anotherclient00000000000000" });
      const [answer] = await attacker.send({ title: "a token of another client", token });
      return pastAuthorizer(
        answer && attacker.layerOf(answer),
        answer?.status ?? 0,
        "A token of another client",
      );
    },
    takeOut(copy) {
      for (const authorizer of copy.ofType("aws_api_gateway_authorizer"))
        authorizer.unset("identity_validation_expression");
    },
  },
  {
    id: "access-token",
    owasp: OWASP.API2,
    threat: "An access token in place of an ID token",
    layer: "authorizer",
    setting: "aws_api_gateway_method.authorization_scopes",
    addresses: (deployment) =>
      addressesOf(
        deployment,
        "aws_api_gateway_method",
        ({ authorizer_id, authorization_scopes: scopes }) =>
          Boolean(authorizer_id) && [scopes ?? []].flat().length === 0,
      ),
    async attack(attacker) {
      const [answer] = await attacker.send({
        title: "an access token",
        token: await attacker.token("access"),
      });
      return pastAuthorizer(answer && attacker.layerOf(answer), answer?.status ?? 0, "An access token");
    },
    takeOut(copy) {
      for (const method of copy.ofType("aws_api_gateway_method")) {
        if (method.value("authorizer_id") !== undefined)
          method.set("authorization_scopes", ["aws.cognito.signin.user.admin"]);
      }
      // An access token has no audience.
      for (const authorizer of copy.ofType("aws_api_gateway_authorizer"))
        authorizer.unset("identity_validation_expression");
    },
  },
  {
    id: "old-token",
    owasp: OWASP.API2,
    threat: "An expired token",
    layer: "authorizer",
    setting: "aws_cognito_user_pool_client.id_token_validity",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_cognito_user_pool_client", (values) => validityOf(values) <= 2 * HOUR_S),
    async attack(attacker) {
      const { view, target } = attacker;
      const client = view.host.runtime.inside.deployment
        .ofType("aws_cognito_user_pool_client")
        .find(({ values }) => values.user_pool_id === target.user.poolId);
      const issuedAt = Math.floor(view.host.now() / 1000) - 2 * HOUR_S;
      const exp = issuedAt + validityOf(client?.values ?? {});
      const [answer] = await attacker.send({
        title: "the ID token of a sign-in of two hours ago",
        token: await attacker.token("id", { exp }, 2 * HOUR_S),
      });
      return pastAuthorizer(
        answer && attacker.layerOf(answer),
        answer?.status ?? 0,
        "The token of two hours ago",
      );
    },
    takeOut(copy) {
      for (const client of copy.ofType("aws_cognito_user_pool_client")) {
        client.set("id_token_validity", 24);
        client.unset("token_validity_units");
      }
    },
  },
  {
    id: "weak-password",
    owasp: OWASP.API2,
    threat: "A weak password",
    layer: "Cognito",
    setting: "aws_cognito_user_pool.password_policy",
    addresses: (deployment) =>
      addressesOf(deployment, "aws_cognito_user_pool", (values) => Boolean(values.password_policy)),
    async attack(attacker) {
      const { view, target } = attacker;
      const { runtime } = view.host;
      const pool = runtime.userPools.find(({ id }) => id === target.user.poolId);
      const Username = `weak-${Date.now()}@example.com`;
      const input = {
        ClientId: pool?.clientId,
        Username,
        Password: "abcdef",
        UserAttributes: [{ Name: "email", Value: Username }],
      };
      const answer = await attacker.callAws(
        "SignUp with the password abcdef",
        "cognito-idp",
        `${COGNITO}.SignUp`,
        input,
      );
      const succeeded = answer.status === 200;
      if (succeeded)
        await runtime.inside.call("cognito-idp", "AdminDeleteUser", {
          UserPoolId: target.user.poolId,
          Username,
        });
      return {
        succeeded,
        summary: succeeded ? "Cognito takes the password." : "Cognito refuses the password.",
      };
    },
    takeOut(copy) {
      for (const pool of copy.ofType("aws_cognito_user_pool"))
        pool.set("password_policy", [{ minimum_length: 6, temporary_password_validity_days: 7 }]);
    },
  },
  {
    id: "user-names",
    owasp: OWASP.API2,
    threat: "Sign-in tells who has an account",
    layer: "Cognito",
    setting: "aws_cognito_user_pool_client.prevent_user_existence_errors",
    addresses: (deployment) =>
      addressesOf(
        deployment,
        "aws_cognito_user_pool_client",
        (values) => values.prevent_user_existence_errors === "ENABLED",
      ),
    async attack(attacker) {
      const { view, target } = attacker;
      const pool = view.host.runtime.userPools.find(({ id }) => id === target.user.poolId);
      const signIn = (title: string, USERNAME: string) =>
        attacker.callAws(title, "cognito-idp", `${COGNITO}.InitiateAuth`, {
          AuthFlow: "USER_PASSWORD_AUTH",
          ClientId: pool?.clientId,
          AuthParameters: { USERNAME, PASSWORD: "wrong-Horse-7-battery" },
        });
      const known = await signIn("sign-in of a user, with a wrong password", target.user.name);
      const unknown = await signIn("sign-in of nobody", "nobody-at-all@example.com");
      const succeeded = known.body.toString() !== unknown.body.toString();
      return {
        succeeded,
        summary: succeeded
          ? "The two answers differ: the address is known."
          : "The answers are the same: nothing is learnt.",
      };
    },
    takeOut(copy) {
      for (const client of copy.ofType("aws_cognito_user_pool_client"))
        client.set("prevent_user_existence_errors", "LEGACY");
    },
  },
];

const COGNITO = "AWSCognitoIdentityProviderService";

const SECONDS: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: HOUR_S,
  days: 24 * HOUR_S,
};

/** How long an ID token of the client works; an hour where it says nothing. */
function validityOf(values: Readonly<Record<string, unknown>>): number {
  const [units] = [values.token_validity_units ?? []].flat();
  const unit =
    typeof units === "object" && units !== null && "id_token" in units ? String(units.id_token) : "hours";
  return (Number(values.id_token_validity) || 1) * (SECONDS[unit] ?? HOUR_S);
}
