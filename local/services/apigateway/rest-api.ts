import type { Attributes } from "../../deployment/attributes";
import type { BodyModels } from "./body-models";
import type { GatewayResponses } from "./gateway-responses";
import type { RateLimit } from "./token-bucket";

/** A REST API as it is deployed. */
export interface RestApi {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly attributes: Attributes;
  readonly binaryMediaTypes: readonly string[];
  readonly resources: readonly ApiResource[];
  readonly authorizers: readonly CognitoAuthorizer[];
  readonly models: BodyModels;
  readonly gatewayResponses: GatewayResponses;
  readonly stages: readonly Stage[];
}

export interface ApiResource {
  readonly id: string;
  /** `undefined` for the root. */
  readonly parentId: string | undefined;
  /** `lambda1`, `{id}` or `{proxy+}`; `undefined` for the root. */
  readonly pathPart: string | undefined;
  /** `/lambda1` */
  readonly path: string;
  /** By HTTP method, `ANY` included. */
  readonly methods: ReadonlyMap<string, ApiMethod>;
}

export interface ApiMethod {
  /** `POST`, or `ANY`. */
  readonly httpMethod: string;
  readonly attributes: Attributes;
  /** `undefined`: open to everybody. */
  readonly authorization: MethodAuthorization | undefined;
  readonly apiKeyRequired: boolean;
  readonly operationName: string | undefined;
  /** `method.request.header.X` → whether it is required. */
  readonly requestParameters: ReadonlyMap<string, boolean>;
  /** Content type, or `$default` → model name. */
  readonly requestModels: ReadonlyMap<string, string>;
  readonly validates: { readonly body: boolean; readonly parameters: boolean };
  readonly responses: readonly Attributes[];
  readonly integration: Integration;
}

export interface MethodAuthorization {
  readonly authorizer: CognitoAuthorizer;
  /** With scopes the client must bring an access token that has one of them, without an ID token. */
  readonly scopes: readonly string[];
}

export interface CognitoAuthorizer {
  readonly id: string;
  readonly name: string;
  readonly attributes: Attributes;
  /** The header that carries the token: `Authorization`. */
  readonly header: string;
  readonly userPoolArns: readonly string[];
  /** What the whole `aud` claim has to match. */
  readonly audience: RegExp | undefined;
}

interface IntegrationBase {
  readonly attributes: Attributes;
  readonly timeoutMs: number;
  readonly responses: readonly Attributes[];
}

export interface LambdaIntegration extends IntegrationBase {
  readonly type: "AWS_PROXY";
  readonly functionArn: string;
}

export interface MockIntegration extends IntegrationBase {
  readonly type: "MOCK";
  /** Content type → template. */
  readonly requestTemplates: ReadonlyMap<string, string>;
  readonly passthroughNever: boolean;
  readonly answers: readonly MockAnswer[];
}

export interface MockAnswer {
  readonly status: number;
  /** What the template's status code has to match; `undefined` for the default answer. */
  readonly selection: RegExp | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Content type → body. */
  readonly templates: ReadonlyMap<string, string>;
}

export type Integration = LambdaIntegration | MockIntegration;

export interface Stage {
  readonly name: string;
  readonly attributes: Attributes;
  readonly deploymentId: string;
  /** `arn:aws:apigateway:<region>::/restapis/<api>/stages/<name>` */
  readonly arn: string;
  readonly webAclArn: string | undefined;
  readonly variables: ReadonlyMap<string, string>;
  readonly accessLog: { readonly group: string; readonly format: string } | undefined;
  readonly settings: readonly MethodSettings[];
}

export interface MethodSettings {
  /** `*` + `/*`, or `lambda1/POST` */
  readonly methodPath: string;
  readonly attributes: Attributes;
  readonly rate: number | undefined;
  readonly burst: number | undefined;
  readonly loggingLevel: "OFF" | "ERROR" | "INFO";
}

/** The settings that hold for a method: its own where they are set, else the stage's. */
export interface EffectiveSettings {
  readonly limit: RateLimit | undefined;
  readonly loggingLevel: MethodSettings["loggingLevel"];
}
