import type { Attributes } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { readSchema } from "./attribute-schema";
import { checkOAuth } from "./scopes";

export interface ClientSettings {
  readonly id: string;
  readonly userPoolId: string;
  readonly name: string;
  readonly secret: string | undefined;
  /** `ALLOW_USER_PASSWORD_AUTH`, … */
  readonly authFlows: ReadonlySet<string>;
  readonly hidesUsers: boolean;
  readonly revokesTokens: boolean;
  readonly idToken: Validity;
  readonly accessToken: Validity;
  readonly refreshToken: Validity;
  /** `undefined`: refreshing leaves the refresh token as it is. */
  readonly rotation: { readonly graceSeconds: number } | undefined;
  readonly challengeMinutes: number;
  /** `undefined`: all of them. */
  readonly readAttributes: ReadonlySet<string> | undefined;
  /** `undefined`: all of them. */
  readonly writeAttributes: ReadonlySet<string> | undefined;
  readonly oauth: OAuthSettings;
}

/** What the login page and its endpoints go by. */
export interface OAuthSettings {
  readonly enabled: boolean;
  readonly flows: readonly string[];
  readonly scopes: readonly string[];
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  readonly defaultRedirectUri: string | undefined;
  readonly identityProviders: readonly string[];
}

/** How long a kind of token works. */
export interface Validity {
  readonly seconds: number;
  /** As configured, where it is. */
  readonly value: number | undefined;
  readonly unit: Unit | undefined;
}

const secondsOf = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
type Unit = keyof typeof secondsOf;

/** Five minutes to a day, and an hour to ten years (API reference, CreateUserPoolClient; aws-cloudformation-user-guide#828). */
const TOKEN_SECONDS = [5 * secondsOf.minutes, secondsOf.days] as const;
const REFRESH_TOKEN_SECONDS = [secondsOf.hours, 3650 * secondsOf.days] as const;

