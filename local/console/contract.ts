import type { Caller, RequestTrace, TraceStep } from "../kernel/trace";

/**
 * Everything that goes between the console's server and its pages: each route, and the types of what it takes and gives.
 *
 * **The address.** `npm start` prints `http://127.0.0.1:3003/#<token>`. The token is in the fragment, which a browser sends to
 * nobody. The page keeps it in `localStorage` (which belongs to this host and port) and removes it from the address; it sends
 * it with every call as the header `X-Console-Token`. A header, not a cookie: cookies of 127.0.0.1 go to every port of it, so
 * the API's stage would get the console's key with each request of a browser; and no page of another site can make a browser
 * send the header. Without it every `/api/…` is 401 and tells nothing. The token stays the same when the
 * runtime restarts, so an open page goes on.
 *
 * **Documents.** The server asks `local/console/pages/build.ts` for `buildPages(): Promise<PageFiles>` once, when a page is first
 * opened. `GET` of any path that is not below `/api/` gives the page (`index.html`), a file that the build made
 * (`/assets/…`), or 404 below `/assets/`. So a page may have addresses of its own: `/requests/<id>`.
 *
 * **Calls.** JSON in, JSON out. Each answer is an `Envelope`: the data, and the console's state (how many defences are off). A
 * failure has `error` in place of `data` and the HTTP status of what went wrong (400, 401, 404, 409; 502 for an `AwsError`).
 *
 * **Events.** `GET /api/events` is `text/event-stream`; `EventSource` can send no header, so read it with `fetch`. Each event's
 * name is a key of `Events`, its data that type as JSON. The first is `state`. A comment goes out every 15 seconds. After a
 * break: connect again, and read again what is shown.
 */
export interface Routes {
  "GET /api/overview": { answer: Overview };
  "GET /api/map": { answer: MapData };
  /** `?limit=` (200) and `?before=<id>`: newest first. The page filters. */
  "GET /api/requests": { answer: readonly RequestSummary[] };
  /** `?unmasked=true`: also credentials of a kept message. 404 once it is no longer among the newest 10,000. */
  "GET /api/requests/{id}": { answer: RequestDetail };
  /** Forgets all requests, messages and runs. */
  "POST /api/requests/clear": { input: Empty; answer: Empty };
  /** Whether headers and bodies are kept, of requests from now on. Off at start; turning it off forgets them. */
  "POST /api/keep": { input: { readonly messages: boolean }; answer: Empty };
  /** `?minutes=` (180). */
  "GET /api/web-acl": { answer: WebAclOverview };
  "GET /api/try": { answer: TryForm };
  "POST /api/try": { input: TryRequest; answer: TryAnswer };
  "GET /api/defences": { answer: readonly Defence[] };
  /** The rows of docs/security.md that have no attack here, in its order. */
  "GET /api/defences/not-run": { answer: readonly NotRun[] };
  "POST /api/defences/attack": { input: { readonly id: string }; answer: AttackRun };
  /** Takes defences out or puts them back, and restarts the runtime's services on the same port. */
  "POST /api/defences/switch": { input: DefenceSwitch; answer: Restart };
  "POST /api/defences/reset": { input: Empty; answer: Restart };
  /** Attack, take out, attack again, put back: both answers side by side. */
  "POST /api/defences/compare": { input: { readonly id: string }; answer: Comparison };
  "GET /api/permissions": { answer: readonly FunctionPermissions[] };
  "GET /api/functions": { answer: readonly FunctionView[] };
  /** The text of one file of the bundle: `?file=index.mjs`. */
  "GET /api/functions/{name}/source": { answer: { readonly file: string; readonly text: string } };
  "GET /api/messages": { answer: MessagesOverview };
  /** Gives a dead-letter queue's messages back to where they come from. */
  "POST /api/messages/redrive": {
    input: { readonly queueArn: string };
    answer: { readonly redriven: number; readonly left: number; readonly why?: string };
  };
  "GET /api/inbox": { answer: readonly Mail[] };
  /** The API as OpenAPI 3.1, from the deployment: `?stage=`. */
  "GET /api/openapi": {
    answer: { readonly stage: string; readonly document: Readonly<Record<string, unknown>> };
  };
  /** An operation of a service in `AWS_OPERATIONS`, called as the account's administrator. */
  "POST /api/aws": { input: AwsCall; answer: Readonly<Record<string, unknown>> };
}

