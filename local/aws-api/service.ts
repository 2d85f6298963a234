import type { Principal } from "../kernel/principal";

/** An operation's input or output: the members as the service's API model spells them (`TopicArn`, `restApiId`). */
export type Members = Record<string, unknown>;

export interface CallContext {
  readonly principal: Principal;
  readonly requestId: string;
  readonly sourceIp: string;
}

/** The permission that a call needs. */
export interface RequiredPermission {
  /** `sns:Publish` */
  readonly action: string;
  /** The ARN that the call acts on, or `*` for an action without resource types. */
  readonly resource: string;
}

export interface Operation {
  /**
   * The permission that the caller needs; checked before `handle`. Left out for operations that AWS lets anybody call
   * without a signature (Cognito's `InitiateAuth`). It throws an `AwsError` for a resource that is not there.
   */
  permission?(input: Members): RequiredPermission;
  /** Throws an `AwsError` for what the API answers with an error. */
  handle(input: Members, context: CallContext): Members | Promise<Members>;
}

/** One AWS service of the local endpoint. The wire format is the dispatcher's business, the operations the service's. */
export interface AwsService {
  /** The signing name, for messages and faults: `sns`, `cognito-idp`, `secretsmanager`, `apigateway`. */
  readonly name: string;
  readonly wire: Wire;
  /** By name: `Publish`. */
  readonly operations: Readonly<Record<string, Operation>>;
}

export type Wire =
  /** `X-Amz-Target: <targetPrefix>.<Operation>`. `messageKey`: how this service spells an error's message. */
  | {
      readonly protocol: "json";
      readonly version: "1.0" | "1.1";
      readonly targetPrefix: string;
      readonly messageKey: "message" | "Message";
    }
  /** A form with `Action` and `Version`, answered in XML. */
  | { readonly protocol: "query"; readonly apiVersion: string; readonly xmlNamespace: string }
  /** Paths and methods. A `{name}` in a path is one segment and becomes a member of the input. */
  | {
      readonly protocol: "rest-json";
      readonly routes: readonly RestRoute[];
    };

export interface RestRoute {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/restapis/{restApiId}/resources` */
  readonly path: string;
  readonly operation: string;
  /** Member that carries the raw request body (a `Buffer`), for operations whose body is a payload and no JSON. */
  readonly payloadMember?: string;
  /** Header to input member: `{ "x-amz-invocation-type": "InvocationType" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The answer's shape. `payloadMember`: the output member sent as the raw body; `headers`: output member to header;
   * `status`: output member (a number) that sets the HTTP status. Left out: the output as JSON with status 200.
   */
  readonly answer?: {
    readonly payloadMember: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly status: string;
  };
}
