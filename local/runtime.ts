import { createAwsEndpoint } from "./aws-api/endpoint";
import { systemClock } from "./kernel/clock";
import { createUserDirectory } from "./services/cognito/user-directory";
import type { Deployment } from "./deployment/deployment";
import { functionCodeFolder } from "./deployment/function-code";
import { createApiGatewayService } from "./services/apigateway/control-plane";
import { createEdge, type Edge } from "./services/apigateway/edge";
import { noFaults } from "./kernel/faults";
import { createDispatcher } from "./front-door/dispatch";
import { listen } from "./front-door/server";
import { IssuedCredentials } from "./iam/issued-credentials";
import { createAccessControl } from "./iam/policy-access-control";
import { stsService } from "./services/sts/service";
import { lambdaService } from "./services/lambda/service";
import { LocalFunctions } from "./services/lambda/local-functions";
import { LogStore } from "./services/logs/log-store";
import { logsService } from "./services/logs/service";
import { eventTargets } from "./event-targets";
import { Queues } from "./services/sqs/queues";
import { snsService } from "./services/sns/service";
import { sqsService } from "./services/sqs/service";
import { Topics } from "./services/sns/topics";
import type { ReportUndelivered } from "./kernel/undelivered";
import { recordRequests } from "./request-lines";
import type { Runtime, RuntimeOptions, RuntimeUserPool } from "./runtime-options";
import { createSecretsService } from "./services/secretsmanager/service";
import { createWebAcls } from "./services/wafv2/web-acls";

/**
 * Serves a deployment on the loopback interface and enforces what AWS would.
 *
 * @throws DeploymentError for a resource that it would serve otherwise than AWS; Error for a port that it cannot have
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { deployment, faults = noFaults, clock = systemClock } = options;
  const notice = options.onNotice ?? (() => {});
  const origin = { url: "" };
  const endpointUrl = () => origin.url;
  const onError = (error: unknown) =>
    notice(`internal error: ${error instanceof Error ? error.stack : String(error)}`);

  const access = await createAccessControl(deployment);
  const credentials = new IssuedCredentials(deployment.accountId);
  const logs = new LogStore(deployment, { clock });
  const webAcls = createWebAcls(deployment, clock);
  const users = await createUserDirectory(deployment, {
    clock,
    makeKeyPair: options.makeKeyPair,
    onCode: ({ poolName, email, code, purpose }) =>
      notice(`${poolName}: e-mail to ${email}: ${purpose} code ${code}`),
  });
  const queues = new Queues(deployment, clock);
  const onUndelivered: ReportUndelivered = ({ metric, arn, detail }) => notice(`${metric} ${arn}: ${detail}`);
  const functions: LocalFunctions = new LocalFunctions({
    deployment,
    access,
    credentials,
    faults,
    clock,
    logs,
    endpointUrl,
    codeFolderOf: (resource) => functionCodeFolder(deployment, resource),
    targets: eventTargets(queues, () => topics),
    onUndelivered,
    ...(options.retryDelayScale === undefined ? {} : { retryDelayScale: options.retryDelayScale }),
  });
  const topics: Topics = new Topics(deployment, clock, {
    accountId: deployment.accountId,
    access,
    invoker: functions,
    queues,
    report: onUndelivered,
  });
  const edgeServices = { clock, webAclFor: webAcls.webAclFor, tokens: users.verifier, functions, logs };
  const edge = createEdge(deployment, edgeServices);
  const awsEndpoint = createAwsEndpoint({
    services: [
      snsService(deployment, topics),
      sqsService(deployment, queues, endpointUrl),
      users.service,
      webAcls.service,
      stsService,
      logsService(deployment, logs),
      createSecretsService(deployment, clock),
      lambdaService(functions.directory, functions),
      createApiGatewayService(deployment, edge, edgeServices),
    ],
    accessControl: access,
    credentials,
    faults,
    onError,
  });
  const dispatch = createDispatcher({
    edge: edge.handle,
    awsEndpoint,
    isStagePath: edge.isStagePath,
    wellKnown: users.wellKnownDocument,
  });
  const server = await listen({
    host: "127.0.0.1",
    port: options.port,
    handler: recordRequests(dispatch, options.onRequest),
    onError,
    limits: options.limits,
  });
  origin.url = `http://127.0.0.1:${server.port}`;

  return {
    port: server.port,
    awsEndpointUrl: origin.url,
    invokeUrls: stageNames(edge).map((name) => `${origin.url}/${name}`),
    region: deployment.region,
    userPools: userPoolsOf(deployment),
    warnings: [...access.warnings, ...webAcls.warnings, ...users.warnings],
    createUser: (userPoolId, user) => users.createConfirmedUser({ userPoolId, ...user }),
    async close() {
      queues.close();
      await Promise.all([server.close(), functions.close()]);
    },
  };
}

function stageNames(edge: Edge): string[] {
  return edge.apis.flatMap((api) => api.stages.map(({ name }) => name));
}

/** Each user pool with its first client. */
function userPoolsOf(deployment: Deployment): RuntimeUserPool[] {
  return deployment.ofType("aws_cognito_user_pool").flatMap((pool) => {
    const id = pool.string("id");
    const client = deployment.find("aws_cognito_user_pool_client", "user_pool_id", id);
    return client ? [{ name: pool.string("name"), id, clientId: client.string("id") }] : [];
  });
}
