import type { Deployment, Resource } from "../deployment/deployment";
import type { Runtime } from "../runtime-options";

/** A client of a user pool whose login page sends browsers back to the page. */
export interface CallbackClient {
  readonly poolId: string;
  readonly poolName: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Below it AWS's path names are, for this process and for browsers. */
  readonly loginUrl: string;
  readonly browserLoginUrl: string;
  /** Where the login page may send a browser after sign-out; `undefined` where that is not this page. */
  readonly logoutUrl: string | undefined;
}

/** The first callback on this machine that a client of the deployment has registered, as registered. */
export function callbackUrlOf(deployment: Deployment): URL | undefined {
  const urls = deployment
    .ofType("aws_cognito_user_pool_client")
    .flatMap((client) => client.strings("callback_urls"));
  const [first] = urls.filter(isHere);
  return first === undefined ? undefined : new URL(first);
}

function isHere(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, search } = new URL(url);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "http:" && isLoopback && port !== "" && search === "";
}

/** The clients that have registered that callback. */
export function clientsFor(callback: URL, runtime: Runtime): CallbackClient[] {
  const { deployment } = runtime.inside;
  return runtime.userPools.flatMap(({ id, name, clientId, loginPageUrl }) => {
    const client = deployment.find("aws_cognito_user_pool_client", "id", clientId);
    if (client === undefined || loginPageUrl === undefined) return [];
    if (!client.strings("callback_urls").includes(callback.href)) return [];
    const browserLoginUrl = loginPageUrl.replace(/\/login(\?.*)?$/, "");
    return [
      {
        ...{ poolId: id, poolName: name, clientId, browserLoginUrl },
        scopes: client.strings("allowed_oauth_scopes"),
        loginUrl: browserLoginUrl.replace(runtime.browserUrl, runtime.awsEndpointUrl),
        logoutUrl: logoutUrlOf(client, callback),
      },
    ];
  });
}

function logoutUrlOf(client: Resource, { origin }: URL): string | undefined {
  return client.strings("logout_urls").find((url) => URL.canParse(url) && new URL(url).origin === origin);
}
