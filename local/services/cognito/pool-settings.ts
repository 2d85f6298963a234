import type { Deployment, Resource } from "../../deployment/deployment";
import type { PasswordPolicy } from "./password";

export interface AttributeSchema {
  readonly required: boolean;
  readonly mutable: boolean;
  readonly dataType: string;
}

/** What a user pool's resources say, with the defaults of AWS provider 5.100.0 and of Cognito. */
export interface PoolSettings {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly issuer: string;
  readonly region: string;
  readonly domain: string | undefined;
  /** Users sign in with their e-mail address; their user name is their `sub`. */
  readonly emailIsUsername: boolean;
  readonly caseSensitive: boolean;
  /** Sign-up sends a code that verifies the address and confirms the user. */
  readonly verifiesEmail: boolean;
  readonly adminCreateUserOnly: boolean;
  /** Forgotten passwords are an administrator's business. */
  readonly adminRecoveryOnly: boolean;
  readonly mfa: "OFF" | "OPTIONAL" | "ON";
  readonly authenticatorApp: boolean;
  readonly passwordPolicy: PasswordPolicy;
  readonly temporaryPasswordValidityDays: number;
  /** By name, custom attributes with their prefix: `custom:tier`. */
  readonly schema: ReadonlyMap<string, AttributeSchema>;
  readonly deletionProtection: string;
}

export function readPoolSettings(pool: Resource, deployment: Deployment): PoolSettings {
  const id = pool.string("id");
  const { region } = deployment;
  const authenticatorApp = pool.block("software_token_mfa_configuration")?.boolean("enabled") ?? false;
  return {
    id,
    arn: pool.string("arn"),
    name: pool.string("name"),
    issuer: `https://cognito-idp.${region}.amazonaws.com/${id}`,
    region,
    domain: deployment.find("aws_cognito_user_pool_domain", "user_pool_id", id)?.string("domain"),
    emailIsUsername: pool.strings("username_attributes").includes("email"),
    // Without the setting a pool made through the API is case-sensitive (API reference, UsernameConfigurationType).
    caseSensitive: pool.block("username_configuration")?.boolean("case_sensitive", true) ?? true,
    verifiesEmail: pool.strings("auto_verified_attributes").includes("email"),
    adminCreateUserOnly:
      pool.block("admin_create_user_config")?.boolean("allow_admin_create_user_only", false) ?? false,
    adminRecoveryOnly: (pool.block("account_recovery_setting")?.blocks("recovery_mechanism") ?? []).some(
      (mechanism) => mechanism.string("name") === "admin_only",
    ),
    mfa: authenticatorApp ? readMfa(pool) : "OFF",
    authenticatorApp,
    passwordPolicy: readPasswordPolicy(pool),
    temporaryPasswordValidityDays: orDefault(
      pool.block("password_policy")?.number("temporary_password_validity_days", 0),
      7,
    ),
    schema: readSchema(pool),
    deletionProtection: pool.optionalString("deletion_protection") ?? "INACTIVE",
  };
}

function readMfa(pool: Resource): PoolSettings["mfa"] {
  const value = pool.optionalString("mfa_configuration") ?? "OFF";
  if (value === "OFF" || value === "OPTIONAL" || value === "ON") return value;
  return pool.fail("mfa_configuration", "OFF, OPTIONAL or ON");
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

/** The standard claims of OpenID Connect that every pool has: "Working with user attributes", Developer Guide. */
const standardAttributes = [
  ...["address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale"],
  ...["middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture"],
  ...["preferred_username", "profile", "updated_at", "website", "zoneinfo"],
];

function readSchema(pool: Resource): Map<string, AttributeSchema> {
  const schema = new Map<string, AttributeSchema>(
    standardAttributes.map((name) => [name, { required: false, mutable: true, dataType: "String" }]),
  );
  for (const block of pool.blocks("schema")) {
    const name = block.string("name");
    const prefix = block.boolean("developer_only_attribute", false) ? "dev:custom:" : "custom:";
    schema.set(schema.has(name) ? name : `${prefix}${name}`, {
      required: block.boolean("required", false),
      // The provider's default is false, for standard attributes too.
      mutable: block.boolean("mutable", false),
      dataType: block.string("attribute_data_type"),
    });
  }
  return schema;
}

/** Terraform's state writes 0 for a number that is not set. */
function orDefault(value: number | undefined, fallback: number): number {
  return value === undefined || value === 0 ? fallback : value;
}

/** What a pool has in its settings and this runtime does not do, a line each: to be shown at start. */
export function notEmulated(pool: Resource): string[] {
  const triggers = Object.entries(pool.block("lambda_config")?.values ?? {})
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name]) => name);
  const aliases = pool.strings("alias_attributes");
  const otherNames = pool.strings("username_attributes").filter((name) => name !== "email");
  const mfa = pool.optionalString("mfa_configuration") ?? "OFF";
  const authenticatorApp = pool.block("software_token_mfa_configuration")?.boolean("enabled") ?? false;
  return [
    ...triggers.map((name) => `the Lambda trigger ${name} does not run`),
    ...aliases.map((name) => `signing in with the alias ${name} is not possible`),
    ...otherNames.map((name) => `${name} as user name is not possible`),
    ...(mfa !== "OFF" && !authenticatorApp ? ["MFA works with an authenticator app only, it is off"] : []),
  ].map((line) => `${pool.address}: ${line}`);
}
