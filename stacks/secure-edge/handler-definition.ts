import type { Construct } from "constructs";
import type { Config } from "../common/config";
import type { PolicyStatement } from "../common/policy-document";
import type { StackKeyProps } from "../common/stack-key";
import type { MessagingEndpoints } from "../shared-messaging/messaging-endpoints";

/** What a handler is to the stacks: what its functions are created with, what they take, and how they are checked. */
export interface HandlerDefinition<Env = Readonly<Record<string, string>>> {
  /** Called once for each function that the handler serves. */
  readonly setUp: (setting: HandlerSetting) => HandlerNeeds<Env>;
  /** @default the setting `FUNCTION_MEMORY_MB` */
  readonly memoryMb?: number;
  /** At most 28: API Gateway waits no longer than 29. @default the setting `FUNCTION_TIMEOUT_SECONDS` */
  readonly timeoutSeconds?: number;
  /** By way of which AWS services it keeps data of its own: the stack's key, where there is one, serves them. @default none */
  readonly dataServices?: StackKeyProps["services"];
  /** What a request's body must be, for the methods that take one. */
  readonly body?: BodyModel;
  /**
   * What the bodies of its answers are, by status: for the OpenAPI document (`npm run openapi`) alone, because API Gateway passes on
   * whatever a function answers. `Error` is `{"message": …}`. A status that API Gateway answers of its own with that body, such as 400,
   * 403, 500 or 502, is in the document already. @default nothing is said
   */
  readonly answers?: Readonly<Record<number, BodyModel | "Error">>;
  /** A request, and what must come of it: the end-to-end check sends it to each of the handler's routes. */
  readonly example: (names: ExampleNames) => Example;
}

/** Where a handler's function is created. */
export interface HandlerSetting {
  /** What the handler alone owns, such as a table, is created below it. */
  readonly scope: Construct;
  /**
   * Creates a secret below `scope`, of that id and name, and returns its ARN. Terraform creates it without a value, which is then in no
   * JSON and no state.
   */
  readonly createSecret: (name: string, description: string) => string;
  readonly config: Config;
  readonly messaging: MessagingEndpoints;
  /** The name that AWS knows a thing of this deployment by. */
  readonly name: (name: string) => string;
  /** The ARN of the stack's own key; `undefined` for AWS's. */
  readonly keyArn: string | undefined;
}

export interface HandlerNeeds<Env> {
  /** Each variable of the handler's `env.ts`. */
  readonly environment: Env;
  /** What the function may do besides writing its own log: nothing is inherited. */
  readonly permissions: readonly PolicyStatement[];
}

/** A model of API Gateway's: JSON Schema, draft 4. Handlers and routes of one name share it. */
export interface BodyModel {
  /** Letters and digits. */
  readonly name: string;
  readonly schema: object;
}

/** The names that an example may need. */
export interface ExampleNames {
  /** The function that answers, as AWS knows it. */
  readonly functionName: string;
  /** What AWS knows a thing of the deployment by: `InternalLambda`. */
  readonly nameOf: (name: string) => string;
  /** A word that no earlier request had in it: a log line with it comes of this request. */
  readonly word: string;
}

export interface Example {
  /** Which of a route for `ANY` method. @default GET there, elsewhere the route's */
  readonly method?: string;
  /** The path's parameters, by name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes as JSON, with the methods that take a body. */
  readonly body?: unknown;
  readonly answer: {
    readonly status: number;
    /** Members that the answer's JSON must have, each with this value, or one that the pattern fits. @default none */
    readonly body?: Readonly<Record<string, string | number | boolean | RegExp>>;
  };
  /** Lines that functions write to their logs because of the request. @default none */
  readonly logs?: readonly { readonly functionName: string; readonly text: string }[];
}

/**
 * A handler's definition, held to the type in its `env.ts`: without one of the variables it does not compile.
 *
 *     export const orders = defineHandler<OrdersEnv>({ setUp: …, example: … });
 */
export function defineHandler<Env extends Readonly<Record<keyof Env, string>>>(
  definition: HandlerDefinition<Env>,
): HandlerDefinition {
  return {
    ...definition,
    setUp(setting) {
      const { environment, permissions } = definition.setUp(setting);
      return { environment: Object.fromEntries(Object.entries(environment)), permissions };
    },
  };
}
