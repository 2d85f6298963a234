import { performance } from "node:perf_hooks";
import { DeploymentError } from "../../../deployment/attributes";
import type { Deployment } from "../../../deployment/deployment";
import type { Place } from "../../../kernel/arn";
import { BoundedCache } from "../../../kernel/bounded-cache";
import type { EdgeRequest, EdgeResponse } from "../../../kernel/exchange";
import { headerValue } from "../../../kernel/headers";
import type { EdgePort } from "../../ports";
import type { Integration } from "../integrations";
import { openApiOf } from "../openapi/document";
import { methodsOf, type RestApi, readRestApis } from "../rest-api";
import type { Stage } from "../stages";
import { type ApiKey, readApiKeys, readUsagePlans, type UsagePlan } from "../usage-plans";
import { failureAnswer, ownAnswer } from "./answers";
import { createRequestIds, type Exchange, type Received } from "./exchange";
import { KINDS } from "./failures";
import type { KeptAuthorization } from "./lambda-authorizer";
import {
  type EdgeContext,
  type EdgeServices,
  isAtStage,
  type Layer,
  type Outcome,
  refuse,
  type ServedStage,
} from "./layer";
import { LAYERS } from "./layers";
import { writeAccessLog, writeExecutionLog } from "./logs";
import { parseTarget } from "./request-target";
import { Router } from "./router";
import { Usage } from "./usage";

/** API Gateway at work. */
export interface ApiGateway {
  readonly place: Place;
  readonly edge: Edge;
  /** In seconds: this run's start, because Terraform does not say when an API was created. */
  readonly createdDate: number;
}

export function createApiGateway(deployment: Deployment, services: EdgeServices): ApiGateway {
  return {
    place: deployment,
    edge: createEdge(deployment, services),
    createdDate: Math.floor(services.clock.now() / 1000),
  };
}

/** API Gateway's data plane. */
export interface Edge extends EdgePort {
  readonly apis: readonly RestApi[];
  readonly apiKeys: readonly ApiKey[];
  readonly usagePlans: readonly UsagePlan[];
  readonly context: EdgeContext;
}

/**
 * Serves the deployment's REST APIs at `/<stage>/…`.
 *
 * @throws DeploymentError for an API that the edge would serve otherwise than AWS
 */
export function createEdge(deployment: Deployment, services: EdgeServices): Edge {
  const apis = readRestApis(deployment);
  for (const { integration } of apis.flatMap(methodsOf)) requireEndpoint(integration, services);
  const apiKeys = readApiKeys(deployment);
  const usagePlans = readUsagePlans(deployment, apiKeys);
  const stages = new Map<string, ServedStage>();
  for (const api of apis) {
    const router = new Router(api.resources);
    for (const stage of api.stages) {
      requireWebAcl(stage, services);
      stages.set(stage.name, { api, stage, router });
    }
  }
  const context = {
    ...services,
    stages,
    usage: new Usage(usagePlans, services.clock),
    authorizations: new BoundedCache<KeptAuthorization>(10_000),
  };
  return {
    apis,
    apiKeys,
    usagePlans,
    context,
    stageNames: [...stages.keys()],
    openApiDocument: (path, url) => {
      const [, name] = /^\/(?:([\w-]+)\.)?openapi\.json$/.exec(path) ?? [];
      const served =
        name === undefined && path === "/openapi.json" ? [...stages.values()][0] : stages.get(name ?? "");
      if (served === undefined) return undefined;
      const { api, stage } = served;
      const webAclAnswers = services.ports.webAclFor(stage.arn)?.customResponses ?? [];
      return openApiOf({ api, stage, usagePlans, webAclAnswers, url: `${url}/${stage.name}` });
    },
    isStagePath: (path) => stages.has(parseTarget(path)?.stageName ?? ""),
    handle: (request) => handle(request, context),
  };
}

/** What nobody answers here would be a 500 to each request. */
function requireEndpoint(integration: Integration, { endpointOf }: EdgeServices): void {
  if (integration.type !== "SERVICE") return;
  const { service } = integration.backend;
  if (endpointOf(service) === undefined)
    integration.attributes.fail(
      "uri",
      `of a service that is served here, or that has an endpoint of yours: --service ${service}=http://127.0.0.1:<port>`,
    );
}

/** A stage whose web ACL is not there must not be served without it. */
function requireWebAcl(stage: Stage, { ports }: EdgeServices): void {
  if (stage.webAclArn !== undefined && ports.webAclFor(stage.arn) === undefined) {
    throw new DeploymentError(
      `${stage.attributes.address}: the web ACL ${stage.webAclArn} is associated with the stage, but is not served`,
    );
  }
}

/** Takes a request through all layers. The logs look on and change nothing. */
async function handle(request: EdgeRequest, context: EdgeContext): Promise<EdgeResponse> {
  const now = context.clock.now();
  const exchange: Received = {
    request,
    ids: createRequestIds(now, headerValue(request.headers, "X-Amzn-Trace-Id")),
    receivedAt: now,
    steps: [],
  };
  const response = await runLayers(LAYERS, exchange, context);
  writeLogs(exchange, response, context);
  return response;
}

/** Takes a request from layer to layer until one answers. Every layer leaves a step in the trace. */
export async function runLayers(
  layers: readonly Layer[],
  exchange: Exchange,
  context: EdgeContext,
): Promise<EdgeResponse> {
  for (const layer of layers) {
    const startedAt = performance.now();
    const outcome = await attempt(layer, exchange, context);
    const { verdict, detail, facts = {} } = outcome;
    exchange.steps.push({
      layer: layer.name,
      verdict,
      detail,
      durationMs: performance.now() - startedAt,
      facts,
    });
    const decision = { layer: layer.inLog ?? layer.name, detail };
    if ("answer" in outcome) return respond(exchange, decision, ownAnswer(exchange, outcome.answer));
    if ("refusal" in outcome) {
      exchange.failure = { ...outcome.refusal, decision };
      return respond(exchange, decision, failureAnswer(exchange, exchange.failure));
    }
  }
  throw new Error("no layer answered: the last one must");
}

/** An error that nobody foresaw is a 500: no request stays unanswered. */
async function attempt(layer: Layer, exchange: Exchange, context: EdgeContext): Promise<Outcome> {
  try {
    return await layer.run(exchange, context);
  } catch (error) {
    return refuse(KINDS.functionUnavailable, `internal error: ${String(error)}`);
  }
}

function respond(
  { ids, steps, caller, waf }: Exchange,
  { layer, detail }: EdgeResponse["decision"],
  message: Pick<EdgeResponse, "status" | "headers" | "body">,
): EdgeResponse {
  const decision = { layer, detail: [detail, waf?.prediction].filter(Boolean).join("; ") };
  const { requestId: id, extendedRequestId: extendedId } = ids;
  return { ...message, decision, trace: { id, extendedId, caller, steps } };
}

function writeLogs(exchange: Exchange, response: EdgeResponse, { clock, ports }: EdgeContext): void {
  if (!isAtStage(exchange)) return;
  const finishedAt = clock.now();
  const outcome = {
    status: response.status,
    bytes: response.body.length,
    latencyMs: finishedAt - exchange.receivedAt,
    finishedAt,
  };
  writeAccessLog(exchange, outcome, ports.logs);
  writeExecutionLog(exchange, outcome, ports.logs);
}
