import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { DeploymentError } from "../../deployment/attributes";
import type { Activity } from "../../kernel/activity";
import { parseArn } from "../../kernel/arn";
import type { Faults } from "../../kernel/faults";
import type { FunctionInvoker, Invocation, InvocationResult } from "../../kernel/function-invoker";
import { randomIdBytes } from "../../kernel/ids";
import type { ReportUndelivered } from "../../kernel/undelivered";
import type { Ports } from "../ports";
import { handOver } from "./event-destinations";
import { EventQueue } from "./event-queue";
import { EventSourceMappings } from "./event-source-mappings";
import { type EnvironmentOptions, ExecutionEnvironments } from "./execution-environments";
import { FunctionDirectory, type FunctionTarget } from "./function-directory";
import { FunctionPool, type Run } from "./function-pool";
import { type FunctionSettings, readFunctions } from "./function-settings";
import { layerWarnings } from "./layers";
import { checkRequest, limitedResponse } from "./payload-checks";
import { scheduleWarnings } from "./schedules";

const A_DAY_S = 86_400;

export interface LocalFunctionsOptions extends EnvironmentOptions {
  readonly faults: Faults;
  readonly activity: Activity;
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
  /** Where a debugger finds the first function; each further one has the next port. @default nowhere */
  readonly inspectPort?: number;
}

/**
 * Runs the deployment's functions, each in its own instances and with the rights of its own role, for callers that have
 * the permission to invoke them.
 *
 * Reads `aws_lambda_function`, `aws_lambda_alias`, `aws_lambda_function_event_invoke_config` and `aws_lambda_event_source_mapping`.
 */
export class LocalFunctions implements FunctionInvoker {
  readonly directory: FunctionDirectory;
  readonly mappings: EventSourceMappings;
  /** What AWS would do with the functions and nothing here does. */
  readonly warnings: readonly string[];
  /** In milliseconds since the epoch. */
  readonly createdAt: number;
  readonly #pools = new Map<string, FunctionPool>();
  readonly #queue: EventQueue;
  readonly #environments: ExecutionEnvironments;
  readonly #options: LocalFunctionsOptions;

