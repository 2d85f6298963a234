import { type ComputedAttributes, type ResourceType, refused, served } from "../../deployment/resource-type";
import { formatArn } from "../../kernel/arn";
import { ALPHANUMERIC, LOWERCASE, seededId, seededUuid } from "../../kernel/ids";

const userPool: ComputedAttributes = (own, place) => {
  const id = `${place.region}_${seededId(own.seed("id"), 9, ALPHANUMERIC)}`;
  return {
    id,
    arn: formatArn(place, "cognito-idp", `userpool/${id}`),
    endpoint: `cognito-idp.${place.region}.amazonaws.com/${id}`,
    mfa_configuration: "OFF",
  };
};

const userPoolClient: ComputedAttributes = (own) => ({
  id: seededId(own.seed("id"), 26, LOWERCASE),
  client_secret: own.boolean("generate_secret", false) ? seededId(own.seed("secret"), 51, LOWERCASE) : "",
});

const ofPool =
  (key: string): ComputedAttributes =>
  (own) => ({ id: `${own.string("user_pool_id")}/${own.string(key)}` });

const user: ComputedAttributes = (own, surroundings) => ({
  ...ofPool("username")(own, surroundings),
  sub: seededUuid(own.seed("sub")),
  status: own.has("password") ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD",
  enabled: true,
});

export const cognitoResourceTypes: readonly ResourceType[] = [
  served("aws_cognito_user_pool", {
    computed: userPool,
    inert: {
      "account_recovery_setting.recovery_mechanism.priority": "there is one way to recover an account here",
    },
    notEnforced: {
      user_attribute_update_settings: "a changed address counts at once",
    },
    shown: ["verification_message_template", "email_configuration"],
    defaults: {
      sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }],
      user_pool_tier: "ESSENTIALS",
    },
    providerOnly: [
      ...["creation_date", "custom_domain", "domain", "endpoint", "estimated_number_of_users"],
      "last_modified_date",
    ],
  }),
  served("aws_cognito_user_pool_client", {
    computed: userPoolClient,
    shown: [
      ...["allowed_oauth_flows", "allowed_oauth_flows_user_pool_client", "allowed_oauth_scopes"],
      ...["callback_urls", "logout_urls", "supported_identity_providers"],
    ],
    providerOnly: ["client_secret"],
  }),
  served("aws_cognito_user_pool_domain", {
    computed: (own, { accountId }) => ({ id: own.string("domain"), aws_account_id: accountId }),
    providerOnly: [
      ...["aws_account_id", "cloudfront_distribution", "cloudfront_distribution_arn"],
      ...["cloudfront_distribution_zone_id", "s3_bucket", "version"],
    ],
  }),
  { ...refused("aws_cognito_user", "the user can sign in"), computed: user },
  { ...refused("aws_cognito_user_group", "tokens name the user's groups"), computed: ofPool("name") },
  refused("aws_cognito_user_in_group", "tokens name the user's groups"),
  refused("aws_cognito_identity_provider", "users of another provider can sign in"),
  refused("aws_cognito_resource_server", "access tokens can have its scopes"),
];
