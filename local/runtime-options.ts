import type { Deployment } from "./deployment/deployment";
import type { SessionCredentials } from "./iam/access-control";
import type { PolicyAccessControl } from "./iam/policy-access-control";
import type { Activity } from "./kernel/activity";
import type { Clock } from "./kernel/clock";
import type { Faults } from "./kernel/faults";
import type { Inbox } from "./kernel/inbox";
import type { Members } from "./kernel/input";
import type { Kept } from "./kernel/kept";
import type { KeyPair } from "./kernel/key-pair";
import type { ServerLimits } from "./kernel/limits";
import type { RequestTrace, TraceLog } from "./kernel/trace";
import type { OwnEndpoint } from "./own-endpoints";
import type { Ports } from "./services/ports";

export interface RuntimeOptions {
  readonly deployment: Deployment;
  /** On the loopback interface; 0 for a free one. */
  readonly port: number;
  /** @default no faults */
  readonly faults?: Faults;
  /** What Lambda's waits between retries (1 and 2 minutes) are multiplied with. @default 1 */
  readonly retryDelayScale?: number;
  /**
   * Where a debugger finds the first function; each further one has the next port. Functions then have one instance each,
   * started at once, and no timeout. @default nowhere
   */
  readonly inspectPort?: number;
  /**
   * What becomes of a match with a rule of AWS's managed rule groups, which only AWS has and the runtime predicts: the
   * request is blocked, or it goes on and the prediction is shown; `off` predicts nothing. @default "show"
   */
  readonly managedRules?: "block" | "show" | "off";
  /** Where functions find services that are not served here. @default nowhere */
  readonly ownEndpoints?: readonly OwnEndpoint[];
  /** @default the system's clock */
  readonly clock?: Clock;
  /** In PEM: the port takes TLS as well, and browsers are sent there. @default plain HTTP alone */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What the loopback server lets a client send, and how long it waits for it. @default API Gateway's sizes */
  readonly limits?: ServerLimits;
  /** Makes the key pair of a user pool; called once a pool. @default a new one, which takes some tenths of a second */
  readonly makeKeyPair?: () => KeyPair;
  /** Where requests are remembered: another runtime's, to go on with it. @default a new one */
  readonly traces?: TraceLog;
  /** Where runs, calls and messages are remembered: another runtime's, to go on with it. @default a new one */
  readonly activity?: Activity;
  /** Where what would be sent to people is kept: another runtime's, to go on with it. @default a new one */
  readonly inbox?: Inbox;
  /** What another runtime of the same deployment left behind: users, groups, sessions, keys, warm instances. Whoever gives it closes it. @default nothing */
  readonly kept?: Kept;
  /** A request to the invoke URL or to a login page that was answered. */
  readonly onRequest?: (request: RequestLine) => void;
  /** What AWS would tell by e-mail or by a metric: a sign-up's code, a message that could not be delivered. */
  readonly onNotice?: (text: string) => void;
}

/** A request to the invoke URL or a login page, or one that the server itself refused, as the terminal shows it: never a token or a body. */
export interface RequestLine {
  /** The trace's; a request to a login page has none. */
  readonly id?: string;
  readonly at: Date;
  readonly sourceIp: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly decision: RequestTrace["decidedBy"] | { readonly layer: "login"; readonly detail: string };
  readonly durationMs: number;
}

export interface RuntimeUserPool {
  readonly name: string;
  readonly id: string;
  readonly clientId: string;
  /** Where a browser signs in for that client; left out where the pool or the client has no login page. */
  readonly loginPageUrl?: string;
}

/** What the console sees of a runtime that runs in the same process. */
export interface RuntimeInside {
  readonly deployment: Deployment;
  /** The functions' runs, what they called, and where messages went. */
  readonly activity: Activity;
  readonly access: Pick<PolicyAccessControl, "decide" | "asked">;
  readonly ports: Ports;
  /** The credentials that a function runs with. @throws Error for a function that is not there */
  credentialsOf(functionName: string): SessionCredentials;
  /**
   * Calls an operation as the account's administrator, by the names of the API: `cognito-idp`, `ListUsers`.
   *
   * @throws AwsError as the API answers, also for an operation that is not there
   */
  call(service: string, operation: string, input: Members): Promise<Members>;
}

/** A deployment that is being served. */
export interface Runtime {
  readonly port: number;
  /** `http://127.0.0.1:3000/development` for each stage. */
  readonly invokeUrls: readonly string[];
  /** `http://127.0.0.1:3000`: for `AWS_ENDPOINT_URL`. */
  readonly awsEndpointUrl: string;
  /** `https://127.0.0.1:3000` where TLS is served, else the same as the endpoint: for browsers. */
  readonly browserUrl: string;
  readonly region: string;
  readonly userPools: readonly RuntimeUserPool[];
  /** What of the deployment is not enforced here, and why; one line each. */
  readonly warnings: readonly string[];
  /** What happened to the newest requests, layer by layer. */
  readonly traces: TraceLog;
  /** The newest messages that AWS would have sent to people: codes, temporary passwords. */
  readonly inbox: Inbox;
  /** Where people and scripts read them. */
  readonly inboxUrl: string;
  /** What is served, from inside. */
  readonly inside: RuntimeInside;
  /** Creates a confirmed user. */
  createUser(poolId: string, user: { readonly email: string; readonly password: string }): void;
  /**
   * Resolves when nothing is on its way any more: notifications are delivered, asynchronous events handled or given up, with
   * their retries. For tests, which then need not ask again and again.
   */
  settled(): Promise<void>;
  /** Stops at once: open connections are closed, functions ended. */
  close(): Promise<void>;
}