/** What `GET /api/events` sends. `?log=<log group>` (repeatable) adds that group's lines. */
export interface Events {
  readonly state: ConsoleState;
  /** A request was answered. */
  readonly request: RequestSummary;
  /** What a request caused went on after its answer (a message was delivered, a function ran): read it again if it is open. */
  readonly updated: { readonly id: string };
  readonly log: LogLine;
  readonly mail: Mail;
  /** What the terminal shows too: an undeliverable message, an internal error. */
  readonly notice: { readonly at: number; readonly text: string };
}

/** The built pages by path: `/index.html`, `/assets/console.js`, `/assets/console.css`. Nothing inline: the policy forbids it. */
export type PageFiles = ReadonlyMap<string, { readonly contentType: string; readonly body: Buffer }>;

export type Empty = Readonly<Record<string, never>>;

export type Envelope<T> = { readonly state: ConsoleState } & (
  | { readonly data: T }
  | { readonly error: ConsoleError }
);

export interface ConsoleError {
  /** What was wrong, what was received, the remedy: to be shown as it is. */
  readonly message: string;
  /** An AWS error's code: `UserNotFoundException`. */
  readonly code?: string;
}

export interface ConsoleState {
  readonly runtime: "running" | "restarting" | "failed";
  /** One more with each restart: what was read before is of another runtime. */
  readonly generation: number;
  readonly defences: { readonly total: number /** Ids. */; readonly off: readonly string[] };
  /** Whether headers and bodies are kept. */
  readonly keepsMessages: boolean;
}

export interface Overview {
  /** `SecureLambdaAPI`, one for each REST API. */
  readonly apis: readonly string[];
  readonly environment?: string;
  /** `http://127.0.0.1:3000/development` for each stage. */
  readonly invokeUrls: readonly string[];
  readonly awsEndpointUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly startedAt: number;
  /** What is not enforced here, a line each. */
  readonly notEnforced: readonly string[];
  readonly layers: readonly LayerInfo[];
  readonly userPools: readonly { readonly id: string; readonly name: string; readonly clientId: string }[];
  /** Of the newest 10,000 requests. */
  readonly counts: { readonly requests: number; readonly refused: number; readonly failed: number };
}

/** A layer in AWS's order, as docs/security.md lists it. */
export interface LayerInfo {
  readonly name: string;
  readonly checks: string;
  readonly answers: string;
}

// ------------------------------------------------------------------------------------------------------------- the map

