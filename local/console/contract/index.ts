import type { AwsCall } from "./aws";
import type { AttackRun, Comparison, Defence, DefenceSwitch, NotRun, Restart } from "./defences";
import type { FunctionPermissions, FunctionView } from "./functions";
import type { Mail, MessagesOverview } from "./messages";
import type { MapData, Overview } from "./overview";
import type { RequestDetail, RequestSummary } from "./requests";
import type { LogLine } from "./runs";
import type { TryAnswer, TryForm, TryRequest } from "./try";
import type { WebAclOverview } from "./web-acl";

export * from "./aws";
export type * from "./defences";
export type * from "./functions";
export type * from "./http";
export type * from "./messages";
export type * from "./overview";
export type * from "./requests";
export type * from "./runs";
export type * from "./try";
export type * from "./web-acl";

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
