import { DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import type { Place } from "../../kernel/arn";
import type { EdgeRequest, EdgeResponse } from "../../kernel/exchange";
import type { EdgePort } from "../ports";
import { writeAccessLog } from "./access-log";
import { Admission } from "./admission";
import { authorize } from "./authorizer";
import { createExchange } from "./create-exchange";
import { answerWithoutStage, failureAnswer, methodAnswer, refuseTooLarge } from "./edge-responses";
import type { ExchangeState } from "./exchange-state";
import { writeExecutionLog } from "./execution-log";
import { failure, KINDS } from "./failures";
import { executeMethod, type MethodResponse, settle } from "./method-execution";
import { readRestApis } from "./read-rest-apis";
import { type ApiKey, readApiKeys, readUsagePlans, type UsagePlan } from "./read-usage-plans";
import { isSoundlyEncoded, parseQuery, parseTarget } from "./request-target";
import type { RestApi, Stage } from "./rest-api";
import { Router } from "./router";
import type { EdgeServices } from "./services";
import { noRouteFailure } from "./signature-errors";
import { filterByWebAcl } from "./web-acl-filter";

/** API Gateway at work. */
export interface ApiGateway {
  readonly place: Place;
  readonly edge: Edge;
  readonly services: EdgeServices;
  /** In seconds: this run's start, because Terraform does not say when an API was created. */
  readonly createdDate: number;
}

export function createApiGateway(deployment: Deployment, services: EdgeServices): ApiGateway {
  return {
    place: deployment,
    services,
    edge: createEdge(deployment, services),
    createdDate: Math.floor(services.clock.now() / 1000),
  };
}

/** API Gateway's data plane. */
export interface Edge extends EdgePort {
  readonly apis: readonly RestApi[];
  readonly apiKeys: readonly ApiKey[];
  readonly usagePlans: readonly UsagePlan[];
}

interface Entry {
  readonly api: RestApi;
  readonly stage: Stage;
  readonly router: Router;
}

/**
 * Serves the deployment's REST APIs at `/<stage>/…`.
 *
 * @throws DeploymentError for an API that the edge would serve otherwise than AWS
 */
export function createEdge(deployment: Deployment, services: EdgeServices): Edge {
  const apis = readRestApis(deployment);
  const apiKeys = readApiKeys(deployment);
  const usagePlans = readUsagePlans(deployment, apiKeys);
  const admission = new Admission(usagePlans, services.clock);
  const entries = new Map<string, Entry>();
  for (const api of apis) {
    const router = new Router(api.resources);
    for (const stage of api.stages) {
      requireWebAcl(stage, services);
      entries.set(stage.name, { api, stage, router });
    }
  }
  return {
    apis,
    apiKeys,
    usagePlans,
    stageNames: [...entries.keys()],
    isStagePath: (path) => entries.has(parseTarget(path)?.stageName ?? ""),
    handle: (request) => handle(request, entries, admission, services),
  };
}

/** A stage whose web ACL is not there must not be served without it. */
function requireWebAcl(stage: Stage, { ports }: EdgeServices): void {
  if (stage.webAclArn !== undefined && ports.webAclFor(stage.arn) === undefined) {
    throw new DeploymentError(
      `${stage.attributes.address}: the web ACL ${stage.webAclArn} is associated with the stage, but is not served`,
    );
  }
}

async function handle(
  request: EdgeRequest,
  entries: ReadonlyMap<string, Entry>,
  admission: Admission,
  services: EdgeServices,
): Promise<EdgeResponse> {
  const now = services.clock.now();
  const tooLarge = refuseTooLarge(request);
  if (tooLarge !== undefined) return tooLarge;
  const target = parseTarget(request.target);
  const entry = target && entries.get(target.stageName);
  if (target === undefined || entry === undefined) {
    const problem =
      target === undefined
        ? failure(KINDS.malformedRequest, "routing", "the request target is no path")
        : failure(KINDS.unknownStage, "routing", "no such stage");
    return answerWithoutStage(now, request.method, problem.failure);
  }
  const query = parseQuery(target.rawQuery);
  const state = createExchange(entry, request, target, query ?? [], now);
  const isMalformed = query === undefined || !isSoundlyEncoded(target.rawPath);
  const answer = await settle(state, async () => {
    const blocked = filterByWebAcl(state, entry.stage, request, target, services.ports.webAclFor);
    if (blocked !== undefined) return blocked;
    if (isMalformed) throw failure(KINDS.malformedRequest, "routing", "the URL is not soundly encoded");
    return await pass(state, entry, admission, services);
  });
  const response =
    "type" in answer
      ? failureAnswer(state, request.method, answer)
      : methodAnswer(state, request.method, answer);
  writeLogs(state, entry.stage, response, services);
  return response;
}

/** The layers behind the web ACL, in AWS's order. */
async function pass(
  state: ExchangeState,
  { stage, router }: Entry,
  admission: Admission,
  services: EdgeServices,
): Promise<MethodResponse> {
  const route = router.match(state.httpMethod, state.path);
  if (route === undefined) throw noRouteFailure(state.headers, "no such resource and method");
  const exchange = Object.assign(state, { route });
  const { authorization } = route.method;
  if (authorization !== undefined) {
    exchange.claims = authorize(authorization, exchange.headers, services.ports.tokens);
  }
  const key = admission.admit(exchange, stage);
  if (key !== undefined) exchange.apiKey = { id: key.id, value: key.value };
  return await executeMethod(exchange, services);
}

function writeLogs(
  state: ExchangeState,
  stage: Stage,
  response: EdgeResponse,
  { clock, ports }: EdgeServices,
): void {
  const finishedAt = clock.now();
  const outcome = {
    status: response.status,
    bytes: response.body.length,
    latencyMs: finishedAt - state.receivedAt,
    finishedAt,
  };
  writeAccessLog(state, stage, outcome, ports.logs);
  writeExecutionLog(state, stage, outcome, ports.logs);
}
