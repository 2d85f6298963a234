import { createAwsEndpoint } from "../../../local/aws-api/endpoint";
import type { AwsService } from "../../../local/aws-api/service";
import { createDispatcher } from "../../../local/front-door/dispatch";
import { inboxPage } from "../../../local/front-door/inbox-page";
import { type ListeningServer, listen } from "../../../local/front-door/server";
import type { AccessControl } from "../../../local/iam/access-control";
import { IssuedCredentials } from "../../../local/iam/issued-credentials";
import { type Faults, noFaults } from "../../../local/kernel/faults";
import { Inbox } from "../../../local/kernel/inbox";

export interface RunningEndpoint extends ListeningServer {
  readonly url: string;
  readonly credentials: IssuedCredentials;
  readonly errors: unknown[];
}

export const allowAll: AccessControl = { authorize: async () => {}, isAllowed: async () => true };

/** An AWS endpoint on a real socket, with a stage `development` whose edge answers what it was asked. */
export async function startEndpoint(
  services: readonly AwsService[],
  options: { accessControl?: AccessControl; faults?: Faults } = {},
): Promise<RunningEndpoint> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const credentials = new IssuedCredentials({ region: "us-east-1", accountId: "123456789012" });
  const awsEndpoint = createAwsEndpoint({
    services,
    credentials,
    onError,
    accessControl: options.accessControl ?? allowAll,
    faults: options.faults ?? noFaults,
  });
  const dispatch = createDispatcher({
    awsEndpoint,
    isStagePath: (path) => path === "/development" || path.startsWith("/development/"),
    login: () => undefined,
    inbox: inboxPage({ inbox: new Inbox(), loginPages: () => [] }),
    documents: (path) => (path === "/us-east-1_abc/.well-known/jwks.json" ? { keys: [] } : undefined),
    edge: async (request) => ({
      status: 200,
      headers: [["X-Answered-By", "edge"]],
      body: Buffer.from(`${request.method} ${request.target}`),
      decision: { layer: "routing", detail: "echo" },
      trace: { id: "", extendedId: "", caller: undefined, steps: [] },
    }),
  });
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    onError,
    handler: async (request) => (await dispatch(request)).response,
  });
  return { ...server, url: `http://127.0.0.1:${server.port}`, credentials, errors };
}

export const administrator = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

export function signedFor(service: string, accessKeyId = "AKIDEXAMPLE"): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;
}
