import { ALPHANUMERIC, type ComputedAttributes, LOWERCASE, token, uuid } from "./context";

const userPool: ComputedAttributes = (own, { region, accountId }) => {
  const id = `${region}_${token(own, "id", 9, ALPHANUMERIC)}`;
  return {
    id,
    arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
    endpoint: `cognito-idp.${region}.amazonaws.com/${id}`,
    mfa_configuration: "OFF",
  };
};

const userPoolClient: ComputedAttributes = (own) => ({
  id: token(own, "id", 26, LOWERCASE),
  client_secret: own.boolean("generate_secret", false) ? token(own, "secret", 51, LOWERCASE) : "",
});

const userPoolDomain: ComputedAttributes = (own, { accountId }) => ({
  id: own.string("domain"),
  aws_account_id: accountId,
});

const ofPool =
  (key: string): ComputedAttributes =>
  (own) => ({ id: `${own.string("user_pool_id")}/${own.string(key)}` });

const user: ComputedAttributes = (own, surroundings) => ({
  ...ofPool("username")(own, surroundings),
  sub: uuid(own, "sub"),
  status: own.has("password") ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD",
  enabled: true,
});

export const cognitoAttributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_cognito_user_pool: userPool,
  aws_cognito_user_pool_client: userPoolClient,
  aws_cognito_user_pool_domain: userPoolDomain,
  aws_cognito_user: user,
  aws_cognito_user_group: ofPool("name"),
};
