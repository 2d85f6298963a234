import { TerraformOutput } from "cdktf";
import type { UserRules } from "../../../stacks/common/config";
import { NameError } from "../../../stacks/common/errors";
import { UserDirectory, type UserDirectoryProps } from "../../../stacks/secure-edge/user-directory";
import { synthesizeConstruct } from "../support/synthesized-construct";

const RULES: UserRules = {
  callbackUrls: ["https://app.example.com/callback?from=login", "http://localhost:3001/callback"],
  logoutUrls: ["https://app.example.com/bye"],
  passwordSignIn: true,
  deletionProtection: false,
  mfa: "optional",
  selfSignUp: true,
  email: undefined,
};

const synthesize = (rules: Partial<UserRules> = {}, changes: Partial<UserDirectoryProps> = {}) =>
  synthesizeConstruct((scope) => {
    const { loginPageUrl } = new UserDirectory(scope, "ThePool", {
      poolName: "ThePool-staging",
      region: "eu-central-1",
      accountId: "123456789012",
      rules: { ...RULES, ...rules },
      groups: [],
      scopes: [],
      ...changes,
    });
    new TerraformOutput(scope, "login_page_url", { value: loginPageUrl }).overrideLogicalId("login_page_url");
  });

const stack = synthesize();
const poolId = `\${${stack.addressOf("aws_cognito_user_pool")}.id}`;

describe("a user directory", () => {
  it("is one user pool with one client and one domain", () => {
    expect(stack.counts).toEqual({
      aws_cognito_user_pool: 1,
      aws_cognito_user_pool_client: 1,
      aws_cognito_user_pool_domain: 1,
    });
  });

  it("takes users who sign themselves up with a verified e-mail address", () => {
    expect(stack.only("aws_cognito_user_pool")).toMatchObject({
      name: "ThePool-staging",
      username_attributes: ["email"],
      username_configuration: { case_sensitive: false },
      auto_verified_attributes: ["email"],
      verification_message_template: { default_email_option: "CONFIRM_WITH_CODE" },
      admin_create_user_config: { allow_admin_create_user_only: false },
    });
  });

  it("keeps an account's old address until the new one is verified", () => {
    expect(stack.only("aws_cognito_user_pool").user_attribute_update_settings).toEqual({
      attributes_require_verification_before_update: ["email"],
    });
  });

  it("asks for strong passwords, and lets an authenticator app be added", () => {
    expect(stack.only("aws_cognito_user_pool")).toMatchObject({
      password_policy: {
        minimum_length: 12,
        require_lowercase: true,
        require_uppercase: true,
        require_numbers: true,
        require_symbols: true,
        temporary_password_validity_days: 1,
      },
      mfa_configuration: "OPTIONAL",
      software_token_mfa_configuration: { enabled: true },
    });
  });

  it("has a client without a secret, for SRP and the flows of the author's sign-in scripts, and for no other", () => {
    expect(stack.only("aws_cognito_user_pool_client")).toMatchObject({
      name: "ThePool-client",
      user_pool_id: poolId,
      generate_secret: false,
      explicit_auth_flows: [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
      ],
      prevent_user_existence_errors: "ENABLED",
    });
  });

  it("gives out tokens that expire and can be revoked", () => {
    expect(stack.only("aws_cognito_user_pool_client")).toMatchObject({
      enable_token_revocation: true,
      id_token_validity: 60,
      access_token_validity: 60,
      refresh_token_validity: 1,
      token_validity_units: [{ id_token: "minutes", access_token: "minutes", refresh_token: "days" }],
    });
  });

  it("sends a user back to the callback URLs alone, with a code and never with a token", () => {
    expect(stack.only("aws_cognito_user_pool_client")).toMatchObject({
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["email", "openid"],
      callback_urls: ["https://app.example.com/callback?from=login", "http://localhost:3001/callback"],
      logout_urls: ["https://app.example.com/bye"],
      supported_identity_providers: ["COGNITO"],
    });
  });

  it("has a login page of its own, whose host name starts with the pool's in lower case", () => {
    expect(stack.only("aws_cognito_user_pool_domain")).toEqual({
      domain: "thepool-staging-123456789012",
      user_pool_id: poolId,
    });
    expect(stack.outputs.login_page_url?.value).toBe(
      `https://\${${stack.addressOf("aws_cognito_user_pool_domain")}.domain}.auth.eu-central-1.amazoncognito.com/login` +
        `?client_id=\${${stack.addressOf("aws_cognito_user_pool_client")}.id}&response_type=code&scope=email+openid` +
        "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Ffrom%3Dlogin",
    );
  });
});

