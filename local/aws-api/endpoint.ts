import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { AccessControl, CredentialStore } from "../iam/access-control";
import type { Activity, CallRecord } from "../kernel/activity";
import { AwsError } from "../kernel/aws-error";
import type { Faults } from "../kernel/faults";
import { headerValue } from "../kernel/headers";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";
import type { Members } from "../kernel/input";
import { isObject } from "../kernel/json";
import { defaultLimits } from "../kernel/limits";
import type { Principal } from "../kernel/principal";
import { splitTarget } from "../kernel/request-target";
import { type Call, ownOperation } from "./call";
import { cborCall } from "./cbor-protocol";
import { jsonCall } from "./json-protocol";
import { queryCall } from "./query-protocol";
import { restCall } from "./rest-protocol";
import type { AwsService, RequiredPermission } from "./service";
import { readSignature, type Signature } from "./signature";

export interface AwsEndpointOptions {
  readonly services: readonly AwsService[];
  readonly accessControl: AccessControl;
  readonly credentials: CredentialStore;
  readonly faults: Faults;
  /** Told of what a service threw that is not an `AwsError`; the client gets an `InternalFailure`. */
  readonly onError: (error: unknown) => void;
  /** For the calls of functions. @default nowhere */
  readonly activity?: Activity;
}

export interface AwsResponse extends HttpResponse {
  /** For the log. */
  readonly call: {
    readonly service: string | undefined;
    readonly operation: string;
    /** The error's code, `undefined` for a call that succeeded. */
    readonly error: string | undefined;
  };
}

export interface AwsEndpoint {
  readonly services: readonly AwsService[];
  handle(request: HttpRequest): Promise<AwsResponse>;
}

/**
 * Answers the calls of any AWS SDK or the AWS CLI. No operation that needs a permission runs before the caller is known
 * and the deployment's policies allow it.
 */
export function createAwsEndpoint(options: AwsEndpointOptions): AwsEndpoint {
  return {
    services: options.services,
    async handle(request) {
      const requestId = randomUUID();
      const { query } = splitTarget(request.target);
      const signature = readSignature(request.headers, query);
      const call = claim(request, options.services, signature);
      const asked: Asked = { at: Date.now(), startedAt: performance.now() };
      try {
        const output = await run(request, call, signature, requestId, options, asked);
        record(request, call, asked, { status: 200, messageIds: messageIdsIn(output) }, options);
        return { ...call.success(output, requestId), call: logEntry(call, undefined) };
      } catch (error) {
        const failure = error instanceof AwsError ? spell(error, call) : internalFailure(call);
        if (!(error instanceof AwsError)) options.onError(error);
        record(
          request,
          call,
          asked,
          { status: failure.status, error: failure.code, messageIds: [] },
          options,
        );
        return { ...call.failure(failure, requestId), call: logEntry(call, failure.code) };
      }
    },
  };
}

/** How far a call got. */
interface Asked {
  readonly at: number;
  readonly startedAt: number;
  principal?: Principal;
  permission?: RequiredPermission;
  allowed?: true;
}

/** Remembers the calls of functions: an administrator's are nobody's business. */
function record(
  { headers }: HttpRequest,
  { service, operation }: Call,
  { at, startedAt, principal, permission, allowed }: Asked,
  answer: Pick<CallRecord, "status" | "error" | "messageIds">,
  { activity }: AwsEndpointOptions,
): void {
  if (activity === undefined || principal?.kind !== "role") return;
  const call: CallRecord = {
    at,
    service: service ?? "",
    // JSON calls name it `AmazonSQS.SendMessage`.
    operation: operation.slice(operation.lastIndexOf(".") + 1),
    principal,
    ...permission,
    allowed: allowed === true,
    durationMs: performance.now() - startedAt,
    ...answer,
  };
  activity.called(call, headerValue(headers, "x-amzn-trace-id"));
}

