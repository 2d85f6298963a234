import { randomUUID } from "node:crypto";
import type { Deployment } from "../../deployment/deployment";
import type { AccessControl, CredentialStore, SessionCredentials } from "../../iam/access-control";
import { formatArn } from "../../kernel/arn";
import type { Clock } from "../../kernel/clock";
import type { Faults } from "../../kernel/faults";
import type { FunctionInvoker, Invocation, InvocationResult } from "../../kernel/function-invoker";
import type { Principal } from "../../kernel/principal";
import type { ReportUndelivered } from "../../kernel/undelivered";
import type { Ports } from "../ports";
import { handOver } from "./event-destinations";
import { EventQueue } from "./event-queue";
import { FunctionDirectory } from "./function-directory";
import { FunctionPool, type StartedInstance } from "./function-pool";
import { type FunctionSettings, readFunctions } from "./function-settings";
import { Instance } from "./instance";
import { instanceEnvironment } from "./instance-environment";
import { checkRequest, limitedResponse } from "./payload-checks";
import { logStreamName, RunLog } from "./run-log";

export interface LocalFunctionsOptions {
  readonly deployment: Deployment;
  readonly access: AccessControl;
  readonly credentials: CredentialStore;
  readonly faults: Faults;
  readonly clock: Clock;
  /** The local endpoint, for the functions' SDKs. */
  readonly endpointUrl: () => string;
  readonly ports: Pick<Ports, "logs" | "queues" | "topics">;
  readonly onUndelivered: ReportUndelivered;
  /** Most instances of one function; further events wait. @default 10 */
  readonly maxInstances?: number;
  /**
   * How long a handler may take to load before its function's timeout begins (Lambda Developer Guide, "Lambda execution
   * environment lifecycle"). AWS loads it again then, here it goes on loading. @default 10000
   */
  readonly initLimitMs?: number;
  /** Multiplies Lambda's waits before it runs an asynchronous event again. @default 1 */
  readonly retryDelayScale?: number;
}

/**
 * Runs the deployment's functions, each in its own instances and with the rights of its own role, for callers that have
 * the permission to invoke them.
 *
 * Reads `aws_lambda_function` and `aws_lambda_function_event_invoke_config`.
 */
export class LocalFunctions implements FunctionInvoker {
  readonly directory: FunctionDirectory;
  readonly #pools = new Map<string, FunctionPool>();
  readonly #queue: EventQueue;
  readonly #options: LocalFunctionsOptions;

  constructor(options: LocalFunctionsOptions) {
    this.#options = options;
    const { deployment, access, clock } = options;
    this.directory = new FunctionDirectory(deployment, readFunctions(deployment));
    for (const settings of this.directory.functions) {
      const start = () => this.#startInstance(settings);
      this.#pools.set(
        settings.arn,
        new FunctionPool(settings, options.maxInstances ?? 10, options.initLimitMs ?? 10_000, start),
      );
    }
    const services = {
      access,
      clock,
      ports: options.ports,
      invoker: this,
      principalOf: (settings: FunctionSettings) => this.#principalOf(settings),
      report: options.onUndelivered,
    };
    this.#queue = new EventQueue({
      clock,
      retryDelayScale: options.retryDelayScale ?? 1,
      run: (event) => this.#run(event.settings, event),
      finish: (event) => handOver(event, services),
    });
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const settings = await this.#permitted(invocation);
    checkRequest(invocation.payload, "RequestResponse");
    const { functionArn, payload } = invocation;
    return limitedResponse(await this.#run(settings, { requestId: randomUUID(), functionArn, payload }));
  }

  async invokeAsync(invocation: Invocation): Promise<string> {
    const settings = await this.#permitted(invocation);
    checkRequest(invocation.payload, "Event");
    const requestId = randomUUID();
    const { functionArn, payload } = invocation;
    this.#queue.add({ settings, requestId, functionArn, payload });
    return requestId;
  }

  /** Resolves when no asynchronous event waits or runs, to whether one did. */
  idle(): Promise<boolean> {
    return this.#queue.idle();
  }

  /** Stops every instance. What runs fails, what waits is dropped. */
  async close(): Promise<void> {
    this.#queue.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    await this.#queue.idle();
  }

  async #permitted(invocation: Invocation): Promise<FunctionSettings> {
    const settings = this.directory.require(invocation.functionArn);
    const { principal } = invocation;
    await this.#options.access.authorize({
      principal,
      action: "lambda:InvokeFunction",
      resource: settings.arn,
    });
    return settings;
  }

  async #run(
    settings: FunctionSettings,
    run: { readonly requestId: string; readonly functionArn: string; readonly payload: string },
  ): Promise<InvocationResult> {
    await this.#options.faults.strike("lambda");
    const pool = this.#pools.get(settings.arn);
    if (pool === undefined) throw new Error(`no instances for ${settings.arn}`);
    const { requestId, payload } = run;
    const functionArn = run.functionArn.startsWith("arn:") ? run.functionArn : settings.arn;
    return pool.run({ requestId, functionArn, payload });
  }

  async #startInstance(settings: FunctionSettings): Promise<StartedInstance> {
    const { deployment, access, clock, ports, endpointUrl } = this.#options;
    const session = this.#credentialsOf(settings);
    const logStream = logStreamName(clock.now());
    const principal = this.#principalOf(settings);
    const resource = formatArn(deployment, "logs", `log-group:${settings.logGroup}:log-stream:${logStream}`);
    const allowed = await Promise.all(
      ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) =>
        access.isAllowed({ principal, action, resource }),
      ),
    );
    const log = new RunLog(ports.logs, clock, settings.logGroup, logStream, !allowed.includes(false));
    const environment = instanceEnvironment(settings, {
      region: deployment.region,
      endpointUrl: endpointUrl(),
      credentials: session,
      logStream,
    });
    return { log, instance: new Instance(settings, environment, logStream, (text) => log.write(text)) };
  }

  /** The function acting with its own role. */
  #principalOf(settings: FunctionSettings): Principal {
    const { accessKeyId, sessionToken } = this.#credentialsOf(settings);
    return this.#options.credentials.principalOf(accessKeyId, sessionToken);
  }

  #credentialsOf(settings: FunctionSettings): SessionCredentials {
    return this.#options.credentials.issue(settings.roleArn, settings.name);
  }
}