describe("a user directory's rules", () => {
  it("let clients only prove the password where they may not send it", () => {
    const { explicit_auth_flows } = synthesize({ passwordSignIn: false }).only(
      "aws_cognito_user_pool_client",
    );

    expect(explicit_auth_flows).toEqual(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]);
  });

  it("let only administrators open accounts where nobody may sign up", () => {
    expect(synthesize({ selfSignUp: false }).only("aws_cognito_user_pool")).toMatchObject({
      admin_create_user_config: { allow_admin_create_user_only: true },
    });
  });

  it("ask everyone for an authenticator app where the second factor is on", () => {
    expect(synthesize({ mfa: "on" }).only("aws_cognito_user_pool")).toMatchObject({
      mfa_configuration: "ON",
      software_token_mfa_configuration: { enabled: true },
    });
  });

  it("keep the users from whoever would delete the pool, Terraform included, and from nobody otherwise", () => {
    expect(synthesize({ deletionProtection: true }).only("aws_cognito_user_pool")).toMatchObject({
      deletion_protection: "ACTIVE",
      lifecycle: { prevent_destroy: true },
    });
    const unprotected = stack.only("aws_cognito_user_pool");
    expect(unprotected.deletion_protection).toBe("INACTIVE");
    expect(unprotected).not.toHaveProperty("lifecycle");
  });

  it("send e-mails from the sender, by its identity in SES, in whatever partition", () => {
    const email = { sender: "no-reply@example.com", identity: "example.com" };

    expect(synthesize({ email }).only("aws_cognito_user_pool").email_configuration).toEqual({
      email_sending_account: "DEVELOPER",
      from_email_address: "no-reply@example.com",
      source_arn: "arn:aws:ses:eu-central-1:123456789012:identity/example.com",
    });
    expect(
      synthesize({ email }, { region: "us-gov-west-1" }).only("aws_cognito_user_pool").email_configuration,
    ).toMatchObject({ source_arn: expect.stringMatching(/^arn:aws-us-gov:ses:us-gov-west-1:/) });
    expect(stack.only("aws_cognito_user_pool")).not.toHaveProperty("email_configuration");
  });
});

describe("a login page's host name", () => {
  it.each(["awsome", "MyAmazonPool", "Cognito", "Users-aws-test"])(
    "is refused with a word that Cognito reserves: %s",
    (poolName) => {
      expect(() => synthesize({}, { poolName })).toThrow(NameError);
      expect(() => synthesize({}, { poolName })).toThrow(
        /^the user pool ".*" has "(aws|amazon|cognito)" in it, .*: rename the user pool, or change ENVIRONMENT or NAME_PREFIX$/,
      );
    },
  );

  it("is refused where it would be longer than a host name may be", () => {
    expect(() => synthesize({}, { poolName: "p".repeat(50) })).not.toThrow();
    expect(() => synthesize({}, { poolName: "p".repeat(51) })).toThrow(
      /has 51 characters, its login page's host name takes 50/,
    );
  });

  it("is AWS GovCloud's own there", () => {
    expect(synthesize({}, { region: "us-gov-west-1" }).outputs.login_page_url?.value).toMatch(
      /^https:\/\/\S+\.auth-fips\.us-gov-west-1\.amazoncognito\.com\/login\?/,
    );
  });
});
