import type { AwsCall } from "../../../local/console/defences/aws-call";
import { sendTo, type TestRuntime } from "../../support/local-runtime";

export * from "../../../local/console/defences/aws-call";

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

/** Sends the call; without credentials it is not signed. */
export function send(
  { runtime }: Pick<TestRuntime, "runtime">,
  { service, method = "POST", path = "/", headers, body }: AwsCall,
  credentials?: Credentials,
): Promise<AwsAnswer> {
  const signed = { ...headers, ...(credentials && signature(credentials, runtime.region, service)) };
  return sendTo(runtime.port, { method, path, headers: Object.entries(signed), body: body ?? "" });
}

function signature({ accessKeyId, sessionToken }: Credentials, region: string, service: string) {
  return {
    Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
  };
}
