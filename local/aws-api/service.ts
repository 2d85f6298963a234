import type { Deployment } from "../deployment/deployment";
import type { ResourceType } from "../deployment/resource-type";
import type { AccessControl, CredentialStore } from "../iam/access-control";
import type { Denial } from "../iam/access-denied";
import type { Activity } from "../kernel/activity";
import type { AwsError } from "../kernel/aws-error";
import type { Clock } from "../kernel/clock";
import type { Faults } from "../kernel/faults";
import type { HeaderList } from "../kernel/headers";
import type { Inbox } from "../kernel/inbox";
import { Input, type InputDialect, type Members } from "../kernel/input";
import type { Kept } from "../kernel/kept";
import type { Principal } from "../kernel/principal";
import type { OperationInputs, RestPlaces } from "./operation-inputs";

export interface CallContext {
  readonly principal: Principal;
  readonly requestId: string;
  readonly sourceIp: string;
  /** X-Ray's, as SDKs in a function send it along: `Root=1-…;Parent=…;Sampled=1`. */
  readonly traceHeader?: string;
}

/** The permission that an operation needs: the action, and the resource that a call asks it for. */
export interface Permission<M> {
  /** `sns:Publish`, as the Service Authorization Reference spells it. */
  readonly action: string;
  /** Throws an `AwsError` for a resource that is not there. Left out for an action without resource types: `*`. */
  resource?(input: Input, model: M): string;
}

/** The permission that a call needs. */
export interface RequiredPermission {
  readonly action: string;
  /** The ARN that the call acts on, or `*` for an action without resource types. */
  readonly resource: string;
}

/** One operation of a service, all of it: input, permission, answer and, for REST services, its route. */
export interface Operation<M> {
  /** Method and path, for services that speak REST. */
  readonly route?: RestRoute;
  /**
   * The permission that the caller needs; checked before `handle`. Left out for operations that AWS lets anybody call
   * without a signature (Cognito's `InitiateAuth`).
   */
  readonly permission?: Permission<M>;
  /** Throws an `AwsError` for what the API answers with an error. */
  handle(input: Input, model: M, context: CallContext): Members | Promise<Members>;
}

export type Operations<M> = Readonly<Record<string, Operation<M>>>;

/** An error as it goes over the wire. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** How a service spells the errors that every service has. */
export interface ServiceErrors {
  /** What it answers where IAM refuses. */
  readonly denied: Denial;
  /** What it answers when it fails inside: `--fault <service>:error`. */
  readonly internal: WireError;
  /** What it answers when it throttles: `--fault <service>:throttle`. */
  readonly throttled: WireError;
  /** How it words what is wrong with an input. */
  readonly input: InputDialect;
}

/** What a service is created from. */
export interface ServiceContext<P> {
  readonly deployment: Deployment;
  readonly clock: Clock;
  /** Where a service notes what goes on after the API. */
  readonly activity: Activity;
  /** What outlives a restart. */
  readonly kept: Kept;
  readonly access: AccessControl;
  readonly credentials: CredentialStore;
  readonly faults: Faults;
  /** Where SDKs reach the local endpoint: `http://127.0.0.1:3000`. Known once the runtime listens. */
  readonly endpointUrl: () => string;
  /** Where browsers are sent: the same, over TLS where that is served. */
  readonly browserUrl: () => string;
  /** Tells the user what AWS would tell by e-mail or by a metric. */
  readonly notice: (text: string) => void;
  /** Where the messages go that AWS would send to people. */
  readonly inbox: Inbox;
  /** What the other services offer. Complete once all of them are created: to be used when a request comes, not before. */
  readonly ports: P;
}

/**
 * An AWS service of the local endpoint: everything that is known about it, in one place. The wiring, the resource
 * policies, the ledger, the faults and the coverage page follow from it.
 *
 * `M`: its model, the state at run time. `P`: the ports through which services reach each other. `O`: options of its own.
 */
export interface ServiceDefinition<M, P, O = unknown> {
  /** The signing name: `sns`, `cognito-idp`, `secretsmanager`, `apigateway`. */
  readonly name: string;
  /** As AWS calls it: `Amazon SNS`. */
  readonly title: string;
  readonly wire: Wire;
  readonly errors: ServiceErrors;
  /** What the inputs of the operations must be, before any operation sees them. */
  readonly inputs: OperationInputs;
  readonly resourceTypes: readonly ResourceType[];
  /** By name: `Publish`. */
  readonly operations: Operations<M>;
  /** Reads the deployment. @throws DeploymentError for what it would serve otherwise than AWS */
  create(context: ServiceContext<P>, options: O): M | Promise<M>;
  /** What it offers to other services. */
  ports?(model: M): Partial<P>;
  /** Begins what it does without being called, once the runtime listens. */
  begin?(model: M): void;
  /** What of the deployment it does not enforce, a line each, for the start. */
  warnings?(model: M): readonly string[];
  /** Waits for what calls left to be done after their answers. Resolves to whether there was anything. */
  settle?(model: M): Promise<boolean>;
  /** Ends waiting and running work. */
  close?(model: M): void | Promise<void>;
}

