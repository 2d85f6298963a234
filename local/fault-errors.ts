export type FaultMode = "error" | "timeout" | "throttle";

interface WireError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/**
 * What each service answers when it fails inside and when it throttles: the error lists of the services' API references,
 * codes as they are on the wire (SNS and STS leave the `Exception` out).
 */
export const faultErrors: Readonly<
  Record<string, { readonly error: WireError; readonly throttle: WireError }>
> = {
  sns: {
    error: { code: "InternalError", message: "An internal service error occurred.", status: 500 },
    throttle: { code: "Throttled", message: "Rate exceeded", status: 429 },
  },
  secretsmanager: {
    error: { code: "InternalServiceError", message: "An error occurred on the server side.", status: 500 },
    throttle: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
  },
  sqs: {
    error: { code: "InternalFailure", message: "The request processing has failed.", status: 500 },
    throttle: {
      code: "RequestThrottled",
      message: "The request was denied due to request throttling.",
      status: 400,
    },
  },
  lambda: {
    error: {
      code: "ServiceException",
      message: "The AWS Lambda service encountered an internal error.",
      status: 500,
    },
    throttle: { code: "TooManyRequestsException", message: "Rate Exceeded.", status: 429 },
  },
  logs: {
    error: {
      code: "ServiceUnavailableException",
      message: "The service cannot complete the request.",
      status: 500,
    },
    throttle: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
  },
  "cognito-idp": {
    error: {
      code: "InternalErrorException",
      message: "Amazon Cognito encountered an internal error.",
      status: 500,
    },
    throttle: { code: "TooManyRequestsException", message: "Rate exceeded", status: 400 },
  },
  sts: {
    error: { code: "InternalFailure", message: "The request processing has failed.", status: 500 },
    throttle: { code: "Throttling", message: "Rate exceeded", status: 400 },
  },
};
