import type { Attributes } from "../../deployment/attributes";

/**
 * The types of API Gateway's own answers with their default status codes (Developer Guide, "Gateway response types for
 * API Gateway"). `null`: the status of the answer that inherits from it.
 */
export const DEFAULT_STATUS = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: null,
  DEFAULT_5XX: null,
  EXPIRED_TOKEN: 403,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  INVALID_SIGNATURE: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAF_FILTERED: 403,
} as const;

export type GatewayResponseType = keyof typeof DEFAULT_STATUS;

function isGatewayResponseType(type: string): type is GatewayResponseType {
  return Object.hasOwn(DEFAULT_STATUS, type);
}

/** A gateway response as the stack sets it. */
export interface GatewayResponse {
  /** `undefined`: the status of the failure. */
  readonly status: number | undefined;
  readonly headers: readonly (readonly [name: string, expression: string])[];
  /** Content type → template. */
  readonly templates: ReadonlyMap<string, string>;
  readonly attributes: Attributes;
}

export type GatewayResponses = ReadonlyMap<GatewayResponseType, GatewayResponse>;

export const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

export function readGatewayResponses(resources: readonly Attributes[]): GatewayResponses {
  return new Map(
    resources.map((resource) => {
      const type = resource.string("response_type");
      if (!isGatewayResponseType(type)) {
        return resource.fail("response_type", "a gateway response type, as DEFAULT_4XX or UNAUTHORIZED");
      }
      const status = resource.optionalString("status_code");
      return [
        type,
        {
          status: status === undefined ? undefined : resource.number("status_code"),
          headers: Object.entries(resource.stringMap("response_parameters")).map(([target, expression]) =>
            readHeader(resource, target, expression),
          ),
          templates: new Map(Object.entries(resource.stringMap("response_templates"))),
          attributes: resource,
        },
      ];
    }),
  );
}

function readHeader(resource: Attributes, target: string, expression: string): readonly [string, string] {
  const name = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~\w-]+)$/.exec(target)?.[1];
  const known = /^(?:'.*'|context\..+|stageVariables\..+|method\.request\.(?:header|querystring|path)\..+)$/s;
  if (name === undefined || !known.test(expression)) {
    return resource.fail(
      "response_parameters",
      "a map from gatewayresponse.header.<name> to 'constant', context.*, stageVariables.* or method.request.*",
    );
  }
  return [name, expression];
}
