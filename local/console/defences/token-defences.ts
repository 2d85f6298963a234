import type { Deployment } from "../../deployment/deployment";
import { addressesOf, type Defence } from "./defence";

const HOUR_S = 3_600;
const LAYER = "Cognito authorizer";

export const AUTHORIZER: Defence = {
  id: "authorizer",
  layer: LAYER,
  setting: "aws_api_gateway_method.authorization",
  addresses: (deployment) =>
    addressesOf(deployment, "aws_api_gateway_method", ({ authorizer_id }) => Boolean(authorizer_id)),
  takeOut(copy) {
    for (const method of copy.ofType("aws_api_gateway_method")) {
      method.set("authorization", "NONE");
      method.unset("authorizer_id");
      method.unset("authorization_scopes");
    }
  },
};

export const POOLS_OF_AUTHORIZER: Defence = {
  id: "pools-of-authorizer",
  layer: LAYER,
  setting: "aws_api_gateway_authorizer.provider_arns",
  addresses: (deployment) =>
    deployment.ofType("aws_cognito_user_pool").length < 2
      ? []
      : addressesOf(deployment, "aws_api_gateway_authorizer"),
  takeOut(copy) {
    const arns = copy.ofType("aws_cognito_user_pool").map((pool) => String(pool.value("arn")));
    for (const authorizer of copy.ofType("aws_api_gateway_authorizer")) {
      authorizer.set("provider_arns", arns);
      authorizer.unset("identity_validation_expression");
    }
  },
};

export const CLIENT_CHECK: Defence = {
  id: "client-check",
  layer: LAYER,
  setting: "aws_api_gateway_authorizer.identity_validation_expression",
  addresses: (deployment) =>
    addressesOf(deployment, "aws_api_gateway_authorizer", (values) =>
      Boolean(values.identity_validation_expression),
    ),
  takeOut(copy) {
    for (const authorizer of copy.ofType("aws_api_gateway_authorizer"))
      authorizer.unset("identity_validation_expression");
  },
};

export const SCOPES: Defence = {
  id: "kind-of-token",
  layer: LAYER,
  setting: "aws_api_gateway_method.authorization_scopes",
  addresses: (deployment) =>
    addressesOf(
      deployment,
      "aws_api_gateway_method",
      ({ authorizer_id, authorization_scopes: scopes }) =>
        Boolean(authorizer_id) && [scopes ?? []].flat().length === 0,
    ),
  takeOut(copy) {
    for (const method of copy.ofType("aws_api_gateway_method")) {
      if (method.value("authorizer_id") !== undefined)
        method.set("authorization_scopes", ["aws.cognito.signin.user.admin"]);
    }
    // An access token has no audience.
    for (const authorizer of copy.ofType("aws_api_gateway_authorizer"))
      authorizer.unset("identity_validation_expression");
  },
};

const SECONDS: Readonly<Record<string, number>> = {
  ...{ seconds: 1, minutes: 60, hours: HOUR_S, days: 24 * HOUR_S },
};

/** How long an ID token of the client works; an hour where it says nothing. */
function validityOf(values: Readonly<Record<string, unknown>> = {}): number {
  const [units] = [values.token_validity_units ?? []].flat();
  const unit =
    typeof units === "object" && units !== null && "id_token" in units ? String(units.id_token) : "hours";
  return (Number(values.id_token_validity) || 1) * (SECONDS[unit] ?? HOUR_S);
}

export const ID_TOKEN_VALIDITY: Defence & { secondsOf(deployment: Deployment, clientId: string): number } = {
  id: "id-token-validity",
  layer: LAYER,
  setting: "aws_cognito_user_pool_client.id_token_validity",
  addresses: (deployment) =>
    addressesOf(deployment, "aws_cognito_user_pool_client", (values) => validityOf(values) <= 2 * HOUR_S),
  takeOut(copy) {
    for (const client of copy.ofType("aws_cognito_user_pool_client")) {
      client.set("id_token_validity", 24);
      client.changeBlocks("token_validity_units", (units) => ({ ...units, id_token: "hours" }));
    }
  },
  secondsOf: (deployment, clientId) =>
    validityOf(deployment.find("aws_cognito_user_pool_client", "id", clientId)?.values),
};