/** An absolute address; over HTTP only on this machine (API reference, CreateUserPoolClient, `CallbackURLs`). */
const REDIRECT_URL =
  /^(?!http:)[a-z][a-z\d+.-]*:[^#]+$|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?][^#]*)?$/i;

export function readClientSettings(client: Resource, deployment: Deployment): ClientSettings {
  const units = client.block("token_validity_units");
  const validity = (kind: string, usualUnit: Unit, usual: number): Validity => {
    const unit = readUnit(units, kind);
    // 0, which a state has for a number that is not set, stands for the default in its own unit.
    const value = client.number(`${kind}_validity`, 0) || undefined;
    const seconds = value === undefined ? usual * secondsOf[usualUnit] : value * secondsOf[unit ?? usualUnit];
    const [least, most] = kind === "refresh_token" ? REFRESH_TOKEN_SECONDS : TOKEN_SECONDS;
    if (seconds < least || seconds > most)
      client.refuse(
        `${kind}_validity`,
        `Invalid range for token validity: ${seconds} s is not ${least} to ${most}`,
      );
    return { seconds, value, unit };
  };
  const secret = readSecret(client);
  const oauth = readOAuth(client);
  checkOAuth(client, oauth, secret !== undefined, deployment);
  const pool = deployment.find("aws_cognito_user_pool", "id", client.string("user_pool_id"));
  if (pool !== undefined) checkAttributes(client, new Set([...readSchema(pool).keys(), "sub", "identities"]));
  return {
    id: client.string("id"),
    userPoolId: client.string("user_pool_id"),
    name: client.string("name"),
    secret,
    authFlows: readAuthFlows(client),
    hidesUsers: client.optionalString("prevent_user_existence_errors") === "ENABLED",
    revokesTokens: client.boolean("enable_token_revocation", true),
    // Defaults: "Using tokens with user pools", Amazon Cognito Developer Guide: an hour, an hour, 30 days.
    idToken: validity("id_token", "hours", 1),
    accessToken: validity("access_token", "hours", 1),
    refreshToken: validity("refresh_token", "days", 30),
    rotation: readRotation(client),
    challengeMinutes: client.number("auth_session_validity", 0) || 3,
    readAttributes: asSet(client.strings("read_attributes")),
    writeAttributes: asSet(client.strings("write_attributes")),
    oauth,
  };
}

/** A pool's own attributes alone, custom ones by their whole name (aws/aws-cdk#20760, #34379). */
function checkAttributes(client: Resource, known: ReadonlySet<string>): void {
  for (const kind of ["read", "write"])
    for (const name of client.strings(`${kind}_attributes`).filter((own) => !known.has(own)))
      client.refuse(
        `${kind}_attributes`,
        `Invalid ${kind} attributes specified while creating a client: the user pool has no ${name}`,
      );
}

function readOAuth(client: Resource): OAuthSettings {
  for (const key of ["callback_urls", "logout_urls"])
    for (const url of client.strings(key).filter((value) => !REDIRECT_URL.test(value)))
      client.refuse(
        key,
        `${url} must be absolute, without a fragment, and over HTTPS unless it is http://localhost`,
      );
  const own = client.optionalString("default_redirect_uri");
  if (own !== undefined && !client.strings("callback_urls").includes(own))
    client.refuse("default_redirect_uri", "it must be in the list of callback_urls");
  return {
    enabled: client.boolean("allowed_oauth_flows_user_pool_client", false),
    flows: client.strings("allowed_oauth_flows"),
    scopes: client.strings("allowed_oauth_scopes"),
    callbackUrls: client.strings("callback_urls"),
    logoutUrls: client.strings("logout_urls"),
    defaultRedirectUri: own,
    identityProviders: readIdentityProviders(client),
  };
}

/** A client that is to have a secret and whose secret is not known must not pass for one without. */
function readSecret(client: Resource): string | undefined {
  const hasSecret = client.boolean("generate_secret", false);
  const secret = client.optionalString("client_secret");
  return secret ?? (hasSecret ? client.fail("client_secret", "a string") : undefined);
}

const newFlows = [
  ...["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"],
  ...["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
];

const olderFlows: Readonly<Record<string, string>> = {
  ADMIN_NO_SRP_AUTH: "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  USER_PASSWORD_AUTH: "ALLOW_USER_PASSWORD_AUTH",
  CUSTOM_AUTH_FLOW_ONLY: "ALLOW_CUSTOM_AUTH",
};

/** A flow's older name, without `ALLOW_`, allows refreshing and SRP too (API reference, CreateUserPoolClient). */
function readAuthFlows(client: Resource): Set<string> {
  const flows = client.strings("explicit_auth_flows");
  if (flows.length === 0) {
    return new Set(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]);
  }
  if (flows.every((flow) => newFlows.includes(flow))) return new Set(flows);
  if (flows.every((flow) => flow in olderFlows)) {
    const srp = flows.includes("CUSTOM_AUTH_FLOW_ONLY") ? [] : ["ALLOW_USER_SRP_AUTH"];
    return new Set([...flows.map((flow) => olderFlows[flow] ?? flow), ...srp, "ALLOW_REFRESH_TOKEN_AUTH"]);
  }
  const names = `${newFlows.join(", ")}, or all of ${Object.keys(olderFlows).join(", ")}`;
  return client.fail("explicit_auth_flows", `a list of ${names}`);
}

/** "Refresh token rotation isn't compatible with the authentication flow REFRESH_TOKEN_AUTH" (Developer Guide). */
function readRotation(client: Resource): ClientSettings["rotation"] {
  const block = client.block("refresh_token_rotation");
  if (block?.string("feature") !== "ENABLED") return undefined;
  const graceSeconds = block.number("retry_grace_period_seconds", 0);
  if (graceSeconds < 0 || graceSeconds > 60) block.fail("retry_grace_period_seconds", "0 to 60");
  // "you must disable this authentication flow in your app client" (Developer Guide); an update that left both failed (hashicorp/terraform-provider-aws#47196).
  // Of a client that names no flows nothing is published.
  if (client.strings("explicit_auth_flows").includes("ALLOW_REFRESH_TOKEN_AUTH"))
    client.refuse(
      "explicit_auth_flows",
      "ALLOW_REFRESH_TOKEN_AUTH cannot be allowed while refresh_token_rotation is ENABLED",
    );
  return { graceSeconds };
}

function readIdentityProviders(client: Resource): string[] {
  const providers = client.strings("supported_identity_providers");
  if (providers.every((provider) => provider === "COGNITO")) return providers;
  return client.fail("supported_identity_providers", "COGNITO alone, which is what the local runtime serves");
}

function readUnit(units: Attributes | undefined, kind: string): Unit | undefined {
  const unit = units?.optionalString(kind);
  if (unit === undefined || isUnit(unit)) return unit;
  return units?.fail(kind, "seconds, minutes, hours or days");
}

function isUnit(text: string): text is Unit {
  return Object.hasOwn(secondsOf, text);
}

function asSet(names: string[]): ReadonlySet<string> | undefined {
  return names.length === 0 ? undefined : new Set(names);
}
