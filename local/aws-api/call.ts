import { AwsError } from "../kernel/aws-error";
import type { HttpResponse } from "../kernel/http-message";
import type { Members } from "../kernel/input";
import { isObject, parseJson } from "../kernel/json";
import type { AwsService, BoundOperation } from "./service";

/** A request that one of the wire protocols has claimed: what it calls, and how to answer it. */
export interface Call {
  /** The service's name where it is known, for the log. */
  readonly service: string | undefined;
  /** What the request names, as it names it, known here or not. */
  readonly operation: string;
  /** `undefined`: the endpoint does not have the operation. */
  readonly target: { readonly service: AwsService; readonly operation: BoundOperation } | undefined;
  /** How the protocol spells the errors that all services share. */
  readonly commonErrors: CommonErrors;
  /** @throws AwsError for a body that is not what the protocol says */
  input(): Members;
  success(output: Members, requestId: string): HttpResponse;
  failure(error: AwsError, requestId: string): HttpResponse;
}

/** "Common Error Types" in the API references: the query services drop the `Exception`. */
export interface CommonErrors {
  readonly missingToken: string;
  readonly invalidToken: string;
  readonly incompleteSignature: string;
  readonly internalFailure: string;
  unknownOperation(): AwsError;
}

export const jsonErrorCodes = {
  missingToken: "MissingAuthenticationTokenException",
  invalidToken: "UnrecognizedClientException",
  incompleteSignature: "IncompleteSignatureException",
  internalFailure: "InternalFailure",
} as const;

/** How the protocols that AWS describes with Smithy say that an operation is not there; `of` which service, where it is known. */
export function unknownOperation(operation: string, of: string | undefined): AwsError {
  const service = of === undefined ? "" : ` of ${of}`;
  return new AwsError(
    "UnknownOperationException",
    `The operation ${operation}${service} is not one that this endpoint has.`,
    404,
  );
}

/** The operation of that name, if the service defines it itself: `constructor` and its like are not operations. */
export function ownOperation(service: AwsService, name: string): BoundOperation | undefined {
  return Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
}

/**
 * Parses a JSON body; an empty one has no members.
 *
 * @throws AwsError `SerializationException` for anything but an object
 */
export function parseJsonBody(body: Buffer): Members {
  if (body.length === 0) return {};
  const value = parseJson(body.toString("utf8"));
  if (value === undefined) {
    throw new AwsError("SerializationException", "The request body is not valid JSON.");
  }
  if (!isObject(value)) {
    throw new AwsError("SerializationException", "The request body must be a JSON object.");
  }
  return { ...value };
}