export interface MapData {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export type NodeKind =
  | "client"
  | "web ACL"
  | "stage"
  | "method"
  /** Methods of the same first part of the path, where an API has many: `/users`, `count` of them. */
  | "methods"
  | "user pool"
  | "function"
  | "secret"
  | "topic"
  | "queue"
  | "logs";

export interface MapNode {
  /** Terraform's address; `client` and `logs` for what is outside of the deployment; `methods:/users` for a group. */
  readonly id: string;
  readonly kind: NodeKind;
  /** As people call it: `POST /lambda1`, `ExternalLambda1`. */
  readonly name: string;
  /** From left to right: the longest way from the client. */
  readonly column: number;
  /** Of a group: how many it stands for, and which. */
  readonly members?: readonly { readonly id: string; readonly name: string }[];
  /** What is not enforced here of this part, or of what belongs to it. */
  readonly notEnforced: readonly string[];
  /** Ids of the defences that are off here. */
  readonly defencesOff: readonly string[];
  /** What a page needs to open the part: the function's name, the queue's ARN, the log group, the pool's id. */
  readonly ref?: { readonly arn?: string; readonly name?: string };
}

export interface MapEdge {
  /** `<from>→<to>` */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** A check (method → user pool, function → secret) rather than the way of the request. */
  readonly isSide: boolean;
  /**
   * How many of the newest 10,000 requests, runs and messages passed it, also before the services were started anew. Add
   * `RequestSummary.way` to go on.
   */
  readonly count: number;
  /** How many were refused at its end. */
  readonly refused: number;
}

// ------------------------------------------------------------------------------------------------------------ requests

export interface RequestSummary
  extends Pick<
    RequestTrace,
    "at" | "method" | "path" | "query" | "sourceIp" | "userAgent" | "status" | "durationMs" | "decidedBy"
  > {
  /** Unique. API Gateway's request id; one of the console's for what the server refused before. */
  readonly id: string;
  /** Refused: a layer's own answer. Answered: the API's. Failed: 5xx. */
  readonly outcome: "answered" | "refused" | "failed";
  readonly caller?: CallerView;
  /** The map's nodes that it passed, in order; it was decided at the last one. */
  readonly way: readonly string[];
  /** The defences that were off when it came. */
  readonly defencesOff: readonly string[];
}

export interface CallerView extends Caller {
  readonly poolName: string;
  /** The e-mail address, else the user name; not set once the user is gone. */
  readonly username?: string;
}

export interface RequestDetail extends RequestSummary {
  /** Every layer in AWS's order, also those that the request did not reach. */
  readonly ladder: readonly Rung[];
  /** The function that answered, and those that ran because of it (the topic's), in the order of their start. */
  readonly runs: readonly RunView[];
  readonly messages: readonly MessageView[];
  readonly onAws: readonly OnAws[];
  /** Where a layer refused: what would let the same request pass it. */
  readonly advice?: Advice;
  /** Set where headers and bodies were kept when it came. */
  readonly exchange?: KeptExchange;
  /** The request as a curl command; with `$TOKEN` and `'…'` for what was not kept or is masked. */
  readonly curl: string;
}

export type Rung =
  | (TraceStep & { readonly reached: true })
  | { readonly reached: false; readonly layer: string };

/** One run of a function. */
export interface RunView {
  readonly functionName: string;
  /** Lambda's request id, as in its log. */
  readonly requestId: string;
  /** The request that caused it. */
  readonly causedBy?: string;
  readonly at: number;
  /** Not set while it runs. */
  readonly durationMs?: number;
  /** On AWS, what is paid for: rounded up to a millisecond. */
  readonly billedMs?: number;
  readonly cold?: boolean;
  readonly instance?: string;
  readonly outcome: "running" | "succeeded" | "failed" | "timed out" | "crashed";
  readonly logGroup: string;
  readonly logStream?: string;
  readonly lines: readonly LogLine[];
  readonly calls: readonly AwsCallView[];
}

export interface LogLine {
  readonly group: string;
  readonly stream: string;
  readonly at: number;
  readonly message: string;
}

/** A call of an AWS API that a function did, with the credentials of its role. */
export interface AwsCallView {
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  /** What the permission is asked for: `sns:Publish`; not set where none is needed. */
  readonly action?: string;
  readonly resource?: string;
  readonly allowed: boolean;
  /** The statement that allowed or denied it; not set where nothing allows it. */
  readonly decidedBy?: StatementRef;
  /** Where it was denied: IAM's words. */
  readonly why?: string;
  readonly status: number;
  /** An AWS error's code. */
  readonly error?: string;
  readonly durationMs: number;
}

export interface StatementRef {
  /** The policy: the address of the resource that carries it. */
  readonly policy: string;
  readonly kind: "identity" | "resource" | "boundary";
  /** Its `Sid`, else its place: `statement 1`. */
  readonly statement: string;
}

/** A message from a topic to one of its subscriptions, or from a function's event queue to its destination. */
export interface MessageView {
  readonly messageId: string;
  /** The request that caused it. */
  readonly causedBy?: string;
  readonly topicArn?: string;
  readonly at: number;
  readonly hops: readonly MessageHop[];
}

export interface MessageHop {
  readonly at: number;
  readonly kind: /** A subscription's filter policy did not match. */
    | "filtered"
    | "delivered"
    | "failed"
    /** It waits before it is tried again. */
    | "waiting"
    | "dead letter"
    | "lost";
  /** ARN of the subscription, function or queue. */
  readonly to: string;
  readonly attempt?: number;
  /** The run that a delivery started. */
  readonly requestId?: string;
  readonly detail: string;
}

/** What AWS would write of this request. */
export interface OnAws {
  readonly kind: "access log" | "execution log" | "web ACL log" | "function log";
  /** A log group's name; for a web ACL its destination. */
  readonly where: string;
  readonly lines: readonly string[];
  /** Where AWS would write nothing: why. */
  readonly note?: string;
}

export interface Advice {
  readonly layer: TraceStep["layer"];
  /** One sentence: `Send an ID token of a user of MyUserPool1 in the header Authorization.` */
  readonly text: string;
  /** A request for the page "Try it" that would pass this layer. */
  readonly request?: TryRequest;
  /** Where it is set: `aws_api_gateway_method.POST-lambda1`. */
  readonly address?: string;
}

/** A message, kept because the visitor asked for it. */
export interface KeptExchange {
  readonly request: KeptMessage;
  readonly response: KeptMessage & { readonly status: number };
}

export interface KeptMessage {
  /** Credentials are `***` unless asked for unmasked. */
  readonly headers: Pairs;
  /** At most 64 KB of it. */
  readonly body: BodyText;
}

export type Pairs = readonly (readonly [name: string, value: string])[];

export interface BodyText {
  readonly text: string;
  /** Where the bytes are not UTF-8, the text is base64. */
  readonly isBase64: boolean;
  /** How long the whole is. */
  readonly bytes: number;
}

// ------------------------------------------------------------------------------------------------------------- web ACL

export interface WebAclOverview {
  readonly webAcls: readonly WebAclView[];
  readonly bucketMs: number;
  /** Without gaps, oldest first. */
  readonly overTime: readonly {
    readonly at: number;
    readonly allowed: number;
    readonly blocked: number;
    readonly counted: number;
  }[];
  readonly totals: { readonly allowed: number; readonly blocked: number; readonly counted: number };
  /** Each sorted, most first, at most 20. */
  readonly byRule: readonly Count[];
  readonly bySource: readonly Count[];
  readonly byPath: readonly Count[];
  readonly byMethod: readonly Count[];
  /** Kind of device, from the user agent. */
  readonly byDevice: readonly Count[];
  /** What AWS's managed rules would likely have done. */
  readonly predictions: readonly Count[];
  /** Newest first, at most 100. Open one by its id. */
  readonly sampled: readonly SampledRequest[];
}

export interface WebAclView {
  readonly name: string;
  readonly arn: string;
  readonly address: string;
  readonly defaultAction: "ALLOW" | "BLOCK";
  readonly rules: readonly {
    readonly name: string;
    readonly priority: number;
    readonly action: string;
    /** Only AWS has its rules: they are predicted. */
    readonly isManaged: boolean;
    readonly matched: number;
  }[];
}

export interface Count {
  readonly name: string;
  readonly count: number;
  /** Of them, blocked. */
  readonly blocked: number;
}

export interface SampledRequest
  extends Pick<RequestSummary, "id" | "at" | "method" | "path" | "sourceIp" | "userAgent"> {
  readonly action: "ALLOW" | "BLOCK" | "COUNT";
  readonly rule: string;
  readonly labels: readonly string[];
}

// -------------------------------------------------------------------------------------------------------------- try it

export interface TryForm {
  readonly stages: readonly string[];
  readonly routes: readonly TryRoute[];
  readonly people: readonly Person[];
  /** `none` and `wrong` come first. */
  readonly apiKeys: readonly { readonly id: string; readonly name: string }[];
}

export interface TryRoute {
  readonly method: string;
  /** Without the stage: `/lambda1`. */
  readonly path: string;
  readonly stages: readonly string[];
  /** The authorizer's name; not set where the method is open. */
  readonly authorizer?: string;
  /** The pools whose users it lets in. */
  readonly poolIds: readonly string[];
  readonly needsApiKey: boolean;
  /** Created from the model where there is one. */
  readonly bodies: readonly { readonly name: string; readonly body: string; readonly fits: boolean }[];
  readonly contentType?: string;
  /** Required parameters: `method.request.querystring.q`. */
  readonly required: readonly string[];
  /** For the method test, `TestInvokeMethod`. */
  readonly restApiId: string;
  readonly resourceId: string;
}

/** Who sends the request. */
export interface Person {
  /** `nobody`, `forger`, `expired:<pool>:<user>`, `access:<pool>:<user>`, `user:<pool>:<user>`. */
  readonly id: string;
  readonly kind: "nobody" | "forger" | "expired token" | "access token" | "user";
  readonly name: string;
  readonly poolId?: string;
  /** What its token is, in a sentence. */
  readonly detail: string;
}

export interface TryRequest {
  readonly stage: string;
  readonly method: string;
  /** Without the stage, path parameters filled in. */
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  /** A `Person.id`. @default nobody */
  readonly person?: string;
  /** An id of `TryForm.apiKeys`. @default none */
  readonly apiKey?: string;
  /** Beside those of person and key. */
  readonly headers?: Pairs;
  readonly body?: string;
}

export interface TryAnswer {
  /** For `GET /api/requests/{id}`. */
  readonly id: string;
  readonly status: number;
  /** As sent, in order. */
  readonly headers: Pairs;
  readonly body: BodyText;
  readonly durationMs: number;
  /** With `$TOKEN` and `$API_KEY` for what is secret. */
  readonly curl: string;
}

// ------------------------------------------------------------------------------------------------------------ defences

/** An attack, and the defence against it. Several attacks may be on one defence, and then share its switch. */
export interface Defence {
  readonly id: string;
  readonly defenceId: string;
  /** `API2:2023 Broken Authentication` */
  readonly owasp: string;
  readonly threat: string;
  readonly layer: string;
  /** `aws_api_gateway_method.authorization` */
  readonly setting: string;
  /** The resources that carry it. */
  readonly addresses: readonly string[];
  readonly isOff: boolean;
  /** Why it has no attack or no switch in this deployment; not set where it has both. */
  readonly unavailable?: string;
  /** The newest run with all defences on, and the newest with this one off. */
  readonly withDefence?: AttackRun;
  readonly withoutDefence?: AttackRun;
}

export interface NotRun {
  /** `API2:2023 Broken Authentication` */
  readonly owasp: string;
  readonly threat: string;
  /** Why the console does not run the attack. */
  readonly why: string;
}

export interface DefenceSwitch {
  readonly ids: readonly string[];
  readonly isOff: boolean;
}

export interface Restart {
  /** What did not survive: messages on their way, the buckets' levels, sign-ins that had not come to an end. */
  readonly lost: readonly string[];
}

export interface AttackRun {
  readonly id: string;
  readonly at: number;
  readonly defencesOff: readonly string[];
  /** Whether the attacker got what it wanted. */
  readonly succeeded: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly exchanges: readonly AttackExchange[];
}

export interface AttackExchange {
  /** `POST /lambda1 without a token` */
  readonly title: string;
  /** For `GET /api/requests/{id}`; not set for a call of an AWS API. */
  readonly id?: string;
  readonly status: number;
  readonly headers: Pairs;
  readonly body: BodyText;
  /** How often the same answer came: a flood is one exchange for each answer. */
  readonly times: number;
}

export interface Comparison {
  readonly withDefence: AttackRun;
  readonly withoutDefence: AttackRun;
}

// --------------------------------------------------------------------------------------------------------- permissions

export interface FunctionPermissions {
  readonly functionName: string;
  readonly roleArn: string;
  readonly rows: readonly PermissionRow[];
  /** The smallest identity policy that allows what was seen; `undefined` where nothing was. */
  readonly smallestPolicy?: PolicyJson;
  /** How many calls it rests on. */
  readonly calls: number;
}

export interface PermissionRow {
  readonly action: string;
  readonly resource: string;
  readonly verdict: "used" | "never used" | "denied";
  readonly count: number;
  readonly lastAt?: number;
  /** The statement that grants it, or denied it. */
  readonly statement?: StatementRef;
}

export interface PolicyJson {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

// ------------------------------------------------------------------------------------- functions, messages, inbox, AWS

export interface FunctionView {
  readonly name: string;
  readonly arn: string;
  readonly address: string;
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;
  readonly logGroup: string;
  readonly instances: number;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly bundle: readonly { readonly file: string; readonly bytes: number }[];
  /** Newest first, at most 20. */
  readonly recentRuns: readonly RunView[];
}

export interface MessagesOverview {
  readonly topics: readonly TopicView[];
  readonly queues: readonly QueueView[];
  /** Newest first, at most 200. */
  readonly recent: readonly MessageView[];
}

export interface TopicView {
  readonly arn: string;
  readonly name: string;
  readonly address: string;
  readonly subscriptions: readonly {
    readonly arn: string;
    readonly protocol: string;
    readonly endpoint: string;
    readonly deadLetterQueue?: string;
    readonly delivered: number;
    readonly failed: number;
  }[];
}

export interface QueueView {
  readonly arn: string;
  readonly name: string;
  readonly url: string;
  readonly address: string;
  /** ARNs of the subscriptions and functions whose dead letters it takes. */
  readonly deadLettersOf: readonly string[];
  /** Looked at without receiving them. At most 100, oldest first. */
  readonly messages: readonly QueuedMessage[];
  readonly visible: number;
  readonly notVisible: number;
}

export interface QueuedMessage {
  readonly messageId: string;
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly isVisible: boolean;
  /** At most 4 KB of it. `undefined` unless messages are kept. */
  readonly body?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What Cognito or SNS would have sent to somebody. */
export interface Mail {
  readonly id: string;
  readonly at: number;
  /** By e-mail or by text message. */
  readonly medium: "EMAIL" | "SMS";
  readonly to: string;
  readonly poolId?: string;
  readonly username?: string;
  readonly subject: string;
  readonly text: string;
  /** A code to type in, where it has one. */
  readonly code?: string;
}

export interface AwsCall {
  /** A key of `AWS_OPERATIONS`. */
  readonly service: string;
  readonly operation: string;
  /** The operation's input, as the API reference has it. Times in answers are seconds since the epoch. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What `POST /api/aws` may call. Nothing that reads a secret's value, and nothing of STS. */
export const AWS_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  apigateway: [
    "GetRestApis",
    "GetResources",
    "GetMethod",
    "GetModels",
    "GetAuthorizers",
    "GetGatewayResponses",
    "GetStages",
    "GetUsagePlans",
    "TestInvokeMethod",
  ],
  "cognito-idp": [
    "ListUserPools",
    "DescribeUserPool",
    "ListUserPoolClients",
    "ListUsers",
    "AdminGetUser",
    "AdminCreateUser",
    "AdminSetUserPassword",
    "AdminResetUserPassword",
    "AdminConfirmSignUp",
    "AdminEnableUser",
    "AdminDisableUser",
    "AdminDeleteUser",
    "AdminUserGlobalSignOut",
    "AdminUpdateUserAttributes",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AdminListGroupsForUser",
    "ListGroups",
    "ListUsersInGroup",
    "CreateGroup",
    "DeleteGroup",
    "SignUp",
    "ConfirmSignUp",
    "ResendConfirmationCode",
  ],
  lambda: ["ListFunctions", "GetFunctionConfiguration", "Invoke"],
  logs: ["DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents"],
  secretsmanager: ["ListSecrets", "DescribeSecret"],
  sns: ["ListTopics", "ListSubscriptionsByTopic", "GetTopicAttributes", "Publish"],
  sqs: ["ListQueues", "GetQueueAttributes", "PurgeQueue"],
  wafv2: ["ListWebACLs", "GetWebACL", "ListIPSets", "GetIPSet", "GetSampledRequests"],
};
