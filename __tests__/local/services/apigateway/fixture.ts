import { type AwsService, bindService } from "../../../../local/aws-api/service";
import type { Deployment } from "../../../../local/deployment/deployment";
import type { AccessControl } from "../../../../local/iam/access-control";
import { AwsError } from "../../../../local/kernel/aws-error";
import type { EdgeRequest, EdgeResponse } from "../../../../local/kernel/exchange";
import type { Invocation, InvocationResult } from "../../../../local/kernel/function-invoker";
import type { TokenVerifier, Verification } from "../../../../local/kernel/token-verification";
import type { InspectedRequest, Verdict, WebAclInspector } from "../../../../local/kernel/web-acl-inspection";
import {
  type ApiGateway,
  createApiGateway,
  type Edge,
} from "../../../../local/services/apigateway/edge/edge";
import type { EdgeServices } from "../../../../local/services/apigateway/edge/layer";
import { apigateway } from "../../../../local/services/apigateway/service";
import type { ServiceEndpoint } from "../../../../local/services/service";
import { ACCOUNT, deploymentOf, type Resources, type Values } from "../../../support/deployment";
import { TestClock } from "../../../support/test-clock";

export const API_ID = "a1b2c3d4e5";
export const POOL_ARN = `arn:aws:cognito-idp:us-east-1:${ACCOUNT}:userpool/us-east-1_pool1`;
export const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:ExternalLambda1`;
export const INVOKE_ARN = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
export const NOW = Date.UTC(2026, 10, 22, 15, 4, 5);

const ofApi = { rest_api_id: API_ID };

export const nameSchema = {
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: { name: { type: "string", minLength: 1, maxLength: 8 } },
};

/** `POST /lambda1`: signed in, validated, to a function; in the stage `development`. */
export function baseResources(): Resources {
  return {
    "aws_api_gateway_rest_api.api": {
      id: API_ID,
      root_resource_id: "root000000",
      name: "SecureAPI",
      execution_arn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:${API_ID}`,
      endpoint_configuration: { types: ["REGIONAL"] },
    },
    "aws_api_gateway_authorizer.AGAuthorizer1": {
      ...ofApi,
      id: "auth01",
      name: "AGAuthorizer1",
      type: "COGNITO_USER_POOLS",
      identity_source: "method.request.header.Authorization",
      provider_arns: [POOL_ARN],
    },
    "aws_api_gateway_model.Name": {
      ...ofApi,
      id: "model1",
      name: "Name",
      content_type: "application/json",
      schema: JSON.stringify(nameSchema),
    },
    "aws_api_gateway_request_validator.all": {
      ...ofApi,
      id: "valid1",
      name: "all",
      validate_request_body: true,
      validate_request_parameters: true,
    },
    ...resource("lambda1", "res001"),
    ...lambdaMethod("lambda1", "res001", "POST", {
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: "auth01",
      request_validator_id: "valid1",
      request_models: { "application/json": "Name", $default: "Name" },
    }),
    "aws_api_gateway_deployment.deployment": { ...ofApi, id: "deploy" },
    "aws_api_gateway_stage.stage": { ...ofApi, stage_name: "development", deployment_id: "deploy" },
  };
}

export function resource(pathPart: string, id: string, parentId = "root000000"): Resources {
  return { [`aws_api_gateway_resource.${id}`]: { ...ofApi, id, parent_id: parentId, path_part: pathPart } };
}

/** A method with a proxy integration, open to everybody unless `method` says otherwise. */
export function lambdaMethod(
  name: string,
  resourceId: string,
  httpMethod: string,
  method: Values = {},
): Resources {
  const where = { ...ofApi, resource_id: resourceId, http_method: httpMethod };
  return {
    [`aws_api_gateway_method.${httpMethod}-${name}`]: { ...where, authorization: "NONE", ...method },
    [`aws_api_gateway_integration.${httpMethod}-${name}`]: {
      ...where,
      type: "AWS_PROXY",
      integration_http_method: "POST",
      uri: INVOKE_ARN,
    },
  };
}

/** An open `GET /open` to the function. */
export const openMethod: Resources = {
  ...resource("open", "res002"),
  ...lambdaMethod("open", "res002", "GET"),
};

export function gatewayResponse(type: string, values: Values): Resources {
  return { [`aws_api_gateway_gateway_response.${type}`]: { ...ofApi, response_type: type, ...values } };
}

/** An API key `client-key-value-0001` in a usage plan for the stage. */
export function usagePlan(plan: Values = {}, stage: Values = {}, key: Values = {}): Resources {
  return {
    "aws_api_gateway_api_key.client": {
      id: "key001",
      name: "client",
      value: "client-key-value-0001",
      ...key,
    },
    "aws_api_gateway_usage_plan.plan": {
      id: "plan01",
      name: "plan",
      api_stages: [{ api_id: API_ID, stage: "development", ...stage }],
      ...plan,
    },
    "aws_api_gateway_usage_plan_key.member": {
      key_id: "key001",
      key_type: "API_KEY",
      usage_plan_id: "plan01",
    },
  };
}

export const WEB_ACL_ARN = `arn:aws:wafv2:us-east-1:${ACCOUNT}:regional/webacl/acl/1`;
export const webAclAssociation: Resources = {
  "aws_wafv2_web_acl_association.stage": {
    resource_arn: `arn:aws:apigateway:us-east-1::/restapis/${API_ID}/stages/development`,
    web_acl_arn: WEB_ACL_ARN,
  },
};

