import type { Attributes } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { parseArn } from "../../kernel/arn";
import type { Clock } from "../../kernel/clock";
import type { LogSink } from "../../kernel/log-sink";
import { lowerCase } from "./byte-string";
import type { Protect } from "./data-protection";
import type { RequestView } from "./request-view";
import type { Decision, Hit } from "./rule";

/** Where a logging configuration writes, and what it leaves out. */
interface LoggingConfiguration {
  /** The name of the log group, `aws-waf-logs-…`. */
  readonly logGroup: string;
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

/** What a log is written with. */
interface LogOptions {
  readonly clock: Clock;
  readonly logs: () => LogSink;
  readonly protect: Protect;
  readonly warn: (note: string) => void;
}

/**
 * The log that the deployment's `aws_wafv2_web_acl_logging_configuration` sets for the web ACL; `undefined` where there is
 * none, or where it goes to a destination that the deployment does not have.
 */
export function readLogging(
  deployment: Deployment,
  webAcl: { readonly arn: string; readonly name: string },
  options: LogOptions,
): WebAclLog | undefined {
  const [configuration, ...others] = deployment
    .ofType("aws_wafv2_web_acl_logging_configuration")
    .filter((resource) => resource.string("resource_arn") === webAcl.arn);
  if (configuration === undefined) return undefined;
  // "Logging AWS WAF web ACL traffic", AWS WAF Developer Guide: one destination a web ACL.
  if (others.length > 0)
    configuration.fail("resource_arn", "that of a web ACL with no other logging configuration");
  const logGroup = readDestination(configuration);
  const redact = readRedaction(configuration);
  const keeps = compileLogFilter(configuration);
  if (logGroup === undefined || deployment.find("aws_cloudwatch_log_group", "name", logGroup) === undefined) {
    options.warn(
      `${configuration.address}: the web ACL's log is not written (its destination is not a log group of the deployment)`,
    );
    return undefined;
  }
  return new WebAclLog({ ...webAcl, region: deployment.region }, { logGroup, redact, keeps }, options);
}

/** The name of the log group, `undefined` for a bucket or a delivery stream. */
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

/** Writes a web ACL's log, in the shape of AWS WAF's: "Log fields for web ACL traffic", AWS WAF Developer Guide. */
export class WebAclLog {
  constructor(
    private readonly webAcl: { readonly arn: string; readonly name: string; readonly region: string },
    private readonly configuration: LoggingConfiguration,
    private readonly options: LogOptions,
  ) {}

  write(entry: LoggedRequest): void {
    if (!this.configuration.keeps(entry)) return;
    const { region, name } = this.webAcl;
    const timestamp = this.options.clock.now();
    // "Amazon CloudWatch Logs", AWS WAF Developer Guide: `<Region>_<web ACL>_<number>`.
    const stream = `${region}_${name}_0`;
    this.options
      .logs()
      .put(this.configuration.logGroup, stream, JSON.stringify(this.describe(entry, timestamp)), timestamp);
  }

  private describe({ view, hits, decision, sourceId }: LoggedRequest, timestamp: number): object {
    const inserted =
      decision.action.kind === "BLOCK" ? [] : hits.flatMap(({ insertHeaders }) => insertHeaders);
    const { labels } = view;
    return {
      timestamp,
      formatVersion: 1,
      webaclId: this.webAcl.arn,
      terminatingRuleId: decision.rule,
      terminatingRuleType: hits.at(-1)?.type,
      action: decision.action.kind,
      terminatingRuleMatchDetails: [],
      httpSourceName: "APIGW",
      httpSourceId: sourceId,
      ruleGroupList: hits.flatMap(describeGroup),
      rateBasedRuleList: hits.flatMap(({ rule, rate }) =>
        rate === undefined ? [] : [{ rateBasedRuleName: rule, ...rate }],
      ),
      nonTerminatingMatchingRules: hits.filter(isCount).map(describeCount),
      requestHeadersInserted:
        inserted.length > 0 ? inserted.map(([header, value]) => ({ name: header, value })) : null,
      responseCodeSent:
        decision.action.kind === "BLOCK" ? (decision.action.customResponse?.status ?? null) : null,
      httpRequest: this.describeRequest(view),
      // "Log fields": the first 100.
      ...(labels.size > 0 && { labels: [...labels].slice(0, 100).map((label) => ({ name: label })) }),
      ...oversizeFields(view),
    };
  }

  private describeRequest(view: RequestView): object {
    const { headers: redacted, parts } = this.configuration.redact;
    const { request } = view;
    return {
      clientIp: request.sourceIp,
      // Not known outside AWS, as for an address that AWS knows no country of.
      country: "-",
      headers: this.options.protect
        .headers(view.headers.content)
        .map(({ name, value }) => ({ name, value: redacted.has(lowerCase(name)) ? REDACTED : value })),
      uri: parts.has("uri_path") ? REDACTED : request.path,
      args: parts.has("query_string") ? REDACTED : this.options.protect.query(request.queryString),
      httpVersion: request.httpVersion,
      httpMethod: parts.has("method") ? REDACTED : request.method,
      requestId: request.requestId ?? null,
    };
  }
}

const REDACTED = "REDACTED";

const isCount = ({ action }: Hit): boolean => action === "COUNT";

function describeCount({ rule, action, overriddenAction, insertHeaders }: Hit): object {
  return {
    ruleId: rule,
    action,
    ...(overriddenAction !== undefined && { overriddenAction }),
    ruleMatchDetails: [],
    ...(insertHeaders.length > 0 && {
      requestHeadersInserted: insertHeaders.map(([name, value]) => ({ name, value })),
    }),
  };
}

/** What a rule group did, whether or not one of its rules matched. */
function describeGroup({ group }: Hit): object[] {
  if (group === undefined) return [];
  const terminating = group.hits.find(({ decision }) => decision !== undefined);
  return [
    {
      ruleGroupId: group.id,
      terminatingRule:
        terminating === undefined
          ? null
          : {
              ruleId: terminating.rule,
              action: terminating.action,
              ...(terminating.overriddenAction && { overriddenAction: terminating.overriddenAction }),
              ruleMatchDetails: null,
            },
      nonTerminatingMatchingRules: group.hits.filter(isCount).map(describeCount),
      excludedRules: null,
    },
  ];
}

function oversizeFields(view: RequestView): object {
  const oversize = [
    ...(view.body.oversize ? ["REQUEST_BODY"] : []),
    ...(view.headers.oversize ? ["REQUEST_HEADERS"] : []),
    ...(view.cookies().oversize ? ["REQUEST_COOKIES"] : []),
  ];
  return oversize.length > 0 ? { oversizeFields: oversize } : {};
}
