import type { Attributes } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { type AttributeSchema, readSchema } from "./attribute-schema";
import type { DeviceTracking } from "./devices";
import type { PasswordPolicy } from "./password";
import { type ResourceServer, readResourceServer } from "./scopes";
import { readTriggers, type TriggerSettings } from "./trigger-settings";

/** Subject and text of an e-mail, with its placeholders. */
export interface MessageTemplate {
  readonly subject: string;
  readonly text: string;
}

/** What a user pool's resources say, with the defaults of AWS provider 5.100.0 and of Cognito. */
export interface PoolSettings {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly issuer: string;
  readonly region: string;
  readonly accountId: string;
  readonly domain: string | undefined;
  /** Users sign in with their e-mail address; their user name is their `sub`. */
  readonly emailIsUsername: boolean;
  readonly caseSensitive: boolean;
  /** Sign-up sends a code that verifies the address and confirms the user. */
  readonly verifiesEmail: boolean;
  /** A new address counts only once its code was entered; until then the old one does. */
  readonly keepsEmailUntilVerified: boolean;
  readonly adminCreateUserOnly: boolean;
  /** Forgotten passwords are an administrator's business. */
  readonly adminRecoveryOnly: boolean;
  readonly mfa: "OFF" | "OPTIONAL" | "ON";
  readonly authenticatorApp: boolean;
  /** `undefined`: the pool tracks no devices. */
  readonly devices: DeviceTracking | undefined;
  readonly passwordPolicy: PasswordPolicy;
  readonly temporaryPasswordValidityDays: number;
  /** By name, custom attributes with their prefix: `custom:tier`. */
  readonly schema: ReadonlyMap<string, AttributeSchema>;
  readonly resourceServers: readonly ResourceServer[];
  readonly triggers: TriggerSettings;
  readonly codeMessage: MessageTemplate;
  readonly invitation: MessageTemplate;
  /** What only `DescribeUserPool` repeats. */
  readonly shown: {
    readonly deletionProtection: string;
    readonly tier: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly recoveryMechanisms: readonly { readonly Name: string; readonly Priority: number }[];
    readonly defaultEmailOption: string;
    readonly emailSendingAccount: string;
  };
  /** A line for each setting that the runtime does not act on. */
  readonly warnings: readonly string[];
}

export function readPoolSettings(pool: Resource, deployment: Deployment): PoolSettings {
  const id = pool.string("id");
  const { region, accountId } = deployment;
  const authenticatorApp = pool.block("software_token_mfa_configuration")?.boolean("enabled") ?? false;
  const adminCreateUser = pool.block("admin_create_user_config");
  const recovery = pool.block("account_recovery_setting")?.blocks("recovery_mechanism") ?? [];
  const recoveryMechanisms = recovery.map((mechanism) => ({
    Name: mechanism.string("name"),
    Priority: mechanism.number("priority", 1),
  }));
  const template = pool.block("verification_message_template");
  const updates = pool.block("user_attribute_update_settings");
  requirePasswords(pool);
  // The provider's own check, `ConflictsWith`.
  if (pool.strings("alias_attributes").length > 0 && pool.strings("username_attributes").length > 0)
    pool.refuse("alias_attributes", "it conflicts with username_attributes");
  return {
    id,
    arn: pool.string("arn"),
    name: pool.string("name"),
    issuer: `https://cognito-idp.${region}.amazonaws.com/${id}`,
    region,
    accountId,
    domain: deployment.find("aws_cognito_user_pool_domain", "user_pool_id", id)?.string("domain"),
    emailIsUsername: pool.strings("username_attributes").includes("email"),
    // Without the setting a pool created through the API is case-sensitive (API reference, UsernameConfigurationType).
    caseSensitive: pool.block("username_configuration")?.boolean("case_sensitive", true) ?? true,
    verifiesEmail: pool.strings("auto_verified_attributes").includes("email"),
    keepsEmailUntilVerified:
      updates?.strings("attributes_require_verification_before_update").includes("email") ?? false,
    adminCreateUserOnly: adminCreateUser?.boolean("allow_admin_create_user_only", false) ?? false,
    adminRecoveryOnly: recoveryMechanisms.some(({ Name }) => Name === "admin_only"),
    mfa: authenticatorApp ? readMfa(pool) : "OFF",
    authenticatorApp,
    devices: readDeviceTracking(pool),
    passwordPolicy: readPasswordPolicy(pool),
    temporaryPasswordValidityDays: orDefault(
      pool.block("password_policy")?.number("temporary_password_validity_days", 0),
      7,
    ),
    schema: readSchema(pool),
    resourceServers: deployment
      .ofType("aws_cognito_resource_server")
      .map(readResourceServer)
      .filter(({ userPoolId }) => userPoolId === id),
    triggers: readTriggers(pool, deployment),
    codeMessage: readCodeMessage(pool, template),
    invitation: readInvitation(adminCreateUser?.block("invite_message_template")),
    shown: {
      deletionProtection: pool.optionalString("deletion_protection") ?? "INACTIVE",
      tier: pool.optionalString("user_pool_tier") ?? "ESSENTIALS",
      tags: pool.tags(),
      recoveryMechanisms,
      defaultEmailOption: readEmailOption(template),
      emailSendingAccount:
        pool.block("email_configuration")?.optionalString("email_sending_account") ?? "COGNITO_DEFAULT",
    },
    warnings: warningsOf(pool, authenticatorApp),
  };
}