  constructor(options: LocalFunctionsOptions) {
    this.#options = options;
    this.#environments = new ExecutionEnvironments(options);
    const { deployment, access, clock } = options;
    const { maxInstances = 10, retryDelayScale = 1 } = options;
    this.createdAt = clock.now();
    this.directory = new FunctionDirectory(deployment, readFunctions(deployment));
    const inspected = options.inspectPort !== undefined;
    for (const [index, settings] of this.directory.functions.entries()) {
      const inspectPort = options.inspectPort === undefined ? undefined : options.inspectPort + index;
      const start = (version: string) => this.#environments.start(settings, version, inspectPort);
      const pool = new FunctionPool(
        // Somebody with a debugger has all the time that there is.
        inspected ? { ...settings, timeoutSeconds: A_DAY_S } : settings,
        inspected ? 1 : maxInstances,
        options.initLimitMs ?? 10_000,
        start,
        options.activity,
        clock,
      );
      this.#pools.set(settings.arn, pool);
    }
    const services = {
      access,
      activity: options.activity,
      clock,
      ports: options.ports,
      invoker: this,
      principalOf: (settings: FunctionSettings) => this.#environments.principalOf(settings),
      report: options.onUndelivered,
    };
    this.#queue = new EventQueue({
      clock,
      retryDelayScale,
      // Nobody waits for an asynchronous event.
      run: (event) => this.#run(event.target, { ...event, signal: undefined }),
      finish: (event) => handOver(event, services),
    });
    this.warnings = [...layerWarnings(this.directory), ...scheduleWarnings(deployment, this.directory)];
    this.mappings = new EventSourceMappings({
      ...services,
      ...{ deployment, retryDelayScale, maxInstances, directory: this.directory, region: deployment.region },
      // Lambda polls and invokes by itself: nobody needs a permission to invoke.
      run: async (target, payload, cause) => {
        const run = this.#runOf(target, { functionArn: target.arn, payload, cause });
        return limitedResponse(await this.#run(target, run));
      },
    });
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const target = await this.#permitted(invocation);
    checkRequest(invocation.payload, "RequestResponse");
    return limitedResponse(await this.#run(target, this.#runOf(target, invocation)));
  }

  async invokeAsync(invocation: Invocation): Promise<string> {
    const target = await this.#permitted(invocation);
    checkRequest(invocation.payload, "Event");
    const run = this.#runOf(target, invocation);
    this.#queue.add({ ...run, target });
    return run.requestId;
  }

  /**
   * Runs other code from now on, as Lambda does after an update. What runs ends with the code that it has.
   *
   * @param codeFolder what Lambda would unpack
   */
  async replaceCode(functionName: string, codeFolder: string): Promise<void> {
    const { settings } = this.directory.require(functionName);
    await this.#environments.replaceCode(settings, codeFolder);
    const pool = this.#pools.get(settings.arn);
    await pool?.renew();
    if (this.#options.inspectPort !== undefined) await pool?.start("$LATEST");
  }

  async startInspected(): Promise<ReadonlyMap<string, number>> {
    const { inspectPort } = this.#options;
    if (inspectPort === undefined) return new Map();
    const { functions } = this.directory;
    for (const [index, { name, arn }] of functions.entries()) {
      if (this.instancesOf(arn) === 0) await requireFree(inspectPort + index, name);
    }
    await Promise.all(functions.map(({ arn }) => this.#pools.get(arn)?.start("$LATEST")));
    return new Map(functions.map(({ name }, index) => [name, inspectPort + index]));
  }

  instancesOf(functionArn: string): number {
    return this.#pools.get(functionArn)?.instances ?? 0;
  }

  /** Resolves when no asynchronous event waits or runs, and no batch of messages does, to whether one did. */
  async idle(): Promise<boolean> {
    const worked = await Promise.all([this.#queue.idle(), this.mappings.idle()]);
    return worked.includes(true);
  }

  /** Stops what runs, which fails; what waits is dropped. Warm instances are kept, except those that a debugger may look at. */
  async close(): Promise<void> {
    this.#queue.close();
    this.mappings.close();
    const idle = (await Promise.all([...this.#pools.values()].map((pool) => pool.close()))).flat();
    this.#environments.keep(idle);
    await this.idle();
    if (this.#options.inspectPort !== undefined) await this.#environments.stop();
  }

  async #permitted(invocation: Invocation): Promise<FunctionTarget> {
    const target = this.directory.require(invocation.functionArn);
    const { principal } = invocation;
    const permission = { principal, action: "lambda:InvokeFunction", resource: target.arn };
    await this.#options.access.authorize(permission);
    return target;
  }

  #runOf(target: FunctionTarget, invocation: Omit<Invocation, "principal">): Run {
    const { functionArn, payload, clientContext, traceId, signal, cause } = invocation;
    return {
      requestId: randomUUID(),
      functionArn: parseArn(functionArn) === undefined ? target.arn : functionArn,
      version: target.version,
      payload,
      clientContext,
      signal,
      cause,
      traceId: traceHeader(traceId, target.settings.tracing, this.#options.clock.now()),
    };
  }

  async #run({ settings }: FunctionTarget, run: Run): Promise<InvocationResult> {
    await this.#options.faults.strike("lambda");
    const pool = this.#pools.get(settings.arn);
    if (pool === undefined) throw new Error(`no instances for ${settings.arn}`);
    return pool.run(run);
  }
}

/** An instance that does not get its port runs all the same, and nobody would find it. */
async function requireFree(port: number, functionName: string): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    throw new DeploymentError(
      `port ${port} on 127.0.0.1, where a debugger would find ${functionName}, is in use; choose another with --inspect`,
    );
  } finally {
    server.close();
  }
}

/** `_X_AMZN_TRACE_ID` of a run (AWS X-Ray Developer Guide, "Tracing header"). Without active tracing nothing is sampled. */
function traceHeader(root: string | undefined, tracing: FunctionSettings["tracing"], now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  const own = root ?? `Root=1-${seconds}-${randomIdBytes(12).toString("hex")}`;
  return `${own};Parent=${randomIdBytes(8).toString("hex")};Sampled=${tracing === "Active" ? 1 : 0}`;
}
