import { createHmac, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error";
import { mediaType, singleHeader } from "../../../kernel/headers";
import { type HttpRequest, type HttpResponse, jsonResponse } from "../../../kernel/http-message";
import type { ClientSettings } from "../client-settings";
import { issueClientToken, scopesForClient } from "../scopes";
import { issueTokens } from "../tokens";
import type { UserPool } from "../user-pool";
import type { AuthorizationCodes } from "./authorization-codes";
import type { Api } from "./turn";

/** What the endpoints for apps work on. */
export interface TokenIssuer {
  readonly pool: UserPool;
  readonly codes: AuthorizationCodes;
  readonly api: Api;
}

/** A refusal as the endpoint answers it ("Token endpoint", Amazon Cognito Developer Guide). */
class OAuthError extends Error {
  override readonly name = "OAuthError";
  constructor(
    readonly code: string,
    readonly status = 400,
  ) {
    super(code);
  }
}

type Grant = (
  issuer: TokenIssuer,
  client: ClientSettings,
  form: URLSearchParams,
) => Promise<Readonly<Record<string, unknown>>>;

const grants: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ["authorization_code", redeemCode],
  ["refresh_token", refresh],
  ["client_credentials", tokenForClient],
]);

/** `POST /oauth2/token`: tokens for a code, for a refresh token, or for the client itself. */
export function answerToken(issuer: TokenIssuer, request: HttpRequest): Promise<HttpResponse> {
  return answering(async () => {
    const form = readForm(request);
    if (form === undefined) throw new OAuthError("invalid_request");
    const grantType = required(form, "grant_type");
    const client = authenticate(issuer.pool, request, form);
    const grant = grants.get(grantType);
    if (grant === undefined) throw new OAuthError("unsupported_grant_type");
    return json(200, await grant(issuer, client, form));
  });
}

async function redeemCode(
  { pool, codes }: TokenIssuer,
  client: ClientSettings,
  form: URLSearchParams,
): Promise<Readonly<Record<string, unknown>>> {
  if (!client.oauth.enabled || !client.oauth.flows.includes("code"))
    throw new OAuthError("unauthorized_client");
  const code = required(form, "code");
  const redirectUri = required(form, "redirect_uri");
  const verifier = form.get("code_verifier") ?? "";
  const grant = codes.redeem(code, { clientId: client.id, redirectUri, verifier });
  const user = grant && pool.users.find(grant.sub);
  if (grant === undefined || user?.enabled !== true) throw new OAuthError("invalid_grant");
  const { session, refreshToken } = pool.sessions.open(user, client, grant);
  const tokens = await issueTokens(pool, client, user, session, {
    source: "TokenGeneration_HostedAuth",
    nonce: grant.nonce,
  });
  return tokenAnswer(tokens, refreshToken);
}

/**
 * As `GetTokensFromRefreshToken`, also for a sign-in through the API; with rotation there is a new refresh token, here as there
 * (authts/oidc-client-ts#2039).
 */
async function refresh(
  { api }: TokenIssuer,
  client: ClientSettings,
  form: URLSearchParams,
): Promise<Readonly<Record<string, unknown>>> {
  const token = required(form, "refresh_token");
  const secret = client.secret === undefined ? {} : { ClientSecret: client.secret };
  try {
    const input = { ClientId: client.id, RefreshToken: token, ...secret };
    const { AuthenticationResult } = await api("GetTokensFromRefreshToken", input);
    const { RefreshToken: next, ...tokens } = Object.fromEntries(Object.entries(AuthenticationResult ?? {}));
    return tokenAnswer(tokens, next);
  } catch (error) {
    if (error instanceof AwsError && error.status < 500) throw new OAuthError("invalid_grant");
    throw error;
  }
}

async function tokenForClient(
  { pool }: TokenIssuer,
  client: ClientSettings,
  form: URLSearchParams,
): Promise<Readonly<Record<string, unknown>>> {
  if (!client.oauth.enabled || !client.oauth.flows.includes("client_credentials")) {
    throw new OAuthError("unauthorized_client");
  }
  const scopes = scopesForClient(client, form.get("scope") ?? undefined);
  if (scopes === undefined) throw new OAuthError("invalid_scope");
  return { ...(await issueClientToken(pool, client, scopes)) };
}

