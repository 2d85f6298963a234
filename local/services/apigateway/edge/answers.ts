import type { EdgeResponse } from "../../../kernel/exchange";
import { type HeaderList, headerValue, mediaType } from "../../../kernel/headers";
import { contextVariable } from "./context-variables";
import type { AtStage, Exchange } from "./exchange";
import type { Failure } from "./failures";
import { isAtStage } from "./layer";
import type { ProxyResponse } from "./proxy-response";

/** The message that goes to the client. */
type Message = Pick<EdgeResponse, "status" | "headers" | "body">;

/** The answer of a method or of a web ACL's rule, with the request's identifiers. */
export function ownAnswer({ ids, request }: Exchange, { status, headers, body }: ProxyResponse): Message {
  const identity: HeaderList = [
    ["x-amzn-RequestId", ids.requestId],
    ["x-amz-apigw-id", ids.extendedRequestId],
  ];
  return withoutForbiddenBody(request.method, { status, headers: [...identity, ...headers], body });
}

/** API Gateway's own answer, in the shape that the API's gateway responses give it. */
export function failureAnswer(exchange: Exchange, failure: Failure): Message {
  const message = failure.isPlainText
    ? plainText(failure)
    : isAtStage(exchange)
      ? shapedAnswer(exchange, failure)
      : defaultAnswer(exchange, failure);
  return withoutForbiddenBody(exchange.request.method, message);
}

function withoutForbiddenBody(method: string, message: Message): Message {
  const isForbidden = method === "HEAD" || message.status === 204 || message.status === 304;
  return isForbidden ? { ...message, body: Buffer.alloc(0) } : message;
}

function plainText({ status, message }: Failure): Message {
  return { status, headers: [["Content-Type", "text; charset=utf-8"]], body: Buffer.from(message ?? "") };
}

function defaultAnswer(exchange: Exchange, failure: Failure): Message {
  return {
    status: failure.status,
    headers: [["Content-Type", "application/json"], ...identityOf(exchange, failure)],
    body: defaultBody(failure),
  };
}

function identityOf({ ids }: Exchange, { errorType }: Failure): HeaderList {
  return [
    ["x-amzn-RequestId", ids.requestId],
    ["x-amz-apigw-id", ids.extendedRequestId],
    ["x-amzn-ErrorType", errorType],
  ];
}

/**
 * Shaped by the gateway response of the failure's type, else by the one for its family, else AWS's default.
 *
 * Only one shapes it: a type that is set takes nothing from `DEFAULT_4XX` (measured: ministackorg/ministack, pull request
 * 1756). A 413 cannot be shaped (Developer Guide, "Amazon API Gateway important notes").
 */
function shapedAnswer(exchange: AtStage, failure: Failure): Message {
  const responses = exchange.api.gatewayResponses;
  const family = failure.status >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX";
  const shape = failure.status === 413 ? undefined : (responses.get(failure.type) ?? responses.get(family));
  if (shape === undefined) return defaultAnswer(exchange, failure);
  const template = chooseTemplate(shape.templates, exchange.headers);
  const mapped = shape.headers.flatMap(([name, expression]) => {
    const value = mappedValue(expression, exchange);
    return value === undefined ? [] : [[name, headerText(value)] as const];
  });
  const setsContentType = mapped.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: shape.status ?? failure.status,
    headers: [
      ...(setsContentType ? [] : [["Content-Type", template?.contentType ?? "application/json"] as const]),
      ...identityOf(exchange, failure),
      ...mapped,
    ],
    body:
      template === undefined ? defaultBody(failure) : Buffer.from(renderTemplate(template.chosen, exchange)),
  };
}

/**
 * What a failure says where no template is set. The default template is `{"message":$context.error.messageString}`, which
 * is how it comes from before the execution; the execution itself writes a space after the colon.
 */
function defaultBody({ inExecution, message, messageKey = "message" }: Failure): Buffer {
  return Buffer.from(`{"${messageKey}":${inExecution ? " " : ""}${JSON.stringify(message)}}`);
}

/** The template for the first media type that the client accepts, else the one for JSON, else the first. */
export function chooseTemplate<T>(
  templates: ReadonlyMap<string, T>,
  headers: HeaderList,
): { readonly contentType: string; readonly chosen: T } | undefined {
  const accepted = mediaType((headerValue(headers, "Accept") ?? "").split(",")[0] ?? "");
  const contentType = [accepted, "application/json", ...templates.keys()].find((type) => templates.has(type));
  const chosen = contentType === undefined ? undefined : templates.get(contentType);
  return contentType === undefined || chosen === undefined ? undefined : { contentType, chosen };
}

/** A query parameter can carry a decoded line break or other characters that no header may have. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e\xa0-\xff]/g, "");
}

const VARIABLE =
  /\$(?:context\.(authorizer\.claims\.[\w:-]+|[\w-]+(?:\.[\w-]+)*)|stageVariables\.([\w-]+)|(method\.request\.(?:header|querystring|path)\.[\w-]+))/g;

/**
 * Replaces the variables of a gateway response's template; not VTL, only simple substitution (Developer Guide, "Gateway
 * responses for REST APIs"). What is not set becomes nothing, anything else stays as it is.
 */
function renderTemplate(template: string, state: AtStage): string {
  return template.replace(
    VARIABLE,
    (_whole, context?: string, stageVariable?: string, parameter?: string) => {
      if (context !== undefined) return contextVariable(state, context) ?? "";
      if (stageVariable !== undefined) return state.stage.variables.get(stageVariable) ?? "";
      return (parameter !== undefined && methodRequestValue(parameter, state)) || "";
    },
  );
}

/** The value that a response parameter's mapping names: `'constant'`, `context.requestId`, `method.request.header.Origin`. */
export function mappedValue(expression: string, state: AtStage): string | undefined {
  const constant = /^'(.*)'$/s.exec(expression)?.[1];
  if (constant !== undefined) return constant;
  const [, source, name = ""] = /^(context|stageVariables)\.(.+)$/.exec(expression) ?? [];
  if (source === "context") return contextVariable(state, name);
  if (source === "stageVariables") return state.stage.variables.get(name);
  return methodRequestValue(expression, state);
}

function methodRequestValue(expression: string, state: AtStage): string | undefined {
  const [, place, name = ""] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(expression) ?? [];
  if (place === "header") return headerValue(state.headers, name);
  if (place === "querystring") return state.query.filter(([key]) => key === name).at(-1)?.[1];
  return place === "path" ? state.route?.pathParameters.get(name) : undefined;
}
