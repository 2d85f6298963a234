import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";
import { Alarms, functionAlarms } from "../common/alarms";
import { type Metric, stageMetric, webAclMetric } from "../common/metrics";

export interface EdgeAlarmsProps {
  /** Before each alarm's name. */
  readonly prefix: string;
  /** The topic that is told. */
  readonly topicArn: string;
  readonly region: string;
  readonly webAclName: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly accessLogGroupName: string;
  /** The external functions' physical names, by their names in `development`. */
  readonly functionNames: ReadonlyMap<string, string>;
}

/**
 * Alarms on what only the edge sees: answers that are errors, callers that are held back, requests that the web ACL
 * blocks. The limits are a beginning: set them to what your traffic makes normal.
 *
 * Creates `aws_cloudwatch_metric_alarm`, `aws_cloudwatch_log_metric_filter`.
 */
export class EdgeAlarms extends Construct {
  constructor(scope: Construct, id: string, props: EdgeAlarmsProps) {
    super(scope, id);
    const { prefix, topicArn, apiName, webAclName } = props;
    new Alarms(this, "alarms", {
      prefix,
      topicArn,
      alarms: [
        {
          id: "server-errors",
          description: `More than 1 % of the answers of ${apiName} are 5xx: see the function's log and the execution log`,
          metric: stageMetric(props, "5XXError"),
          statistic: "Average",
          above: 0.01,
        },
        {
          id: "client-errors",
          description: `For a quarter of an hour more than half of the answers of ${apiName} are 4xx: a client is broken, or somebody is trying`,
          metric: stageMetric(props, "4XXError"),
          statistic: "Average",
          above: 0.5,
          periods: 3,
        },
        {
          id: "throttled-requests",
          description: `${apiName} has answered 429 more than 20 times: raise THROTTLE_RATE, or find the caller in the access log`,
          metric: this.throttledRequests(props),
          statistic: "Sum",
          above: 20,
        },
        {
          id: "blocked-requests",
          description: `${webAclName} has blocked more than 100 requests: see its sampled requests`,
          metric: webAclMetric(props, "ALL", "BlockedRequests"),
          statistic: "Sum",
          above: 100,
        },
        ...[...props.functionNames].flatMap(([name, physicalName]) => functionAlarms(name, physicalName)),
      ],
    });
  }

  /** API Gateway has no metric of its own for 429: this counts them in the access log. */
  private throttledRequests({ apiName, accessLogGroupName }: EdgeAlarmsProps): Metric {
    const metric = { namespace: `SecureLambda/${apiName}`, name: "ThrottledRequests" };
    new CloudwatchLogMetricFilter(this, "throttled-requests", {
      name: metric.name,
      logGroupName: accessLogGroupName,
      pattern: '{ $.status = "429" }',
      metricTransformation: { ...metric, value: "1" },
    });
    return { ...metric, dimensions: {} };
  }
}
