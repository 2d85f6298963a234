import { randomUUID } from "node:crypto";
import { callbackUrlOf } from "../callback/callback-clients";
import type { CallbackSite } from "../callback/callback-site";
import { Host, type HostOptions } from "../console/host";
import { buildPages } from "../console/pages/build";
import { type Console, openConsole } from "../console/server";
import { ListenError } from "../front-door/server";
import { systemClock } from "../kernel/clock";
import type { Runtime } from "../runtime-options";
import { randomPassword } from "./credentials";
import type { Endpoints } from "./endpoints";

/** A served deployment with one user in each pool. */
export interface Served {
  readonly host: Host;
  readonly runtime: Runtime;
  readonly endpoints: Endpoints;
  /** Stops serving and removes what was synthesized for it. */
  stop(): Promise<void>;
}

/** What the start says of it. */
export interface Shown extends Pick<Served, "endpoints"> {
  readonly runtime: Pick<Runtime, "warnings">;
}

export interface ConsoleChoice {
  /** @default three after the runtime's if that is free, else any */
  readonly port?: number | undefined;
  /** @default a new one */
  readonly token?: string | undefined;
}

/** What is served beside the runtime. */
export interface Beside {
  readonly console?: ConsoleChoice | undefined;
  /** Whether the page is served at which a sign-in ends. */
  readonly callback?: boolean;
  /** With TLS: the certificate that clients have to trust. */
  readonly authorityFile?: string | undefined;
}

/** Serves a deployment, creates one confirmed user in each pool, and serves what is chosen beside it. */
export async function serve(
  options: HostOptions,
  remove: () => void = () => {},
  { console: choice, callback = false, authorityFile }: Beside = {},
): Promise<Served> {
  let host: Host;
  try {
    host = await Host.start(options);
  } catch (error) {
    remove();
    throw error;
  }
  let console: Console | undefined;
  let callbackSite: CallbackSite | undefined;
  const stop = async () => {
    await callbackSite?.close();
    await console?.close();
    await host.close();
    remove();
  };
  try {
    const { runtime } = host;
    if (choice !== undefined) {
      const onError = (error: unknown) =>
        options.onNotice?.(`console: ${error instanceof Error ? error.stack : String(error)}`);
      console = await openConsole({ host, pages: buildPages, onError, ...choice });
    }
    if (callback) callbackSite = await openCallback(host, console?.url, options);
    await giveSecretsValues(options, runtime);
    const userPools = runtime.userPools.map((pool) => {
      const user = { email: `${pool.name.toLowerCase()}@example.com`, password: randomPassword() };
      runtime.createUser(pool.id, user);
      return { ...pool, user };
    });
    const { awsEndpointUrl, inboxUrl, region } = runtime;
    const deployed = (type: string, attribute: string) =>
      options.deployment.ofType(type).map((resource) => resource.string(attribute));
    const endpoints = {
      pid: process.pid,
      invokeUrl: runtime.invokeUrls[0] ?? awsEndpointUrl,
      awsEndpointUrl,
      ...(console === undefined ? {} : { consoleUrl: console.url }),
      inboxUrl,
      ...(callbackSite === undefined ? {} : { callbackPageUrl: callbackSite.url }),
      ...(authorityFile === undefined ? {} : { https: { url: runtime.browserUrl, authorityFile } }),
      region,
      userPools,
      functions: deployed("aws_lambda_function", "function_name"),
      apiKeys: deployed("aws_api_gateway_api_key", "value"),
    };
    return { host, runtime, endpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The API is served even where another process has this port. */
async function openCallback(
  host: Host,
  consoleUrl: string | undefined,
  { clock = systemClock, onNotice = () => {} }: HostOptions,
): Promise<CallbackSite | undefined> {
  const onError = (error: unknown) =>
    onNotice(`callback page: ${error instanceof Error ? error.stack : String(error)}`);
  try {
    const { openCallbackSite } = await import("../callback/callback-site");
    return await openCallbackSite({ runtime: () => host.runtime, clock, onError, consoleUrl });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const { host: place = "its address" } = callbackUrlOf(host.runtime.inside.deployment) ?? {};
    const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be had (${error.code})`;
    onNotice(
      `no callback page, so no sign-in ends here: ${place} ${why}. Stop what listens there, or start with CALLBACK_URLS=http://localhost:<a free port>/callback; --callback off leaves the page out`,
    );
    return undefined;
  }
}

/** A secret that Terraform creates without a value gets a made-up one: with AWS, somebody puts it in after the deployment. */
async function giveSecretsValues(
  { deployment, onNotice = () => {} }: HostOptions,
  { inside, awsEndpointUrl }: Runtime,
): Promise<void> {
  const filled = new Set(
    deployment.ofType("aws_secretsmanager_secret_version").map((version) => version.string("secret_id")),
  );
  for (const secret of deployment.ofType("aws_secretsmanager_secret")) {
    const [arn, name] = [secret.string("arn"), secret.string("name")];
    if (filled.has(arn) || filled.has(name)) continue;
    await inside.call("secretsmanager", "PutSecretValue", {
      SecretId: arn,
      SecretString: `made-up-${randomUUID()}`,
    });
    onNotice(
      `${name} has no value, and got a made-up one: AWS_ENDPOINT_URL=${awsEndpointUrl} aws secretsmanager put-secret-value --secret-id ${name} --secret-string … gives it yours`,
    );
  }
}
