import { apiModel } from "../../deployment/api-model";
import {
  type ComputedAttributes,
  inert,
  type ResourceType,
  refused,
  served,
} from "../../deployment/resource-type";
import type { Shapes } from "../../kernel/api-model";
import { formatArn } from "../../kernel/arn";
import { ALPHANUMERIC, LOWERCASE, seededId, seededUuid } from "../../kernel/ids";
import { readClientSettings } from "./client-settings";
import { readPoolSettings } from "./pool-settings";
import { fullScopes, readResourceServer } from "./scopes";
import { readDomain } from "./user-directory";

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

/** `scope_identifiers` is what stacks refer to (provider 5.100.0, `aws_cognito_resource_server`). */
const resourceServer: ComputedAttributes = (own) => {
  const server = readResourceServer(own);
  return { id: `${server.userPoolId}|${server.identifier}`, scope_identifiers: fullScopes(server) };
};

const user: ComputedAttributes = (own, surroundings) => ({
  ...ofPool("username")(own, surroundings),
  sub: seededUuid(own.seed("sub")),
  status: own.has("password") ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD",
  enabled: true,
});

const noTextMessages = "no text messages are sent here";

/** The model knows prefixes alone; AWS takes `auth.example.com` too ("CreateUserPoolDomain", Amazon Cognito API reference, examples). */
export const correctedShapes: Shapes = {
  DomainType: { type: "text", min: 1, max: 63, pattern: "^[a-z0-9](?:[a-z0-9\\-.]{0,61}[a-z0-9])?$" },
};

const takes = apiModel(__dirname, correctedShapes);

export const cognitoResourceTypes: readonly ResourceType[] = [
  served("aws_cognito_user_pool", {
    inputs: takes(["CreateUserPool", "SetUserPoolMfaConfig"], {
      name: "PoolName",
      password_policy: "Policies.PasswordPolicy",
      sign_in_policy: "Policies.SignInPolicy",
    }),
    read: readPoolSettings,
    computed: userPool,
    inert: {
      "admin_create_user_config.invite_message_template.sms_message": noTextMessages,
      "verification_message_template.sms_message": noTextMessages,
      "verification_message_template.email_message_by_link": "codes are sent, not links",
      "verification_message_template.email_subject_by_link": "codes are sent, not links",
      sms_authentication_message: noTextMessages,
      sms_verification_message: noTextMessages,
      web_authn_configuration: "passkeys are not among the first factors",
      "email_configuration.configuration_set": "how Amazon SES sends",
      "email_configuration.from_email_address": "how Amazon SES sends",
      "email_configuration.reply_to_email_address": "how Amazon SES sends",
      "email_configuration.source_arn": "how Amazon SES sends",
    },
    notEnforced: {
      "password_policy.password_history_size": "earlier passwords can be used again",
      sms_configuration: "no text messages are sent, so that no code comes by one",
      user_pool_add_ons: "sign-ins are not judged by their risk",
    },
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
    parent: { attribute: "user_pool_id", type: "aws_cognito_user_pool" },
    inputs: takes(["CreateUserPoolClient"], { name: "ClientName" }),
    read: readClientSettings,
    computed: userPoolClient,
    inert: {
      analytics_configuration: "what Amazon Pinpoint is told",
      enable_propagate_additional_user_context_data: "what the judgement of risk is told",
    },
    providerOnly: ["client_secret"],
  }),
  served("aws_cognito_user_pool_domain", {
    inputs: takes(["CreateUserPoolDomain"]),
    read: readDomain,
    computed: (own, { accountId }) => ({ id: own.string("domain"), aws_account_id: accountId }),
    inert: { managed_login_version: "a look" },
    providerOnly: [
      ...["aws_account_id", "cloudfront_distribution", "cloudfront_distribution_arn"],
      ...["cloudfront_distribution_zone_id", "s3_bucket", "version"],
    ],
  }),
  served("aws_cognito_user", {
    inputs: takes(["AdminCreateUser"], { password: "TemporaryPassword" }),
    computed: user,
    inert: {
      client_metadata: "what Lambda triggers are told",
      desired_delivery_mediums: "codes come by e-mail",
      force_alias_creation: "there are no aliases here",
      validation_data: "what Lambda triggers are told",
    },
    providerOnly: [
      ...[
        "creation_date",
        "last_modified_date",
        "mfa_setting_list",
        "preferred_mfa_setting",
        "status",
        "sub",
      ],
    ],
  }),
  served("aws_cognito_user_group", {
    inputs: takes(["CreateGroup"], { name: "GroupName" }),
    computed: ofPool("name"),
  }),
  served("aws_cognito_user_in_group", {
    inputs: takes(["AdminAddUserToGroup"]),
    computed: (own) => ({
      id: ["user_pool_id", "group_name", "username"].map((key) => own.string(key)).join("/"),
    }),
  }),
  served("aws_cognito_resource_server", {
    parent: { attribute: "user_pool_id", type: "aws_cognito_user_pool" },
    inputs: takes(["CreateResourceServer"]),
    read: readResourceServer,
    computed: resourceServer,
    providerOnly: ["scope_identifiers"],
  }),
  refused("aws_cognito_identity_provider", "users of another provider can sign in"),
  refused("aws_cognito_managed_user_pool_client", "an AWS service gets a client of the pool"),
  refused("aws_cognito_identity_pool", "it hands out AWS credentials, to guests too"),
  refused("aws_cognito_identity_pool_provider_principal_tag", "claims become tags of AWS credentials"),
  refused("aws_cognito_identity_pool_roles_attachment", "users get AWS credentials of its roles"),
  inert("aws_cognito_risk_configuration", "sign-ins are not judged by their risk", { named: true }),
  inert("aws_cognito_user_pool_ui_customization", "the look of AWS's login page"),
];
