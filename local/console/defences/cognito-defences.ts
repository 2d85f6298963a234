import { addressesOf, type Defence } from "./defence";

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";

export const PASSWORD_POLICY: Defence = {
  id: "password-policy",
  layer: "Cognito user pool",
  setting: `${POOL}.password_policy`,
  addresses: (deployment) => addressesOf(deployment, POOL, (values) => Boolean(values.password_policy)),
  takeOut(copy) {
    for (const pool of copy.ofType(POOL))
      pool.set("password_policy", [{ minimum_length: 6, temporary_password_validity_days: 7 }]);
  },
};

export const USER_EXISTENCE: Defence = {
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
export const AUTH_FLOWS: Defence = {
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

export const WRITE_ATTRIBUTES: Defence = {
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

export const REVOCATION: Defence = {
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

/** Where users may have an authenticator app. */
export const SECOND_FACTOR: Defence = {
  id: "second-factor",
  layer: "Cognito user pool",
  setting: `${POOL}.mfa_configuration`,
  addresses: (deployment) =>
    addressesOf(deployment, POOL, ({ mfa_configuration: mfa }) => mfa === "OPTIONAL" || mfa === "ON"),
  takeOut(copy) {
    for (const pool of copy.ofType(POOL)) pool.set("mfa_configuration", "OFF");
  },
};
