import type { ClientSettings } from "../client-settings";
import { scopesForUser } from "../scopes";
import type { UserPool } from "../user-pool";

/** What an app asks for when it sends a browser to the login page: all of it is checked. */
export interface AuthorizationRequest {
  readonly client: ClientSettings;
  readonly redirectUri: string;
  readonly responseType: "code" | "token";
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  /** The PKCE challenge, by S256. */
  readonly challenge: string | undefined;
  readonly prompt: readonly string[];
  readonly loginHint: string | undefined;
  /** All of it as a query, for the page's links and forms. */
  readonly query: string;
}

/** Why a browser gets no further, and may not be sent back: nobody has vouched for the address it came with. */
export type PageError = "redirect_mismatch" | "logout_mismatch" | "unknown_client" | "client_without_page";

export type Reading =
  | { readonly kind: "request"; readonly request: AuthorizationRequest }
  /** The app is told, at an address that it has registered. */
  | { readonly kind: "refused"; readonly location: string }
  | { readonly kind: "page"; readonly error: PageError; readonly clientId: string };

/**
 * Reads a request to `/oauth2/authorize` or to a page that starts a sign-in. The order is the defence: an error goes back to the
 * app only once its client and its address are known ("Authorize endpoint", Amazon Cognito Developer Guide).
 */
export function readAuthorization(pool: UserPool, query: URLSearchParams): Reading {
  const clientId = only(query, "client_id") ?? "";
  const client = pool.clients.find(({ id }) => id === clientId);
  if (client === undefined) return { kind: "page", error: "unknown_client", clientId };
  if (!client.oauth.enabled || client.oauth.flows.every((flow) => flow === "client_credentials")) {
    return { kind: "page", error: "client_without_page", clientId };
  }
  const redirectUri = registeredUri(client, query);
  if (redirectUri === undefined) return { kind: "page", error: "redirect_mismatch", clientId };

  const state = only(query, "state");
  const refuse = (error: string, description: string): Reading => ({
    kind: "refused",
    location: withParameters(redirectUri, { error, error_description: description, state }),
  });
  const repeated = [...new Set(query.keys())].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) return refuse("invalid_request", `${repeated} is given more than once`);
  const responseType = query.get("response_type");
  // `token id_token`, which discovery of AWS has named, is one of them (stackoverflow.com/questions/47664727).
  if (responseType !== "code" && responseType !== "token") {
    return refuse("invalid_request", "response_type must be code or token");
  }
  if (!client.oauth.flows.includes(responseType === "code" ? "code" : "implicit")) {
    return refuse("unauthorized_client", `the client may not use response_type ${responseType}`);
  }
  const scopes = scopesForUser(client, query.get("scope") ?? undefined);
  if (scopes === undefined) return refuse("invalid_scope", "the client may not have these scopes");
  const method = query.get("code_challenge_method");
  const challenge = query.get("code_challenge");
  if (method !== null && method !== "S256") {
    return refuse("invalid_request", "code_challenge_method must be S256");
  }
  if ((method === null) !== (challenge === null)) {
    return refuse("invalid_request", "code_challenge and code_challenge_method belong together");
  }
  // RFC 7636, section 4.2: 32 bytes in base64url.
  if (challenge !== null && !/^[\w-]{43}$/.test(challenge)) {
    return refuse("invalid_request", "code_challenge must be a SHA-256 digest in base64url");
  }
  // The pool has no other provider here; what AWS answers to an unknown one was not found.
  const provider = query.get("identity_provider") ?? query.get("idp_identifier") ?? "COGNITO";
  if (provider !== "COGNITO") return refuse("invalid_request", "identity_provider must be COGNITO");
  return {
    kind: "request",
    request: {
      client,
      redirectUri,
      responseType,
      scopes,
      state,
      nonce: query.get("nonce") ?? undefined,
      challenge: challenge ?? undefined,
      // Values in lower case, as Amplify sends them (aws-amplify 6.22.1, signInWithRedirect). `none` and `login_required`
      // are AWS's (amplify-js#14902); what else AWS does with a prompt was not found.
      prompt: (query.get("prompt") ?? "").split(" ").filter((word) => word !== ""),
      loginHint: query.get("login_hint") ?? undefined,
      query: query.toString(),
    },
  };
}

/**
 * The exact address that the client registered, and no other: a slash more is a mismatch. `DefaultRedirectURI` is taken
 * where none is given and the client has one provider (API reference, CreateUserPoolClient).
 */
function registeredUri({ oauth }: ClientSettings, query: URLSearchParams): string | undefined {
  if (!query.has("redirect_uri") && oauth.identityProviders.length === 1) return oauth.defaultRedirectUri;
  const given = only(query, "redirect_uri");
  return given !== undefined && oauth.callbackUrls.includes(given) ? given : undefined;
}

/** A parameter's value where it is given once. */
function only(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/** The address with parameters in its query, those without a value left out. */
export function withParameters(
  uri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const query = encoded(parameters);
  return query === "" ? uri : `${uri}${uri.includes("?") ? "&" : "?"}${query}`;
}

/** The address with parameters in its fragment, which browsers do not send to any server. */
export function withFragment(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  return `${uri}#${encoded(parameters)}`;
}

function encoded(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given).toString();
}
