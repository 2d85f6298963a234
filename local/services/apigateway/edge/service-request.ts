import type { AccessControl, SessionCredentials } from "../../../iam/access-control";
import { formatArn, type Place } from "../../../kernel/arn";
import { AwsError } from "../../../kernel/aws-error";
import { isObject, type JsonObject, parseJson } from "../../../kernel/json";
import type { Principal } from "../../../kernel/principal";
import type { ServiceBackend } from "../backends";
import type { BackendRequest } from "./backend-request";

interface JsonService {
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** What an input acts on. */
  resourceOf(input: JsonObject, place: Place): string | undefined;
}

/**
 * The services whose `X-Amz-Target` API Gateway writes itself where the URI names an action (localstack's AWS-validated tests and its
 * list of them, `aws.py`); an integration with another service in JSON maps the header.
 */
const JSON_SERVICES: Readonly<Record<string, JsonService>> = {
  dynamodb: {
    target: "DynamoDB_20120810",
    version: "1.0",
    resourceOf: ({ TableName, IndexName }, place) => {
      const index = IndexName === undefined ? "" : `/index/${String(IndexName)}`;
      return named(TableName, (name) => formatArn(place, "dynamodb", `table/${name}${index}`));
    },
  },
  kinesis: {
    target: "Kinesis_20131202",
    version: "1.1",
    resourceOf: ({ StreamARN, StreamName }, place) =>
      named(StreamARN, (arn) => arn) ??
      named(StreamName, (name) => formatArn(place, "kinesis", `stream/${name}`)),
  },
  states: {
    target: "AWSStepFunctions",
    version: "1.0",
    resourceOf: ({ stateMachineArn, executionArn }) => named(stateMachineArn ?? executionArn, (arn) => arn),
  },
};

const named = (value: unknown, arnOf: (name: string) => string) =>
  typeof value === "string" && value !== "" ? (value.startsWith("arn:") ? value : arnOf(value)) : undefined;

/** Recorded for HTTP endpoints alone, or never sent to services of AWS (localstack's AWS-validated tests, `integration_request.py`). */
const NOT_TO_AWS = /^(?:referer|x-amzn-apigateway-api-id)$/i;

/** The request to a service at its endpoint: the action, and who asks. The signature is not verified here. */
export function serviceRequest(
  { service, region, action }: ServiceBackend,
  endpoint: string,
  { accessKeyId, sessionToken }: SessionCredentials,
  request: BackendRequest,
): BackendRequest {
  const json = action === undefined ? undefined : JSON_SERVICES[service];
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const separator = request.url.includes("?") ? "&" : "?";
  const named =
    action === undefined || json !== undefined ? "" : `${separator}Action=${encodeURIComponent(action)}`;
  const own: [string, string][] = [
    ...(json === undefined
      ? []
      : ([
          ["X-Amz-Target", `${json.target}.${action}`],
          ["Content-Type", `application/x-amz-json-${json.version}`],
        ] as [string, string][])),
    ["X-Amz-Date", date],
    ["X-Amz-Security-Token", sessionToken],
    [
      "Authorization",
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${date.slice(0, 8)}/${region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
    ],
  ];
  const isOwn = (name: string) => own.some(([given]) => given.toLowerCase() === name.toLowerCase());
  return {
    ...request,
    url: `${endpoint}${request.url}${named}`,
    headers: [...request.headers.filter(([name]) => !isOwn(name) && !NOT_TO_AWS.test(name)), ...own],
  };
}

/**
 * Asks the role's policies about a call to an endpoint of the user's own, which nobody else does there: for the actions of which it is
 * known here what they act on.
 *
 * @returns why the call is refused
 */
export async function requireAllowed(
  { service, action }: ServiceBackend,
  principal: Principal,
  payload: string,
  place: Place,
  access: Pick<AccessControl, "authorize">,
): Promise<AwsError | undefined> {
  const input = parseJson(payload);
  const resource = isObject(input) ? JSON_SERVICES[service]?.resourceOf(input, place) : undefined;
  if (action === undefined || resource === undefined) return undefined;
  try {
    await access.authorize({ principal, action: `${service}:${action}`, resource });
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
