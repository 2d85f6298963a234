import type { Attributes } from "../../deployment/attributes";
import { type HeaderList, headerValue, mediaType } from "../../kernel/headers";
import type { ExchangeState } from "./exchange-state";
import type { Failure } from "./failures";
import { type GatewayResponseType, isGatewayResponseType } from "./gateway-response-types";
import { mappedValue, renderTemplate } from "./gateway-template";

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

/** What the client gets. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

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

/**
 * The answer for a failure: shaped by the gateway response of its type, else by the one for its family, else AWS's default.
 *
 * Only one shapes it: a type that is set takes nothing from `DEFAULT_4XX` (measured: ministackorg/ministack, pull request
 * 1756). A 413 cannot be shaped (Developer Guide, "Amazon API Gateway important notes").
 */
export function gatewayAnswer(state: ExchangeState, failure: Failure): GatewayAnswer {
  const responses = state.api.gatewayResponses;
  const failed = { ...state, failure };
  const family = failure.status >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX";
  const shape = failure.status === 413 ? undefined : (responses.get(failure.type) ?? responses.get(family));
  const identity: HeaderList = [
    ["x-amzn-RequestId", state.ids.requestId],
    ["x-amz-apigw-id", state.ids.extendedRequestId],
    ["x-amzn-ErrorType", failure.errorType],
  ];
  if (shape === undefined) {
    return {
      status: failure.status,
      headers: [["Content-Type", "application/json"], ...identity],
      body: defaultBody(failure),
    };
  }
  const template = chooseTemplate(shape.templates, state.headers);
  const mapped = shape.headers.flatMap(([name, expression]) => {
    const value = mappedValue(expression, failed);
    return value === undefined ? [] : [[name, headerText(value)] as const];
  });
  const setsContentType = mapped.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: shape.status ?? failure.status,
    headers: [
      ...(setsContentType ? [] : [["Content-Type", template?.contentType ?? "application/json"] as const]),
      ...identity,
      ...mapped,
    ],
    body: template === undefined ? defaultBody(failure) : renderTemplate(template.text, failed),
  };
}

/**
 * What a failure says where no template is set. The default template is `{"message":$context.error.messageString}`, and so
 * it comes from in front of the execution; the execution itself writes a space behind the colon.
 */
function defaultBody({ inExecution, message }: Failure): string {
  return `{"message":${inExecution ? " " : ""}${JSON.stringify(message)}}`;
}

/** The template for the first media type that the client accepts, else the one for JSON, else the first. */
function chooseTemplate(
  templates: ReadonlyMap<string, string>,
  headers: HeaderList,
): { readonly contentType: string; readonly text: string } | undefined {
  const accepted = mediaType((headerValue(headers, "Accept") ?? "").split(",")[0] ?? "");
  const contentType = [accepted, "application/json", ...templates.keys()].find((type) => templates.has(type));
  const text = contentType === undefined ? undefined : templates.get(contentType);
  return contentType === undefined || text === undefined ? undefined : { contentType, text };
}

/** A query parameter can carry a decoded line break or other characters that no header may have. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e\xa0-\xff]/g, "");
}
