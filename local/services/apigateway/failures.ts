import type { Decision } from "../../kernel/exchange";
import type { GatewayResponseType } from "./gateway-response-types";

/** An answer that API Gateway makes itself, before a gateway response shapes it. */
export interface Failure {
  readonly type: GatewayResponseType;
  readonly status: number;
  /** `$context.error.message` */
  readonly message: string;
  /** `x-amzn-ErrorType` */
  readonly errorType: string;
  /**
   * Made while the method executes: then the default body has a space behind the colon. Everything before it, up to the
   * throttle, has none.
   */
  readonly inExecution: boolean;
  readonly decision: Decision;
  /** `$context.error.validationErrorString` */
  readonly validationErrors?: string;
}

/** Ends a request with an answer of API Gateway's own. */
export class GatewayFailure extends Error {
  override readonly name = "GatewayFailure";
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

type Kind = Omit<Failure, "decision" | "validationErrors">;

const beforeExecution = (
  type: GatewayResponseType,
  status: number,
  errorType: string,
  message: string,
): Kind => ({
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
): Kind => ({
  ...beforeExecution(type, status, errorType, message),
  inExecution: true,
});

const INTERNAL = "InternalServerErrorException";
const INTERNAL_MESSAGE = "Internal server error";

/** Every way in which the edge refuses a request, with AWS's status, error type and message. */
export const KINDS = {
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
  invalidApiKey: beforeExecution("INVALID_API_KEY", 403, "ForbiddenException", "Forbidden"),
  throttled: beforeExecution("THROTTLED", 429, "TooManyRequestsException", "Too Many Requests"),
  quotaExceeded: beforeExecution("QUOTA_EXCEEDED", 429, "LimitExceededException", "Limit Exceeded"),
  badParameters: inExecution("BAD_REQUEST_PARAMETERS", 400, "BadRequestException", ""),
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
  misconfigured: inExecution("API_CONFIGURATION_ERROR", 500, INTERNAL, INTERNAL_MESSAGE),
  functionUnavailable: inExecution("DEFAULT_5XX", 500, INTERNAL, INTERNAL_MESSAGE),
} satisfies Record<string, Kind>;

/** A failure of that kind, decided by that layer. */
export function failure(
  kind: Kind,
  layer: Decision["layer"],
  detail: string,
  more: Partial<Pick<Failure, "message" | "validationErrors">> = {},
): GatewayFailure {
  return new GatewayFailure({ ...kind, ...more, decision: { layer, detail } });
}
