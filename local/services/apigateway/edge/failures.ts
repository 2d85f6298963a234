import type { Decision } from "../../../kernel/exchange";
import type { GatewayResponseType } from "../gateway-responses";

/** An answer of API Gateway's own, before a gateway response shapes it. */
export interface Refusal {
  readonly type: GatewayResponseType;
  readonly status: number;
  /** `$context.error.message`; `null` where AWS says nothing */
  readonly message: string | null;
  /** How the default body spells its member. @default "message" */
  readonly messageKey?: "message" | "Message";
  /** `x-amzn-ErrorType` */
  readonly errorType: string;
  /**
   * Given while the method executes: then the default body has a space after the colon. Every refusal before that, up to
   * the throttle, has none.
   */
  readonly inExecution: boolean;
  /** `$context.error.validationErrorString` */
  readonly validationErrors?: string;
  /** Given before the API is looked at: plain text, without identifiers, and no gateway response shapes it. */
  readonly isPlainText?: boolean;
}

/** A refusal with the layer that gave it. */
export interface Failure extends Refusal {
  readonly decision: Decision;
}

const beforeExecution = (
  type: GatewayResponseType,
  status: number,
  errorType: string,
  message: string | null,
): Refusal => ({
  type,
  status,
  errorType,
  message,
  inExecution: false,
});

const inExecution = (
  type: GatewayResponseType,
  status: number,
  errorType: string,
  message: string,
): Refusal => ({
  ...beforeExecution(type, status, errorType, message),
  inExecution: true,
});

function plainText(status: number, message: string): Refusal {
  return { ...beforeExecution("DEFAULT_4XX", status, "", message), isPlainText: true };
}

const INTERNAL = "InternalServerErrorException";
const INTERNAL_MESSAGE = "Internal server error";

/** Every way in which the edge refuses a request, with AWS's status, error type and message. */
export const KINDS = {
  // Plain text (koki-develop/lgtm-generator, issue 10; ntsblog.homedev.com.au, "AWS API Gateway - HTTP header is larger
  // than 10240 bytes").
  headersTooLarge: plainText(431, "HTTP header is larger than 10240 bytes."),
  bodyTooLarge: plainText(413, "HTTP content length exceeded 10485760 bytes."),
  malformedRequest: beforeExecution("DEFAULT_4XX", 400, "BadRequestException", "Bad Request"),
  unknownStage: beforeExecution("DEFAULT_4XX", 403, "ForbiddenException", "Forbidden"),
  wafFiltered: beforeExecution("WAF_FILTERED", 403, "ForbiddenException", "Forbidden"),
  noRoute: beforeExecution(
    "MISSING_AUTHENTICATION_TOKEN",
    403,
    "MissingAuthenticationTokenException",
    "Missing Authentication Token",
  ),
  unauthorized: beforeExecution("UNAUTHORIZED", 401, "UnauthorizedException", "Unauthorized"),
  expiredToken: beforeExecution(
    "UNAUTHORIZED",
    401,
    "UnauthorizedException",
    "The incoming token has expired",
  ),
  // As several public APIs answer, with a capital M, as to what a resource policy denies (serverless/serverless#11808).
  accessDenied: {
    ...beforeExecution("ACCESS_DENIED", 403, "AccessDeniedException", ""),
    messageKey: "Message",
  },
  // Developer Guide, "Output from an API Gateway Lambda authorizer": "a 414 Request URI too long response". Its type is
  // not documented.
  methodArnTooLong: beforeExecution("DEFAULT_4XX", 414, "BadRequestException", "Request URI too long"),
  // `{"message":null}` with this type for an answer that is not one and for an error of the function's own
  // (auth0-samples/jwt-rsa-aws-custom-authorizer, pull request 6; serverless/examples#305; loige.co, "Debugging custom
  // ApiGateway authorizers").
  authorizerMisconfigured: beforeExecution(
    "AUTHORIZER_CONFIGURATION_ERROR",
    500,
    "AuthorizerConfigurationException",
    null,
  ),
  // "When a custom authorizer failed to authenticate the caller" (Developer Guide, "Gateway response types"): here, where the
  // function did not get to answer. Which of the two types AWS takes then is not recorded.
  authorizerFailed: beforeExecution("AUTHORIZER_FAILURE", 500, "AuthorizerFailureException", null),
  invalidApiKey: beforeExecution("INVALID_API_KEY", 403, "ForbiddenException", "Forbidden"),
  throttled: beforeExecution("THROTTLED", 429, "TooManyRequestsException", "Too Many Requests"),
  quotaExceeded: beforeExecution("QUOTA_EXCEEDED", 429, "LimitExceededException", "Limit Exceeded"),
  badParameters: inExecution("BAD_REQUEST_PARAMETERS", 400, "BadRequestException", ""),
  /** What Lambda's Invoke answers to an event that is not JSON, as its clients see it through an integration with templates. */
  badEvent: inExecution("DEFAULT_4XX", 400, "BadRequestException", ""),
  badBody: inExecution("BAD_REQUEST_BODY", 400, "BadRequestException", "Invalid request body"),
  unsupportedMediaType: inExecution(
    "UNSUPPORTED_MEDIA_TYPE",
    415,
    "BadRequestException",
    "Unsupported Media Type",
  ),
  // Recorded in koki-develop/lgtm-generator, issue 10: 31 bytes, so with the space, and this error type.
  eventTooLarge: inExecution("REQUEST_TOO_LARGE", 413, "BadRequestException", "Request Too Long"),
  functionFailed: inExecution("DEFAULT_5XX", 502, INTERNAL, INTERNAL_MESSAGE),
  integrationTimeout: inExecution("INTEGRATION_TIMEOUT", 504, INTERNAL, "Endpoint request timed out"),
  integrationFailed: inExecution(
    "INTEGRATION_FAILURE",
    504,
    INTERNAL,
    "Network error communicating with endpoint",
  ),
  misconfigured: inExecution("API_CONFIGURATION_ERROR", 500, INTERNAL, INTERNAL_MESSAGE),
  functionUnavailable: inExecution("DEFAULT_5XX", 500, INTERNAL, INTERNAL_MESSAGE),
} satisfies Record<string, Refusal>;
