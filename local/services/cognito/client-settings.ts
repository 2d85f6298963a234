import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";

export interface ClientSettings {
  readonly id: string;
  readonly userPoolId: string;
  readonly name: string;
  readonly secret: string | undefined;
  /** `ALLOW_USER_PASSWORD_AUTH`, … */
  readonly authFlows: ReadonlySet<string>;
  readonly hidesUsers: boolean;
  readonly revokesTokens: boolean;
  readonly idTokenSeconds: number;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly challengeMinutes: number;
  /** `undefined`: all of them. */
  readonly readAttributes: ReadonlySet<string> | undefined;
  /** `undefined`: the standard attributes. */
  readonly writeAttributes: ReadonlySet<string> | undefined;
  /** The resource, for what `DescribeUserPoolClient` only repeats. */
  readonly resource: Resource;
}

export function readClientSettings(client: Resource): ClientSettings {
  const units = client.block("token_validity_units");
  const seconds = (key: string, unitKey: string, unit: string, fallback: number) =>
    (client.number(key, 0) || fallback) * secondsOf(units, unitKey, unit);
  return {
    id: client.string("id"),
    userPoolId: client.string("user_pool_id"),
    name: client.string("name"),
    secret: readSecret(client),
    authFlows: readAuthFlows(client),
    hidesUsers: client.optionalString("prevent_user_existence_errors") === "ENABLED",
    revokesTokens: client.boolean("enable_token_revocation", true),
    // Defaults: "Using tokens with user pools", Amazon Cognito Developer Guide: an hour, an hour, 30 days.
    idTokenSeconds: seconds("id_token_validity", "id_token", "hours", 1),
    accessTokenSeconds: seconds("access_token_validity", "access_token", "hours", 1),
    refreshTokenSeconds: seconds("refresh_token_validity", "refresh_token", "days", 30),
    challengeMinutes: client.number("auth_session_validity", 0) || 3,
    readAttributes: asSet(client.strings("read_attributes")),
    writeAttributes: asSet(client.strings("write_attributes")),
    resource: client,
  };
}

/** A client that is to have a secret and whose secret is not known must not pass for one without. */
function readSecret(client: Resource): string | undefined {
  const secret = client.optionalString("client_secret");
  return (
    secret ??
    (client.boolean("generate_secret", false) ? client.fail("client_secret", "a string") : undefined)
  );
}

/** A flow's older name, without `ALLOW_`, allows refreshing too (API reference, CreateUserPoolClient). */
function readAuthFlows(client: Resource): Set<string> {
  const flows = client.strings("explicit_auth_flows");
  if (flows.length === 0) {
    return new Set(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]);
  }
  if (flows.some((flow) => flow.startsWith("ALLOW_"))) return new Set(flows);
  const older: Record<string, string> = {
    ADMIN_NO_SRP_AUTH: "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    USER_PASSWORD_AUTH: "ALLOW_USER_PASSWORD_AUTH",
    CUSTOM_AUTH_FLOW_ONLY: "ALLOW_CUSTOM_AUTH",
  };
  return new Set([...flows.map((flow) => older[flow] ?? flow), "ALLOW_REFRESH_TOKEN_AUTH"]);
}

function secondsOf(units: Attributes | undefined, key: string, fallback: string): number {
  const unit = units?.optionalString(key) ?? fallback;
  const seconds: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
  return seconds[unit] ?? units?.fail(key, "seconds, minutes, hours or days") ?? 1;
}

function asSet(names: string[]): ReadonlySet<string> | undefined {
  return names.length === 0 ? undefined : new Set(names);
}
