import type { TestRuntime } from "../../support/local-runtime";

/** A call of an AWS API as it goes over the wire, without its signature. */
export interface AwsCall {
  /** The signing name: `sns`. */
  readonly service: string;
  /** @default POST */
  readonly method?: string;
  /** @default / */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a call is signed with; the local endpoint reads the key and does not verify the signature. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

export interface AwsAnswer {
  readonly status: number;
  readonly body: string;
}

/** Any key that no function has: the account's administrator. */
export const ADMINISTRATOR: Credentials = { accessKeyId: "AKIAADMINISTRATOR" };

/** `sns`, `Publish`: the query protocol. */
export function queryCall(
  service: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
): AwsCall {
  return {
    service,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: action, ...parameters }).toString(),
  };
}

/** `secretsmanager.GetSecretValue`: the JSON protocol. */
export function jsonCall(service: string, target: string, input: object): AwsCall {
  return {
    service,
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target },
    body: JSON.stringify(input),
  };
}

/** The REST protocol: a body makes it a `POST`, else it is a `GET`. */
export function restCall(service: string, path: string, input?: object): AwsCall {
  const headers = { "Content-Type": "application/json" };
  return input === undefined
    ? { service, method: "GET", path, headers }
    : { service, path, headers, body: JSON.stringify(input) };
}

export function invokeCall(functionName: string, event: object): AwsCall {
  return restCall("lambda", `/2015-03-31/functions/${functionName}/invocations`, event);
}

/** Sends the call; without credentials it is not signed. */
export async function send(
  { runtime }: Pick<TestRuntime, "runtime">,
  { service, method = "POST", path = "/", headers, body }: AwsCall,
  credentials?: Credentials,
): Promise<AwsAnswer> {
  const answer = await fetch(runtime.awsEndpointUrl + path, {
    method,
    headers: { ...headers, ...(credentials && signature(credentials, runtime.region, service)) },
    body: body ?? null,
  });
  return { status: answer.status, body: await answer.text() };
}

function signature({ accessKeyId, sessionToken }: Credentials, region: string, service: string) {
  return {
    Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
  };
}
