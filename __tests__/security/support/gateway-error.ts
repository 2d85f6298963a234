import type { TestAnswer } from "../../support/local-runtime";

/** An answer of API Gateway's own, to the byte. */
export interface GatewayError {
  readonly status: number;
  /** `x-amzn-ErrorType` */
  readonly errorType: string;
  readonly body: string;
}

export const UNAUTHORIZED: GatewayError = {
  status: 401,
  errorType: "UnauthorizedException",
  body: '{"message":"Unauthorized"}',
};

export const EXPIRED: GatewayError = {
  status: 401,
  errorType: "UnauthorizedException",
  body: '{"message":"The incoming token has expired"}',
};

export const BLOCKED: GatewayError = {
  status: 403,
  errorType: "ForbiddenException",
  body: '{"message":"Forbidden"}',
};

export const INVALID_BODY: GatewayError = {
  status: 400,
  errorType: "BadRequestException",
  body: '{"message": "Invalid request body"}',
};

export const MISCONFIGURED: GatewayError = {
  status: 500,
  errorType: "InternalServerErrorException",
  body: '{"message": "Internal server error"}',
};

export const FUNCTION_FAILED: GatewayError = { ...MISCONFIGURED, status: 502 };

export const THROTTLED: GatewayError = {
  status: 429,
  errorType: "TooManyRequestsException",
  body: '{"message":"Too Many Requests"}',
};

export const QUOTA_EXCEEDED: GatewayError = {
  status: 429,
  errorType: "LimitExceededException",
  body: '{"message":"Limit Exceeded"}',
};

export const NO_SUCH_ROUTE: GatewayError = {
  status: 403,
  errorType: "MissingAuthenticationTokenException",
  body: '{"message":"Missing Authentication Token"}',
};

/** Expects exactly that answer of API Gateway, with the headers that all of them carry. */
export function expectGatewayError({ status, headers, body }: TestAnswer, expected: GatewayError): void {
  expect({ status, errorType: headers["x-amzn-errortype"], body }).toEqual(expected);
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "x-amzn-requestid": expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    "x-amz-apigw-id": expect.stringMatching(/^[\w-]{15}=$/),
  });
}
