import type { Attributes } from "../../deployment/attributes";
import { parseArn } from "../../kernel/arn";
import { lowerCase } from "./byte-string";
import type { RequestView } from "./request-view";
import type { Decision, Hit } from "./rule";

/** Where a logging configuration writes, and what it leaves out. */
export interface LoggingConfiguration {
  /** The name of the log group, `aws-waf-logs-…`; `undefined` for a bucket or a delivery stream. */
  readonly logGroup: string | undefined;
  readonly redact: Redaction;
  readonly keeps: (entry: LoggedRequest) => boolean;
}

interface Redaction {
  /** In lower case. */
  readonly headers: ReadonlySet<string>;
  readonly parts: ReadonlySet<"method" | "query_string" | "uri_path">;
}

/** A request that the web ACL has decided on. */
export interface LoggedRequest {
  readonly view: RequestView;
  readonly hits: readonly Hit[];
  readonly decision: Decision;
  /** `123456789012:abc123:development` */
  readonly sourceId: string;
}

/** Reads an `aws_wafv2_web_acl_logging_configuration`. */
export function readLoggingConfiguration(configuration: Attributes): LoggingConfiguration {
  return {
    logGroup: readDestination(configuration),
    redact: readRedaction(configuration),
    keeps: compileLogFilter(configuration),
  };
}

function readDestination(configuration: Attributes): string | undefined {
  const [destination = "", ...others] = configuration.strings("log_destination_configs");
  const arn = parseArn(destination);
  // "log-group:<name>", "firehose: deliverystream/<name>", "s3: <name>[/<prefix>]", each named `aws-waf-logs-…`:
  // "AWS WAF logging destinations", AWS WAF Developer Guide.
  const [, name] = /^(?:log-group:|deliverystream\/)?([^:]+)(?::\*)?$/.exec(arn?.resource ?? "") ?? [];
  if (arn === undefined || others.length > 0 || !name?.startsWith("aws-waf-logs-"))
    return configuration.fail(
      "log_destination_configs",
      "one ARN of a log group, bucket or delivery stream whose name starts with aws-waf-logs-",
    );
  return arn.service === "logs" ? name : undefined;
}

/** The filters of a `logging_filter`: what of all requests is kept. */
function compileLogFilter(configuration: Attributes): LoggingConfiguration["keeps"] {
  const block = configuration.block("logging_filter");
  if (block === undefined) return () => true;
  const keepsByDefault = readBehavior(block, "default_behavior");
  const filters = block.blocks("filter").map((filter) => {
    const conditions = filter.blocks("condition").map(compileCondition);
    const requirement = filter.string("requirement");
    if (requirement !== "MEETS_ALL" && requirement !== "MEETS_ANY")
      return filter.fail("requirement", "MEETS_ALL or MEETS_ANY");
    const meets = (entry: LoggedRequest) =>
      requirement === "MEETS_ALL"
        ? conditions.every((isMet) => isMet(entry))
        : conditions.some((isMet) => isMet(entry));
    return { meets, keeps: readBehavior(filter, "behavior") };
  });
  // "LoggingFilter", AWS WAF API reference, does not say which of several filters wins: here it is the first that is met.
  return (entry) => filters.find(({ meets }) => meets(entry))?.keeps ?? keepsByDefault;
}

function readBehavior(block: Attributes, key: string): boolean {
  const behavior = block.string(key);
  if (behavior !== "KEEP" && behavior !== "DROP") return block.fail(key, "KEEP or DROP");
  return behavior === "KEEP";
}

const actions = ["ALLOW", "BLOCK", "COUNT", "CAPTCHA", "CHALLENGE", "EXCLUDED_AS_COUNT"];

function compileCondition(condition: Attributes): (entry: LoggedRequest) => boolean {
  const label = condition.block("label_name_condition")?.string("label_name");
  if (label !== undefined) return ({ view }) => view.labels.has(label);
  const block = condition.block("action_condition") ?? condition.fail("action_condition", "one block");
  const action = block.string("action");
  if (!actions.includes(action)) return block.fail("action", actions.join(", "));
  return ({ hits, decision }) =>
    decision.action.kind === action ||
    hits.some((hit) => hit.action === action || hit.group?.hits.some((inner) => inner.action === action));
}

/** What `redacted_fields` names. */
function readRedaction(configuration: Attributes): Redaction {
  const fields = configuration.blocks("redacted_fields");
  return {
    headers: new Set(
      fields.flatMap((field) => field.block("single_header")?.string("name") ?? []).map(lowerCase),
    ),
    parts: new Set(
      (["method", "query_string", "uri_path"] as const).filter((part) =>
        fields.some((field) => field.block(part) !== undefined),
      ),
    ),
  };
}