function tokenAnswer(tokens: Readonly<Record<string, unknown>>, refreshToken: unknown) {
  return {
    id_token: tokens.IdToken,
    access_token: tokens.AccessToken,
    refresh_token: refreshToken,
    expires_in: tokens.ExpiresIn,
    token_type: tokens.TokenType,
  };
}

/**
 * `POST /oauth2/revoke`: ends a refresh token and what came of it. One that nobody has is not an error ("Revoke endpoint", Amazon
 * Cognito Developer Guide).
 */
export function answerRevocation({ pool, api }: TokenIssuer, request: HttpRequest): Promise<HttpResponse> {
  return answering(async () => {
    const form = readForm(request);
    if (form === undefined) throw new OAuthError("invalid_request");
    const token = required(form, "token");
    let client: ClientSettings;
    try {
      client = authenticate(pool, request, form);
    } catch (error) {
      throw error instanceof OAuthError ? new OAuthError(error.code, 401) : error;
    }
    const secret = client.secret === undefined ? {} : { ClientSecret: client.secret };
    try {
      await api("RevokeToken", { Token: token, ClientId: client.id, ...secret });
    } catch (error) {
      const refusal = error instanceof AwsError ? refusals[error.code] : undefined;
      throw refusal === undefined ? error : new OAuthError(...refusal);
    }
    return { status: 200, headers: uncached, body: Buffer.alloc(0) };
  });
}

const refusals: Readonly<Record<string, readonly [code: string, status: number]>> = {
  UnauthorizedException: ["invalid_client", 401],
  UnsupportedOperationException: ["invalid_request", 400],
  UnsupportedTokenTypeException: ["unsupported_token_type", 400],
  InvalidParameterException: ["invalid_request", 400],
};

const uncached = [["Cache-Control", "no-store"]] as const;

/** With the character set that AWS adds ("Token endpoint", Amazon Cognito Developer Guide). */
export function json(status: number, body: object): HttpResponse {
  const { headers, ...answer } = jsonResponse(status, body);
  const type = ["Content-Type", "application/json;charset=UTF-8"] as const;
  return { ...answer, headers: [type, ...headers.filter(([name]) => name !== "Content-Type"), ...uncached] };
}

async function answering(answer: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof OAuthError) return json(error.status, { error: error.code });
    throw error;
  }
}

/** The fields of a form, `undefined` where something else was sent. */
export function readForm(request: HttpRequest): URLSearchParams | undefined {
  const type = mediaType(singleHeader(request.headers, "content-type") ?? "");
  return type === "application/x-www-form-urlencoded"
    ? new URLSearchParams(request.body.toString("utf8"))
    : undefined;
}

/** RFC 6749, section 3.2: a parameter without a value is missing, and none may be given twice. */
function required(form: URLSearchParams, name: string): string {
  const [value = "", ...more] = form.getAll(name);
  if (value === "" || more.length > 0) throw new OAuthError("invalid_request");
  return value;
}

/**
 * The client that asks: by `client_secret_basic` or `client_secret_post` where it has a secret, by its id alone where it has
 * none. A client cannot ask by one id and prove another.
 */
function authenticate(pool: UserPool, request: HttpRequest, form: URLSearchParams): ClientSettings {
  const basic = readBasic(request);
  const id = basic?.id ?? form.get("client_id") ?? "";
  // An empty secret is none (RFC 6749, section 2.3.1).
  const secret = (basic?.secret ?? form.get("client_secret")) || undefined;
  const client = pool.clients.find((candidate) => candidate.id === id);
  const isSame = basic === undefined || (form.get("client_id") ?? id) === id;
  if (client === undefined || !isSame || !isSecret(client, secret)) throw new OAuthError("invalid_client");
  return client;
}

function isSecret(client: ClientSettings, given: string | undefined): boolean {
  if (client.secret === undefined || given === undefined) return client.secret === given;
  const [expected, received] = [client.secret, given].map((secret) =>
    createHmac("sha256", "compare").update(secret).digest(),
  );
  return expected !== undefined && received !== undefined && timingSafeEqual(expected, received);
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function readBasic(request: HttpRequest): { readonly id: string; readonly secret: string } | undefined {
  const header = singleHeader(request.headers, "authorization") ?? "";
  const [, encoded] = /^Basic\s+([\w+/=-]+)$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const [id = "", ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { id: formDecoded(id), secret: formDecoded(secret.join(":")) };
}

function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll("&", "%26")}`).get("value") ?? text;
}
