import { isObject, type JsonObject } from "../../kernel/json";
import type { ClientSettings } from "./client-settings";
import type { TokenRequest } from "./tokens";
import { attributesOf, unrecognizable } from "./triggers";
import type { UserPool } from "./user-pool";
import type { User } from "./users";

/** The claims of both tokens, before they are signed. */
export interface TokenClaims {
  readonly id: JsonObject;
  readonly access: JsonObject;
}

/** "You can't modify the following claims" (Amazon Cognito Developer Guide, Pre token generation Lambda trigger). */
const fixed = [
  ...["acr", "amr", "at_hash", "aud", "auth_time", "azp", "cognito:username", "exp", "iat", "identities"],
  ...["iss", "jti", "nbf", "nonce", "origin_jti", "sub", "token_use"],
];

/** "For group-related claims, use groupOverrideDetails instead" (same page). */
const ofGroups = ["cognito:groups", "cognito:roles", "cognito:preferred_role"];

/** What an access token is told apart by; its scopes change with `scopesToAdd` and `scopesToSuppress` alone. */
const fixedInAccess = ["client_id", "device_key", "event_id", "scope", "username", "version"];

/**
 * Lets the pre token generation trigger change the claims: those of the ID token with a `V1_0` event, those of both tokens
 * and the scopes with a later one. A claim that is both added and suppressed is suppressed. What may not be changed stays
 * as it is, without an error. That a claim of a `V1_0` answer that is not text fails the sign-in is not documented.
 *
 * @throws AwsError as triggers do
 */
export async function customizeTokens(
  pool: UserPool,
  client: ClientSettings,
  user: User,
  { source, metadata }: TokenRequest,
  claims: TokenClaims,
): Promise<TokenClaims> {
  const { triggers } = pool;
  const isFirstVersion = triggers.tokenEventVersion === "V1_0";
  const groups = pool.groups.claimsOf(user).id;
  const response = await triggers.run(source, {
    userName: user.username,
    clientId: client.id,
    request: {
      userAttributes: attributesOf(user),
      groupConfiguration: {
        groupsToOverride: groups["cognito:groups"] ?? [],
        iamRolesToOverride: groups["cognito:roles"] ?? [],
        preferredRole: groups["cognito:preferred_role"] ?? null,
      },
      ...(isFirstVersion ? {} : { scopes: scopesIn(claims.access) }),
      clientMetadata: metadata,
    },
  });
  const details = isFirstVersion ? response?.claimsOverrideDetails : response?.claimsAndScopeOverrideDetails;
  if (details === undefined || details === null) return claims;
  if (!isObject(details)) throw unrecognizable();
  const { id, access } = withGroups(claims, details.groupOverrideDetails);
  if (isFirstVersion) return { id: changed(id, details, ofGroups, isText), access };
  return {
    id: changed(id, part(details, "idTokenGeneration"), ofGroups),
    access: changedAccess(access, part(details, "accessTokenGeneration")),
  };
}

/**
 * Lets the trigger change the access token of a client itself, which takes a `V3_0` event (Developer Guide, Pre token
 * generation Lambda trigger, Event versions). What `userName` is in that event is not documented: here it is the client's id.
 */
export async function customizeClientToken(
  { triggers }: UserPool,
  client: ClientSettings,
  access: JsonObject,
): Promise<JsonObject> {
  if (triggers.tokenEventVersion !== "V3_0") return access;
  const response = await triggers.run("TokenGeneration_ClientCredentials", {
    userName: client.id,
    clientId: client.id,
    request: { userAttributes: {}, groupConfiguration: {}, scopes: scopesIn(access) },
  });
  const details = part(response ?? {}, "claimsAndScopeOverrideDetails");
  return changedAccess(access, part(details, "accessTokenGeneration"));
}

function changedAccess(access: JsonObject, changes: JsonObject): JsonObject {
  return withScopes(changed(access, changes, [...ofGroups, ...fixedInAccess]), changes);
}

function changed(
  claims: JsonObject,
  changes: JsonObject,
  alsoFixed: readonly string[],
  isClaim: (value: unknown) => boolean = () => true,
): JsonObject {
  const added = Object.entries(part(changes, "claimsToAddOrOverride"));
  if (!added.every(([, value]) => isClaim(value))) throw unrecognizable();
  const suppressed = texts(changes, "claimsToSuppress");
  const isFixed = (name: string) => fixed.includes(name) || alsoFixed.includes(name);
  return Object.fromEntries(
    [...Object.entries(claims), ...added.filter(([name]) => !isFixed(name))].filter(
      ([name]) => isFixed(name) || !suppressed.includes(name),
    ),
  );
}

/** "If you provide an empty or null object in the response, then Amazon Cognito suppresses the groups." */
function withGroups({ id, access }: TokenClaims, details: unknown): TokenClaims {
  if (details === undefined) return { id, access };
  const groups = isObject(details) ? details : {};
  const names = texts(groups, "groupsToOverride");
  const roles = texts(groups, "iamRolesToOverride");
  const { preferredRole } = groups;
  const ofBoth = names.length === 0 ? {} : { "cognito:groups": names };
  return {
    id: {
      ...without(id, ofGroups),
      ...ofBoth,
      ...(roles.length === 0 ? {} : { "cognito:roles": roles }),
      ...(isText(preferredRole) && preferredRole !== "" ? { "cognito:preferred_role": preferredRole } : {}),
    },
    access: { ...without(access, ofGroups), ...ofBoth },
  };
}

function withScopes(access: JsonObject, changes: JsonObject): JsonObject {
  const suppressed = texts(changes, "scopesToSuppress");
  const scopes = [...scopesIn(access), ...texts(changes, "scopesToAdd")];
  const kept = [...new Set(scopes)].filter((scope) => !suppressed.includes(scope));
  return { ...access, scope: kept.join(" ") };
}

function scopesIn({ scope }: JsonObject): string[] {
  return String(scope ?? "").split(" ");
}

function without(claims: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}

function part(details: JsonObject, name: string): JsonObject {
  const value = details[name] ?? {};
  if (!isObject(value)) throw unrecognizable();
  return value;
}

function texts(details: JsonObject, name: string): string[] {
  const value = details[name] ?? [];
  if (!Array.isArray(value)) throw unrecognizable();
  return value.map((item) => {
    if (typeof item !== "string") throw unrecognizable();
    return item;
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
