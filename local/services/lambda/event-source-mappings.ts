import type { Deployment, Resource } from "../../deployment/deployment";
import type { AccessControl } from "../../iam/access-control";
import { parseArn } from "../../kernel/arn";
import type { Members } from "../../kernel/input";
import type { Principal } from "../../kernel/principal";
import type { Ports, QueueConsumer } from "../ports";
import { compileEventFilter, type EventFilter } from "./event-filter";
import type { FunctionDirectory, FunctionTarget } from "./function-directory";
import type { FunctionSettings } from "./function-settings";
import { type PollerServices, SqsPoller } from "./sqs-poller";

/** A function that runs on the messages of a queue. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly arn: string;
  readonly queueArn: string;
  readonly target: FunctionTarget;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** `undefined`: no limit of its own. */
  readonly maximumConcurrency: number | undefined;
  readonly reportsFailures: boolean;
  readonly accepts: EventFilter;
  /** As deployed, for API answers. */
  readonly patterns: readonly string[];
}

export interface MappingServices extends PollerServices {
  readonly deployment: Deployment;
  readonly directory: FunctionDirectory;
  readonly access: AccessControl;
  readonly ports: Pick<Ports, "queues">;
  /** The function acting with its own role. */
  readonly principalOf: (settings: FunctionSettings) => Principal;
}

interface Polled {
  readonly resource: Resource;
  readonly mapping: EventSourceMapping;
  readonly poller: SqsPoller;
}

/** The permissions that Lambda needs ("Execution role permissions" in "Creating and configuring an Amazon SQS event source mapping"). */
const ACTIONS = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

/** Reads `aws_lambda_event_source_mapping`, and runs the functions that queues trigger. */
export class EventSourceMappings {
  /** What AWS would run functions for, and nothing here does. */
  readonly warnings: readonly string[];
  readonly #polled: readonly Polled[];

