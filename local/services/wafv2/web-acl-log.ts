import type { Deployment } from "../../deployment/deployment";
import type { Clock } from "../../kernel/clock";
import type { LogSink } from "../../kernel/log-sink";
import { lowerCase } from "./byte-string";
import type { Protect } from "./data-protection";
import {
  type LoggedRequest,
  type LoggingConfiguration,
  readLoggingConfiguration,
} from "./logging-configuration";
import type { RequestView } from "./request-view";
import type { Hit } from "./rule";

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
  const settings = readLoggingConfiguration(configuration);
  const { logGroup } = settings;
  if (logGroup === undefined || deployment.find("aws_cloudwatch_log_group", "name", logGroup) === undefined) {
    options.warn(
      `${configuration.address}: the web ACL's log is not written (its destination is not a log group of the deployment)`,
    );
    return undefined;
  }
  return new WebAclLog({ ...webAcl, region: deployment.region }, { ...settings, logGroup }, options);
}

/** Writes a web ACL's log, in the shape of AWS WAF's: "Log fields for web ACL traffic", AWS WAF Developer Guide. */
export class WebAclLog {
  constructor(
    private readonly webAcl: { readonly arn: string; readonly name: string; readonly region: string },
    private readonly configuration: LoggingConfiguration & { readonly logGroup: string },
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