/** A service at work, with its operations on its model. */
export interface AwsService {
  readonly name: string;
  readonly wire: Wire;
  readonly operations: Readonly<Record<string, BoundOperation>>;
}

export interface BoundOperation {
  readonly route?: BoundRoute;
  permission?(input: Members): RequiredPermission;
  handle(input: Members, context: CallContext): Members | Promise<Members>;
}

type Static<M> = Pick<ServiceDefinition<M, never>, "name" | "wire" | "errors" | "inputs" | "operations">;

/** The service with its operations bound to a model. No operation sees an input that the service's API model excludes. */
export function bindService<M>(definition: Static<M>, model: M): AwsService {
  const { name, wire, errors, inputs } = definition;
  const operations = Object.entries(definition.operations).map(([operationName, operation]) => {
    const { route, permission } = operation;
    const check = (members: Members, only?: string) =>
      inputs.check(operationName, members, errors.input, only);
    const bound: BoundOperation = {
      ...(route === undefined ? {} : { route: { ...route, ...inputs.places(operationName) } }),
      ...(permission === undefined
        ? {}
        : {
            // Whoever may not call the operation learns only what is wrong with the members that the permission is about.
            permission: (given) => {
              const members = inputs.known(operationName, given);
              const input = new Input(members, errors.input, (member) => check(members, member));
              return { action: permission.action, resource: permission.resource?.(input, model) ?? "*" };
            },
          }),
      handle: (given, context) => {
        const members = inputs.known(operationName, given);
        check(members);
        return operation.handle(new Input(members, errors.input), model, context);
      },
    };
    return [operationName, bound] as const;
  });
  return { name, wire, operations: Object.fromEntries(operations) };
}

/** How a service's calls look. The protocols know no service by name. */
export type Wire =
  /** AWS JSON: `X-Amz-Target: <targetPrefix>.<Operation>`. */
  | {
      readonly protocol: "json";
      readonly version: "1.0" | "1.1";
      readonly targetPrefix: string;
      /** How the service spells an error's message. */
      readonly messageKey: "message" | "Message";
      /** Paths besides `/` to which SDKs send its calls. */
      readonly paths?: RegExp;
      /** The query protocol, of a service that spoke it before and still understands it. */
      readonly formerQuery?: QueryDialect;
      /** Headers of the service's own on errors. */
      readonly errorHeaders?: (error: AwsError) => HeaderList;
      /** For a service whose unsigned operations web pages call: the headers that they may send and read. */
      readonly pages?: {
        readonly allowedHeaders: readonly string[];
        readonly exposedHeaders: readonly string[];
      };
    }
  /** A form with `Action` and `Version`, answered in XML. */
  | ({ readonly protocol: "query" } & QueryDialect)
  /** Methods and paths, which the operations name. */
  | { readonly protocol: "rest-json"; readonly messageKey: "message" | "Message" };

/** How a service speaks the query protocol. */
export interface QueryDialect {
  readonly apiVersion: string;
  readonly xmlNamespace: string;
  /** By the name in a form: where entries are that are numbered right after it, as `["MessageAttributes", "entry"]`. */
  readonly flattened?: Readonly<Record<string, readonly string[]>>;
  /** The member that the path of a request says, where it is not `/`. */
  readonly pathMember?: string;
  /** By action: the elements of its lists and maps, by member, which follow each other without one around them. */
  readonly elements?: (action: string) => Readonly<Record<string, string>>;
  /** An error's code and message as the protocol spells them. @default the same */
  readonly error?: (error: WireError) => Pick<WireError, "code" | "message">;
  /** In JSON, by action: members that are null where the answer does not have them. */
  readonly nulls?: Readonly<Record<string, readonly string[]>>;
  /** Members that JSON spells otherwise. */
  readonly inJson?: Readonly<Record<string, string>>;
}

export interface RestRoute {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/restapis/{restApiId}/resources`. A `{name}` is one segment and becomes a member of the input. */
  readonly path: string;
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

/** A route, and where a request has the members of the input that are neither in the path nor in a JSON body. */
export interface BoundRoute extends RestRoute, RestPlaces {}
