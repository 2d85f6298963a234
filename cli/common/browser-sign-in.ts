import { createHash, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import * as v from "valibot";
import { codeOf } from "../../local/command/describe-error";
import { UserError } from "../../local/kernel/user-error";

/** Where to sign in: the login page, and where it may send the browser back to. */
export interface LoginPlace {
  /** As the stack's output has it: `https://…/login?client_id=…`. */
  readonly loginPageUrl: string;
  readonly clientId: string;
  /** As registered. */
  readonly callbackUrls: readonly string[];
}

export interface BrowserSignInOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Shows the address to the user, in a browser or otherwise. */
  readonly show: (address: string) => void;
}

const tokensSchema = v.object({
  id_token: v.string(),
  access_token: v.string(),
  refresh_token: v.optional(v.string()),
  expires_in: v.number(),
});

/** What the token endpoint answers. */
export type OAuthTokens = v.InferOutput<typeof tokensSchema>;

/**
 * Signs in on the login page, in the user's browser: the code flow with PKCE, `state` and `nonce`, its callback a server on
 * this machine for as long as it takes (RFC 8252, section 7.3).
 *
 * @throws UserError for what can be put right; the signal's reason when it is aborted
 */
export async function signInInBrowser(
  place: LoginPlace,
  options: BrowserSignInOptions,
): Promise<OAuthTokens> {
  const listener = await listenForCallback(place.callbackUrls);
  try {
    const verifier = randomBytes(32).toString("base64url");
    const [state, nonce] = [randomBytes(16).toString("base64url"), randomBytes(16).toString("base64url")];
    const answer = answerTo(listener, state, options);
    const authorize = new URL(`${loginBase(place)}/oauth2/authorize`);
    authorize.search = new URLSearchParams({
      response_type: "code",
      client_id: place.clientId,
      redirect_uri: listener.callbackUrl,
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    }).toString();
    options.show(authorize.href);
    const tokens = await exchange(place, await answer, verifier, listener.callbackUrl, options.signal);
    if (nonceIn(tokens.id_token) !== nonce)
      throw new UserError("the ID token is not this sign-in's: its nonce is another one; begin again");
    return tokens;
  } finally {
    listener.server.close();
    listener.server.closeAllConnections();
  }
}

/** The address below which AWS's path names are, of the login page's own. */
export function loginBase({ loginPageUrl }: Pick<LoginPlace, "loginPageUrl">): string {
  return loginPageUrl.replace(/\/login(\?.*)?$/, "");
}

interface CallbackListener {
  readonly server: Server;
  readonly callbackUrl: string;
}

/** Listens at the last callback on this machine whose port is free: the first is for a page of one's own. */
async function listenForCallback(callbackUrls: readonly string[]): Promise<CallbackListener> {
  const here = callbackUrls.filter((url) => new URL(url).protocol === "http:").reverse();
  if (here.length === 0) {
    throw new UserError(
      `the login page sends nobody to this machine: the client's callbacks are ${callbackUrls.join(", ")}; add http://localhost:3002/callback to CALLBACK_URLS, and deploy`,
    );
  }
  for (const callbackUrl of here) {
    const server = await listen(Number(new URL(callbackUrl).port || 80));
    if (server !== undefined) return { server, callbackUrl };
  }
  throw new UserError(
    `the ports of all callbacks on this machine are in use (${here.join(", ")}): stop what listens there, or add another http://localhost address to CALLBACK_URLS`,
  );
}

/** `undefined` where somebody else has the port, or may have it. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if (["EADDRINUSE", "EACCES"].includes(codeOf(error) ?? "")) resolve(undefined);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** The code that the login page sends the browser back with. */
function answerTo(
  { server, callbackUrl }: CallbackListener,
  state: string,
  { signal, timeoutMs }: BrowserSignInOptions,
): Promise<string> {
  const { host, pathname } = new URL(callbackUrl);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new UserError(`nobody signed in within ${timeoutMs / 1000} seconds`)),
      timeoutMs,
    );
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", `http://${host}`);
      const isCallback =
        request.method === "GET" && request.headers.host === host && url.pathname === pathname;
      const outcome = isCallback ? outcomeOf(url.searchParams, state) : undefined;
      const text =
        outcome === undefined
          ? "not found"
          : outcome instanceof UserError
            ? outcome.message
            : "You are signed in. This window can be closed; the terminal has the token.";
      response.writeHead(outcome === undefined ? 404 : outcome instanceof UserError ? 400 : 200, {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        Connection: "close",
      });
      response.end(`${text}\n`, () => {
        if (outcome === undefined) return;
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        if (outcome instanceof UserError) reject(outcome);
        else resolve(outcome.code);
      });
    });
  });
}

function outcomeOf(answer: URLSearchParams, state: string): UserError | { readonly code: string } {
  if (answer.get("state") !== state)
    return new UserError("an answer came that is not to this sign-in: its state is another one; begin again");
  const error = answer.get("error");
  if (error !== null) {
    const description = answer.get("error_description");
    return new UserError(`the login page refused: ${error}${description ? ` (${description})` : ""}`);
  }
  const code = answer.get("code");
  return code === null ? new UserError("the login page sent neither a code nor an error") : { code };
}

async function exchange(
  place: LoginPlace,
  code: string,
  code_verifier: string,
  redirect_uri: string,
  signal: AbortSignal,
): Promise<OAuthTokens> {
  const grant = {
    grant_type: "authorization_code",
    client_id: place.clientId,
    code,
    redirect_uri,
    code_verifier,
  };
  const address = `${loginBase(place)}/oauth2/token`;
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(grant), signal });
  const text = await answer.text();
  const tokens = v.safeParse(v.pipe(v.string(), v.parseJson(), tokensSchema), text);
  if (answer.ok && tokens.success) return tokens.output;
  throw new UserError(`${address} gives no ID token: ${answer.status} ${text.slice(0, 200)}`);
}

function nonceIn(idToken: string): unknown {
  const claims = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.object({ nonce: v.string() })),
    Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString(),
  );
  return claims.success ? claims.output.nonce : undefined;
}
