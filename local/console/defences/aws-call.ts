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