function readDeviceTracking(pool: Resource): DeviceTracking | undefined {
  const devices = pool.block("device_configuration");
  return (
    devices && {
      onPrompt: devices.boolean("device_only_remembered_on_user_prompt", false),
      replacesSecondFactor: devices.boolean("challenge_required_on_new_device", false),
    }
  );
}

function readMfa(pool: Resource): PoolSettings["mfa"] {
  const value = pool.optionalString("mfa_configuration") ?? "OFF";
  if (value === "OFF" || value === "OPTIONAL" || value === "ON") return value;
  return pool.fail("mfa_configuration", "OFF, OPTIONAL or ON");
}

/** One-time codes and passkeys as the first factor open another way to sign in. */
function requirePasswords(pool: Resource): void {
  const policy = pool.block("sign_in_policy");
  const factors = policy?.strings("allowed_first_auth_factors") ?? [];
  if (factors.some((factor) => factor !== "PASSWORD")) {
    policy?.fail("allowed_first_auth_factors", "PASSWORD alone, which is what the local runtime serves");
  }
}

/** A pool without the block gets Cognito's own policy: 8 characters of every kind. In the block, false is the default. */
function readPasswordPolicy(pool: Resource): PasswordPolicy {
  const policy = pool.block("password_policy");
  const required = policy === undefined;
  return {
    minimumLength: orDefault(policy?.number("minimum_length", 0), 8),
    requireLowercase: policy?.boolean("require_lowercase", false) ?? required,
    requireUppercase: policy?.boolean("require_uppercase", false) ?? required,
    requireNumbers: policy?.boolean("require_numbers", false) ?? required,
    requireSymbols: policy?.boolean("require_symbols", false) ?? required,
  };
}

/** A state has both, the template as AWS answers it beside what the stack wrote. */
function readCodeMessage(pool: Resource, template: Attributes | undefined): MessageTemplate {
  const own = {
    subject: pool.optionalString("email_verification_subject"),
    text: pool.optionalString("email_verification_message"),
  };
  return {
    subject: template?.optionalString("email_subject") ?? own.subject ?? "Your verification code",
    text: template?.optionalString("email_message") ?? own.text ?? "Your verification code is {####}.",
  };
}

function readInvitation(template: Attributes | undefined): MessageTemplate {
  return {
    subject: template?.optionalString("email_subject") ?? "Your temporary password",
    text:
      template?.optionalString("email_message") ??
      "Your username is {username} and temporary password is {####}.",
  };
}

function readEmailOption(template: Attributes | undefined): string {
  const option = template?.optionalString("default_email_option") ?? "CONFIRM_WITH_CODE";
  if (option === "CONFIRM_WITH_CODE") return option;
  return template?.fail("default_email_option", "CONFIRM_WITH_CODE; links are not served") ?? option;
}

/** Terraform's state writes 0 for a number that is not set. */
function orDefault(value: number | undefined, fallback: number): number {
  return value === undefined || value === 0 ? fallback : value;
}

function warningsOf(pool: Resource, authenticatorApp: boolean): string[] {
  const aliases = pool.strings("alias_attributes");
  const otherNames = pool.strings("username_attributes").filter((name) => name !== "email");
  const mfa = pool.optionalString("mfa_configuration") ?? "OFF";
  return [
    ...aliases.map((name) => `signing in with the alias ${name} is not possible`),
    ...otherNames.map((name) => `${name} as user name is not possible`),
    ...(mfa !== "OFF" && !authenticatorApp ? ["MFA works with an authenticator app only, it is off"] : []),
  ].map((line) => `${pool.address}: ${line}`);
}
