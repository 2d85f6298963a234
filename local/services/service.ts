import {
  type AwsService,
  bindService,
  type ServiceContext as ContextOf,
  type ServiceDefinition as DefinitionOf,
  type RestRoute,
} from "../aws-api/service";
import type { KeyPair } from "../kernel/key-pair";
import type { Ports } from "./ports";

/** What may be set of a service. */
export interface ServiceOptions {
  /** Creates the key pair of a user pool. @default a new one, which takes some tenths of a second */
  readonly makeKeyPair?: () => KeyPair;
  /** Multiplies Lambda's waits before it runs an asynchronous event again. @default 1 */
  readonly retryDelayScale?: number;
  /** Where a debugger finds the first function; each further one has the next port. @default nowhere */
  readonly inspectPort?: number;
  /** Variables that the functions of a role get, besides Lambda's and their own. @default none */
  readonly functionVariables?: (roleArn: string) => Readonly<Record<string, string>>;
  /** Where API Gateway calls a service of AWS by its name in an integration's URI. @default nowhere */
  readonly endpointOf?: (service: string) => ServiceEndpoint | undefined;
  /** What becomes of a match with a rule of AWS's managed rule groups, which is predicted. @default "show" */
  readonly managedRules?: "block" | "show" | "off";
}

export interface ServiceEndpoint {
  /** Known once the runtime listens. */
  readonly url: () => string;
  /** Whether it asks the deployment's policies itself. */
  readonly checksPermissions: boolean;
}

export type ServiceContext = ContextOf<Ports>;
export type ServiceDefinition<M> = DefinitionOf<M, Ports, ServiceOptions>;

/** A service of the deployment at work. */
export interface RunningService extends AwsService {
  readonly ports: Partial<Ports>;
  readonly warnings: readonly string[];
  begin(): void;
  settle(): Promise<boolean>;
  close(): Promise<void>;
}

/** What is known of an operation without a deployment. */
export interface OperationFacts {
  /** The action that the caller must be allowed; `undefined`: anybody may call it. */
  readonly action: string | undefined;
  readonly route: RestRoute | undefined;
}

/** A row of the table of services: what is known of it without a deployment, and how it starts with one. */
export interface Service
  extends Pick<
    ServiceDefinition<unknown>,
    "name" | "title" | "wire" | "errors" | "inputs" | "resourceTypes"
  > {
  readonly operations: Readonly<Record<string, OperationFacts>>;
  start(context: ServiceContext, options: ServiceOptions): Promise<RunningService>;
}

export function toService<M>(definition: ServiceDefinition<M>): Service {
  const { name, title, wire, errors, inputs, resourceTypes, operations } = definition;
  return {
    name,
    title,
    wire,
    errors,
    inputs,
    resourceTypes,
    operations: Object.fromEntries(
      Object.entries(operations).map(([key, { permission, route }]) => [
        key,
        { action: permission?.action, route },
      ]),
    ),
    async start(context, options) {
      const model = await definition.create(context, options);
      return {
        ...bindService(definition, model),
        ports: definition.ports?.(model) ?? {},
        warnings: definition.warnings?.(model) ?? [],
        begin: () => definition.begin?.(model),
        settle: async () => (await definition.settle?.(model)) ?? false,
        close: async () => definition.close?.(model),
      };
    },
  };
}