  /** @throws DeploymentError for what AWS refuses, as far as it needs no permission to tell */
  constructor(private readonly services: MappingServices) {
    const resources = services.deployment.ofType("aws_lambda_event_source_mapping");
    const isOfQueue = (resource: Resource) =>
      parseArn(resource.optionalString("event_source_arn") ?? "")?.service === "sqs";
    this.warnings = resources.filter((resource) => !isOfQueue(resource)).map(notServed);
    this.#polled = resources.filter(isOfQueue).map((resource) => this.#read(resource));
    requireUnique(this.#polled);
  }

  get all(): readonly EventSourceMapping[] {
    return this.#polled.map(({ mapping }) => mapping);
  }

  /** @throws DeploymentError for a function whose role may not do what Lambda does with the queue for it */
  async requirePermitted(): Promise<void> {
    const { access, principalOf } = this.services;
    for (const { resource, mapping } of this.#polled) {
      const principal = principalOf(mapping.target.settings);
      for (const action of ACTIONS) {
        const request = { principal, action: `sqs:${action}`, resource: mapping.queueArn };
        if (await access.isAllowed(request)) continue;
        // https://github.com/hashicorp/terraform-provider-aws/issues/14042
        resource.refuse(
          "event_source_arn",
          `The provided execution role does not have permissions to call ${action} on SQS`,
        );
      }
    }
  }

  begin(): void {
    for (const { mapping, poller } of this.#polled) if (mapping.enabled) poller.begin();
  }

  /** Resolves when no batch is complete or running, to whether one was. */
  async idle(): Promise<boolean> {
    const worked = await Promise.all(this.#polled.map(({ poller }) => poller.idle()));
    return worked.includes(true);
  }

  close(): void {
    for (const { poller } of this.#polled) poller.close();
  }

  #read(resource: Resource): Polled {
    const queueArn = resource.string("event_source_arn");
    const target = this.#targetOf(resource);
    const queue = this.services.ports.queues.consumerOf(queueArn);
    // Recorded by localstack in `test_esm_with_not_existing_sqs_queue`.
    if (queue === undefined)
      return resource.refuse(
        "event_source_arn",
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
      );
    checkVisibilityTimeout(resource, queue, target);
    const batchSize = resource.number("batch_size", 10, { min: 1, max: 10_000 });
    const batchingWindowSeconds = resource.number("maximum_batching_window_in_seconds", 0);
    // Recorded in `test_event_source_mapping_default_batch_size`.
    if (batchSize > 10 && batchingWindowSeconds === 0)
      resource.refuse(
        "batch_size",
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
      );
    const mapping: EventSourceMapping = {
      uuid: resource.optionalString("uuid") ?? resource.string("id"),
      arn: resource.string("arn"),
      queueArn,
      target,
      enabled: resource.boolean("enabled", true),
      batchSize,
      batchingWindowSeconds,
      // Terraform's state has 0 where the block is not set.
      maximumConcurrency: resource.block("scaling_config")?.number("maximum_concurrency", 0) || undefined,
      reportsFailures: resource.strings("function_response_types").includes("ReportBatchItemFailures"),
      accepts: compileEventFilter(resource),
      patterns: (resource.block("filter_criteria")?.blocks("filter") ?? []).map((filter) =>
        filter.string("pattern"),
      ),
    };
    return { resource, mapping, poller: new SqsPoller(mapping, queue, this.services) };
  }

  #targetOf(resource: Resource): FunctionTarget {
    const name = resource.string("function_name");
    try {
      return this.services.directory.require(name);
    } catch {
      return resource.fail("function_name", "a function of the deployment, one of its versions or aliases");
    }
  }
}

/** The words of AWS: https://github.com/hashicorp/terraform-provider-aws/issues/18099 */
function checkVisibilityTimeout(
  resource: Resource,
  { visibilityTimeoutSeconds }: QueueConsumer,
  { settings }: FunctionTarget,
): void {
  if (visibilityTimeoutSeconds < settings.timeoutSeconds)
    resource.refuse(
      "event_source_arn",
      `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${settings.timeoutSeconds} seconds`,
    );
}

/** Recorded in `test_duplicate_event_source_mappings`. */
function requireUnique(polled: readonly Polled[]): void {
  for (const [index, { resource, mapping }] of polled.entries()) {
    const earlier = polled
      .slice(0, index)
      .find(
        ({ mapping: other }) =>
          other.queueArn === mapping.queueArn && other.target.arn === mapping.target.arn,
      );
    if (earlier !== undefined)
      resource.refuse(
        "event_source_arn",
        `An event source mapping with SQS arn (" ${mapping.queueArn} ") and function (" ${mapping.target.settings.name} ") already exists. Please update or delete the existing mapping with UUID ${earlier.mapping.uuid}`,
      );
  }
}

/** Of streams, Kafka and brokers nothing comes here: whatever the mapping sets, its function does not run for it. */
function notServed(resource: Resource): string {
  for (const key of Object.keys(resource.values)) resource.value(key);
  const service = parseArn(resource.optionalString("event_source_arn") ?? "")?.service ?? "its event source";
  return `${resource.address}: nothing comes from ${service} here, and the function does not run for it`;
}

/** As the API shows it. */
export function describeMapping(mapping: EventSourceMapping, createdAt: number): Members {
  const { maximumConcurrency, patterns } = mapping;
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    EventSourceArn: mapping.queueArn,
    FunctionArn: mapping.target.arn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.batchingWindowSeconds,
    FunctionResponseTypes: mapping.reportsFailures ? ["ReportBatchItemFailures"] : [],
    ...(maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    ...(patterns.length === 0
      ? {}
      : { FilterCriteria: { Filters: patterns.map((Pattern) => ({ Pattern })) } }),
    State: mapping.enabled ? "Enabled" : "Disabled",
    StateTransitionReason: "USER_INITIATED",
    LastModified: createdAt / 1000,
  };
}
