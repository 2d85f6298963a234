import type { EdgeRequest, EdgeResponse } from "../kernel/exchange";
import type { FunctionInvoker } from "../kernel/function-invoker";
import type { HttpRequest, HttpResponse } from "../kernel/http-message";
import type { LogSink } from "../kernel/log-sink";
import type { MessageAttributes } from "../kernel/message-attributes";
import type { TokenVerifier } from "../kernel/token-verification";
import type { WebAclInspector } from "../kernel/web-acl-inspection";

/**
 * What services offer each other, as services of AWS call each other without a client. No service imports another: it
 * asks its ports. Permissions are checked before a port is called, unless the port says otherwise.
 */
export interface Ports {
  /** Lambda. Checks the permission of the principal that invokes. */
  readonly functions: FunctionInvoker;
  /** How many instances of a function there are. */
  readonly instances: (functionArn: string) => number;
  /** Makes a function run the code in another folder from now on. @throws AwsError for a function that is not there */
  readonly replaceCode: (functionName: string, codeFolder: string) => Promise<void>;
  /** Starts an instance of each function that a debugger can find. @returns where, by the function's name */
  readonly startInspected: () => Promise<ReadonlyMap<string, number>>;
  /** CloudWatch Logs. */
  readonly logs: LogSink;
  /** The keys of the user pools. */
  readonly tokens: TokenVerifier;
  /** The web ACL that guards the stage with that ARN. */
  readonly webAclFor: (stageArn: string) => WebAclInspector | undefined;
  readonly queues: QueuePort;
  readonly topics: TopicPort;
  /** Cognito's documents and users. */
  readonly users: UsersPort;
  /** Cognito's login pages. */
  readonly login: LoginPort;
  /** The REST APIs' data plane. */
  readonly edge: EdgePort;
  /** Tells of each line that a log group gets from now on. @returns what ends that */
  readonly watchLog: (group: string, onLine: (line: WatchedLine) => void) => () => void;
}

export interface WatchedLine {
  readonly stream: string;
  readonly message: string;
  readonly timestamp: number;
}

/** The ports that are offered so far. Asking for one that is not there yet is a mistake of the table's order. */
export class Switchboard implements Ports {
  readonly #offered: Partial<Ports> = {};

  offer(ports: Partial<Ports>): void {
    Object.assign(this.#offered, ports);
  }

  get functions() {
    return this.#require("functions");
  }

  get instances() {
    return this.#require("instances");
  }

  get replaceCode() {
    return this.#require("replaceCode");
  }

  get startInspected() {
    return this.#require("startInspected");
  }

  get logs() {
    return this.#require("logs");
  }

  get tokens() {
    return this.#require("tokens");
  }

  get webAclFor() {
    return this.#require("webAclFor");
  }

  get queues() {
    return this.#require("queues");
  }

  get topics() {
    return this.#require("topics");
  }

  get users() {
    return this.#require("users");
  }

  get watchLog() {
    return this.#require("watchLog");
  }

  get login() {
    return this.#require("login");
  }

  get edge() {
    return this.#require("edge");
  }

  #require<K extends keyof Ports>(name: K): Ports[K] {
    const port: Ports[K] | undefined = this.#offered[name];
    if (port === undefined) throw new Error(`no service offers the port ${name} yet`);
    return port;
  }
}

export interface QueuePort {
  /**
   * Puts a message into the queue.
   *
   * @param sender the service that sends, for the message's `SenderId`
   * @param more the group of a fair queue's message, and X-Ray's header
   * @throws AwsError where the deployment has no such queue, or the message is too large for it
   */
  send(
    queueArn: string,
    body: string,
    attributes: MessageAttributes,
    sender: string,
    more?: { readonly groupId?: string | undefined; readonly traceHeader?: string | undefined },
  ): { readonly id: string };
  /** For a service that takes messages out of the queue; `undefined` where the deployment has no such queue. */
  consumerOf(queueArn: string): QueueConsumer | undefined;
  /** The messages in the queue, oldest first, without receiving them. */
  look(queueArn: string): readonly WaitingMessage[];
  /** Gives the messages that can be received to their taker, and deletes those that it takes. @returns how many it took */
  drain(queueArn: string, take: (message: WaitingMessage) => Promise<boolean>): Promise<number>;
}

export interface QueueConsumer {
  /** How long a received message stays invisible unless it is deleted. */
  readonly visibilityTimeoutSeconds: number;
  receive(most: number): readonly ReceivedMessage[];
  /** Does nothing to a message that was received again since. */
  delete(receiptHandle: string): void;
  /** Calls the listener whenever a message may have become visible. @returns what ends that */
  watch(listener: () => void): () => void;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** SQS's own: `SentTimestamp`. */
  readonly systemAttributes: Readonly<Record<string, string | undefined>>;
  readonly receiveCount: number;
}

/** A message as it waits in a queue. */
export interface WaitingMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly isVisible: boolean;
}

export interface TopicPort {
  /** @throws AwsError where the deployment has no such topic, or the message is too large */
  publish(topicArn: string, message: string, attributes: MessageAttributes): void;
}

export interface UsersPort {
  /** `/<pool id>/.well-known/jwks.json` and `…/openid-configuration`; `undefined` for every other path. */
  wellKnownDocument(path: string): object | undefined;
  /** Signs claims with the pool's key, whatever they say: what the authorizer makes of them is its business. */
  sign(userPoolId: string, claims: object): string;
  /** What people call the user: the e-mail address, else the user name; `undefined` where the pool or the user is not there. */
  nameOf(userPoolId: string, sub: string): string | undefined;
  /** Creates a user who can sign in at once, with AdminCreateUser and AdminSetUserPassword. Throws what they throw. */
  createConfirmedUser(user: {
    readonly userPoolId: string;
    readonly email: string;
    readonly password: string;
  }): void;
}

export interface LoginPort {
  /** What is at a path, as sent; `undefined` where no login page has it below its address. */
  at(path: string): LoginResource | undefined;
  /** The path at which a browser signs in for that client; `undefined` where the pool or the client has no page. */
  pathOf(userPoolId: string, clientId: string): string | undefined;
}

export interface LoginResource {
  readonly poolName: string;
  /** Below the domain, as on AWS: `/oauth2/token`. */
  readonly path: string;
  /** The method by which pages of other origins on this machine may call it; `undefined`: not at all. */
  readonly forPages: "GET" | "POST" | undefined;
  handle(request: HttpRequest): Promise<HttpResponse>;
}

export interface EdgePort {
  /** The names of all stages. */
  readonly stageNames: readonly string[];
  /** Whether a path, as sent, starts with a stage of the deployment: `/development/lambda1`. */
  isStagePath(path: string): boolean;
  /**
   * The OpenAPI document of a stage: at `/<stage>.openapi.json`, the first stage's also at `/openapi.json`. `undefined` for
   * every other path.
   *
   * @param url of the runtime
   */
  openApiDocument(path: string, url: string): object | undefined;
  /** Answers every request; never rejects. */
  handle(request: EdgeRequest): Promise<EdgeResponse>;
}
