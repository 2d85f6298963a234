import { callAsAdministrator, createAwsEndpoint } from "./aws-api/endpoint";
import type { Deployment } from "./deployment/deployment";
import { createDispatcher } from "./front-door/dispatch";
import { inboxPage } from "./front-door/inbox-page";
import { listen } from "./front-door/server";
import { IssuedCredentials } from "./iam/issued-credentials";
import { Activity } from "./kernel/activity";
import { systemClock } from "./kernel/clock";
import { noFaults } from "./kernel/faults";
import { INBOX_PATH, Inbox } from "./kernel/inbox";
import { Kept } from "./kernel/kept";
import { TraceLog } from "./kernel/trace";
import { accessControlOf, ledger } from "./load";
import { endpointVariables, endpointWarnings, isAnsweredBy, ownEndpointOf } from "./own-endpoints";
import { lineOf, recordRequests } from "./request-lines";
import type { Runtime, RuntimeOptions, RuntimeUserPool } from "./runtime-options";
import { services as served, startServices } from "./services/index";

/**
 * Serves a deployment on the loopback interface and enforces what AWS would.
 *
 * @throws DeploymentError for a resource or an attribute that it would serve otherwise than AWS; Error for a port that it
 *   cannot have
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { deployment, faults = noFaults, clock = systemClock } = options;
  const { traces = new TraceLog(), activity = new Activity() } = options;
  const { inbox = new Inbox(), kept = new Kept() } = options;
  const { makeKeyPair, retryDelayScale, inspectPort, managedRules, ownEndpoints = [] } = options;
  const notice = options.onNotice ?? (() => {});
  const origin = { url: "", ofBrowsers: "" };
  const onError = (error: unknown) =>
    notice(`internal error: ${error instanceof Error ? error.stack : String(error)}`);

  ledger.requireAcceptable(deployment);
  const access = await accessControlOf(deployment, kept);
  const credentials = new IssuedCredentials(deployment, kept);
  const { services, ports, begin, settled, close } = await startServices(
    {
      deployment,
      clock,
      activity,
      kept,
      access,
      credentials,
      faults,
      endpointUrl: () => origin.url,
      browserUrl: () => origin.ofBrowsers,
      notice,
      inbox,
    },
    {
      functionVariables: endpointVariables(ownEndpoints, deployment),
      endpointOf: (name) => {
        if (served.some((service) => service.name === name))
          return { url: () => origin.url, checksPermissions: true };
        const own = ownEndpointOf(ownEndpoints, name);
        return own && { url: () => own.url, checksPermissions: false };
      },
      ...(makeKeyPair === undefined ? {} : { makeKeyPair }),
      ...(retryDelayScale === undefined ? {} : { retryDelayScale }),
      ...(inspectPort === undefined ? {} : { inspectPort }),
      ...(managedRules === undefined ? {} : { managedRules }),
    },
  );
  ledger.requireEverythingRead(deployment);

  const userPools = () =>
    userPoolsOf(deployment, (poolId, clientId) => {
      const path = ports.login.pathOf(poolId, clientId);
      return path && `${origin.ofBrowsers}${path}`;
    });
  const awsEndpoint = createAwsEndpoint({
    services,
    accessControl: access,
    credentials,
    faults,
    onError,
    activity,
  });
  const dispatch = createDispatcher({
    edge: (request) => ports.edge.handle(request),
    awsEndpoint,
    isStagePath: (path) => ports.edge.isStagePath(path),
    documents: (path) => ports.users.wellKnownDocument(path) ?? ports.edge.openApiDocument(path, origin.url),
    login: (path) => ports.login.at(path),
    inbox: inboxPage({
      inbox,
      loginPages: () =>
        userPools().flatMap(({ name, loginPageUrl: url }) => (url === undefined ? [] : [{ name, url }])),
    }),
  });
  if (options.onRequest !== undefined) {
    const { onRequest } = options;
    traces.onAdded((trace) => onRequest(lineOf(trace)));
  }
  const server = await listen({
    host: "127.0.0.1",
    port: options.port,
    handler: recordRequests(dispatch, clock, (trace, passed) => traces.add(trace, passed), options.onRequest),
    onError,
    limits: options.limits,
    tls: options.tls,
  });
  origin.url = `http://127.0.0.1:${server.port}`;
  origin.ofBrowsers = options.tls === undefined ? origin.url : `https://127.0.0.1:${server.port}`;
  begin();

  return {
    port: server.port,
    awsEndpointUrl: origin.url,
    invokeUrls: ports.edge.stageNames.map((name) => `${origin.url}/${name}`),
    region: deployment.region,
    traces,
    inbox,
    inboxUrl: `${origin.url}${INBOX_PATH}`,
    browserUrl: origin.ofBrowsers,
    userPools: userPools(),
    warnings: [
      ...ledger.notEnforced(deployment, (type) => isAnsweredBy(ownEndpoints, type)),
      ...endpointWarnings(ownEndpoints),
      ...access.warnings,
      ...services.flatMap(({ warnings }) => warnings),
    ],
    createUser: (userPoolId, user) => ports.users.createConfirmedUser({ userPoolId, ...user }),
    inside: {
      deployment,
      activity,
      access,
      ports,
      credentialsOf: (name) => {
        const fn = deployment.find("aws_lambda_function", "function_name", name);
        if (fn === undefined) throw new Error(`the deployment has no function ${name}`);
        return credentials.issue(fn.string("role"), name);
      },
      call: (service, operation, input) =>
        callAsAdministrator({ services, accessControl: access, credentials }, service, operation, input),
    },
    settled,
    close: async () => {
      await Promise.all([server.close(), close()]);
      if (options.kept === undefined) await kept.close();
    },
  };
}

/** Each user pool with its first client. */
function userPoolsOf(
  deployment: Deployment,
  loginPageUrl: (poolId: string, clientId: string) => string | undefined,
): RuntimeUserPool[] {
  return deployment.ofType("aws_cognito_user_pool").flatMap((pool) => {
    const id = pool.string("id");
    const client = deployment.find("aws_cognito_user_pool_client", "user_pool_id", id);
    if (client === undefined) return [];
    const clientId = client.string("id");
    const url = loginPageUrl(id, clientId);
    return [{ name: pool.string("name"), id, clientId, ...(url === undefined ? {} : { loginPageUrl: url }) }];
  });
}