/** The ids of what was published or sent, one by one or as a batch. */
function messageIdsIn({ MessageId, Successful }: Members): string[] {
  const sent: unknown[] = [
    MessageId,
    ...(Array.isArray(Successful) ? Successful.map((entry) => isObject(entry) && entry.MessageId) : []),
  ];
  return sent.filter((id) => typeof id === "string");
}

function claim(
  request: HttpRequest,
  services: readonly AwsService[],
  signature: Signature | "malformed" | undefined,
): Call {
  const signedFor = typeof signature === "object" ? signature.service : undefined;
  return (
    jsonCall(request, services) ??
    cborCall(request) ??
    queryCall(request, services, signedFor) ??
    restCall(request, services, signedFor)
  );
}

async function run(
  request: HttpRequest,
  call: Call,
  signature: Signature | "malformed" | undefined,
  requestId: string,
  options: AwsEndpointOptions,
  asked: Asked,
): Promise<Members> {
  if (call.target === undefined) throw call.commonErrors.unknownOperation();
  if (request.body.length > defaultLimits.maxBodyBytes) {
    throw new AwsError("RequestEntityTooLargeException", "The request is larger than 10 MB.", 413);
  }
  const { service, operation } = call.target;
  const principal = principalOf(signature, call, options.credentials);
  asked.principal = principal;
  const input = call.input();
  if (operation.permission !== undefined) {
    if (principal.kind === "anonymous") {
      throw new AwsError(call.commonErrors.missingToken, "Request is missing Authentication Token", 403);
    }
    asked.permission = operation.permission(input);
    await options.accessControl.authorize({ principal, ...asked.permission });
  }
  asked.allowed = true;
  await options.faults.strike(service.name);
  const traceHeader = headerValue(request.headers, "x-amzn-trace-id");
  return operation.handle(input, {
    ...{ principal, requestId, sourceIp: request.sourceIp },
    ...(traceHeader === undefined ? {} : { traceHeader }),
  });
}

/**
 * Calls an operation from inside, as the account's administrator: permission and answer as over the wire, without the wire.
 *
 * @throws AwsError as the operation, and for one that is not there
 */
export async function callAsAdministrator(
  {
    services,
    accessControl,
    credentials,
  }: Pick<AwsEndpointOptions, "services" | "accessControl" | "credentials">,
  serviceName: string,
  operationName: string,
  input: Members,
): Promise<Members> {
  const service = services.find(({ name }) => name === serviceName);
  const operation = service && ownOperation(service, operationName);
  if (operation === undefined)
    throw new AwsError(
      "UnknownOperationException",
      `${serviceName} has no operation ${operationName} here.`,
      404,
    );
  const principal = credentials.principalOf("console");
  if (operation.permission !== undefined)
    await accessControl.authorize({ principal, ...operation.permission(input) });
  return operation.handle(input, { principal, requestId: randomUUID(), sourceIp: "127.0.0.1" });
}

function principalOf(
  signature: Signature | "malformed" | undefined,
  call: Call,
  credentials: CredentialStore,
): Principal {
  if (signature === "malformed") {
    throw new AwsError(
      call.commonErrors.incompleteSignature,
      "Authorization header requires 'Credential' parameter: <access key>/<date>/<region>/<service>/aws4_request.",
      403,
    );
  }
  return credentials.principalOf(signature?.accessKeyId, signature?.sessionToken);
}

/** The credential store does not know the protocol, so its error is spelled here. */
function spell(error: AwsError, call: Call): AwsError {
  if (error.code !== "UnrecognizedClientException") return error;
  return new AwsError(call.commonErrors.invalidToken, error.message, error.status);
}

function internalFailure(call: Call): AwsError {
  return new AwsError(
    call.commonErrors.internalFailure,
    "The request processing has failed because of an unknown error, exception or failure.",
    500,
  );
}

function logEntry(call: Call, error: string | undefined): AwsResponse["call"] {
  return { service: call.service, operation: call.operation, error };
}