/** Tokens by their text; every other is invalid. */
export class TestTokens implements TokenVerifier {
  readonly calls: { arn: string; token: string; tokenUse: string }[] = [];
  readonly known = new Map<string, Verification>([
    ["good", { ok: true, claims: { sub: "user-1", token_use: "id", aud: "client1" } }],
    ["expired", { ok: false, reason: "expired", detail: "expired" }],
  ]);
  verify(arn: string, token: string, tokenUse: "id" | "access"): Verification {
    this.calls.push({ arn, token, tokenUse });
    return this.known.get(token) ?? { ok: false, reason: "invalid", detail: "bad token" };
  }
}

type Answer = InvocationResult | Error | Promise<InvocationResult>;

export const succeeds = (answer: unknown): InvocationResult => ({
  ok: true,
  requestId: "lambda-request",
  logTail: "",
  durationMs: 1,
  payload: typeof answer === "string" ? answer : JSON.stringify(answer),
});

export const fails = (cause: "error" | "timeout" | "crash", errorMessage = "secret"): InvocationResult => ({
  ok: false,
  requestId: "lambda-request",
  logTail: "",
  durationMs: 1,
  payload: JSON.stringify({ errorType: "Error", errorMessage }),
  cause,
});

export interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: EdgeRequest["headers"];
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** The deployment with what its resources bring along, as it is loaded. */
export function withImported(deployment: Deployment): Deployment {
  return deployment.with(
    apigateway.resourceTypes.flatMap((type) =>
      type.status !== "served" || type.creates === undefined
        ? []
        : deployment.ofType(type.type).flatMap((own) => type.creates?.(own, deployment) ?? []),
    ),
  );
}

/** A running edge with everything around it, in the test's hands. */
export class Bench {
  readonly clock = new TestClock(NOW);
  readonly tokens = new TestTokens();
  readonly invocations: Invocation[] = [];
  readonly lines: { group: string; stream: string; message: string; timestamp: number }[] = [];
  readonly inspected: InspectedRequest[] = [];
  answer: Answer = succeeds({ statusCode: 200, body: '{"message":"hello"}' });
  /** By the function's ARN, where it is not `answer`. */
  readonly answers = new Map<string, Answer>();
  /** Where services of AWS are called. */
  readonly endpoints = new Map<string, ServiceEndpoint>();
  /** Decides about calls to them. */
  authorize: AccessControl["authorize"] = async () => {};
  /** Roles that trust API Gateway. */
  readonly trusting = new Set<string>();
  verdict: Verdict = { action: "ALLOW", rule: "Default_Action" };
  readonly deployment: Deployment;
  readonly services: EdgeServices;
  readonly gateway: ApiGateway;
  /** API Gateway's own API. */
  readonly service: AwsService;
  readonly edge: Edge;

  constructor(
    resources: Resources = baseResources(),
    endpoints: Readonly<Record<string, ServiceEndpoint>> = {},
  ) {
    for (const [service, endpoint] of Object.entries(endpoints)) this.endpoints.set(service, endpoint);
    const inspector: WebAclInspector = {
      customResponses: [],
      inspect: (request) => {
        this.inspected.push(request);
        return this.verdict;
      },
    };
    this.services = {
      clock: this.clock,
      ports: {
        tokens: this.tokens,
        functions: {
          invoke: async (invocation) => {
            this.invocations.push(invocation);
            const answer = this.answers.get(invocation.functionArn) ?? this.answer;
            if (answer instanceof Error) throw answer;
            return await answer;
          },
          invokeAsync: () => Promise.reject(new Error("the edge invokes synchronously only")),
        },
        webAclFor: (arn) => (arn.endsWith("/stages/development") ? inspector : undefined),
        logs: {
          put: (group, stream, message, timestamp) => {
            this.lines.push({ group, stream, message, timestamp });
          },
        },
      },
      assumeRole: async (roleArn) => {
        if (!this.trusting.has(roleArn)) throw new AwsError("AccessDenied", "no trust", 403);
        return {
          principal: {
            kind: "role",
            roleArn,
            arn: `${roleArn}/session`,
            accountId: ACCOUNT,
            userId: "AROA:session",
          },
          credentials: { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" },
        };
      },
      access: { authorize: (request) => this.authorize(request) },
      endpointOf: (service) => this.endpoints.get(service),
    };
    this.deployment = withImported(deploymentOf(resources));
    this.gateway = createApiGateway(this.deployment, this.services);
    this.service = bindService(apigateway, this.gateway);
    this.edge = this.gateway.edge;
  }

  /** Sends `POST /development/lambda1` with a good token and a valid body, unless told otherwise. */
  send({
    method = "POST",
    target = "/development/lambda1",
    headers,
    body,
    signal,
  }: Sent = {}): Promise<EdgeResponse> {
    return this.edge.handle({
      method,
      target,
      httpVersion: "1.1",
      headers: headers ?? signedIn,
      body: Buffer.from(body ?? '{"name":"Ada"}'),
      sourceIp: "127.0.0.1",
      ...(signal === undefined ? {} : { signal }),
    });
  }

  get(target: string, headers: EdgeRequest["headers"] = [["Host", "localhost"]]): Promise<EdgeResponse> {
    return this.send({ method: "GET", target, headers, body: "" });
  }

  /** The event of the last invocation. */
  event(): Record<string, unknown> {
    const value: unknown = JSON.parse(this.invocations.at(-1)?.payload ?? "null");
    return { ...(value as object) };
  }
}

export const signedIn: EdgeRequest["headers"] = [
  ["Host", "localhost:3000"],
  ["Content-Type", "application/json"],
  ["Authorization", "good"],
];

/** The headers in lower case, the last of each. */
export function headersOf(response: EdgeResponse): Record<string, string> {
  return Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value]));
}

export const textOf = (response: EdgeResponse): string => response.body.toString("utf8");
