import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { functionMetric, type Metric } from "./metrics";

/** What should wake somebody up. */
export interface Alarm {
  /** Its name in state addresses, and, after the prefix, in AWS. */
  readonly id: string;
  /** What has happened, and where to look first. */
  readonly description: string;
  readonly metric: Metric;
  /** `Average` of a metric that is 0 or 1 for each request is a rate. */
  readonly statistic: "Sum" | "Average" | "Maximum";
  /** Five minutes with more than this. */
  readonly above: number;
  /**
   * How many of those in a row.
   * @default 1
   */
  readonly periods?: number;
}

export interface AlarmsProps {
  /** Before each alarm's name. */
  readonly prefix: string;
  /** The topic that is told. */
  readonly topicArn: string;
  readonly alarms: readonly Alarm[];
}

const FIVE_MINUTES_IN_SECONDS = 300;

/**
 * Tells the topic when something is wrong that nobody would see otherwise. Missing data raises no alarm, because nothing was called.
 *
 * Creates `aws_cloudwatch_metric_alarm`.
 */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { prefix, topicArn, alarms }: AlarmsProps) {
    super(scope, id);
    for (const { id: alarmId, description, metric, statistic, above, periods = 1 } of alarms) {
      new CloudwatchMetricAlarm(this, alarmId, {
        alarmName: `${prefix}-${alarmId}`,
        alarmDescription: description,
        namespace: metric.namespace,
        metricName: metric.name,
        dimensions: { ...metric.dimensions },
        statistic,
        period: FIVE_MINUTES_IN_SECONDS,
        evaluationPeriods: periods,
        comparisonOperator: "GreaterThanThreshold",
        threshold: above,
        treatMissingData: "notBreaching",
        alarmActions: [topicArn],
      });
    }
  }
}

/** A function that fails, or is not let run. `id`: its name in `development`. */
export function functionAlarms(id: string, functionName: string): Alarm[] {
  return [
    {
      id: `${id}-errors`,
      description: `${functionName} has failed: see /aws/lambda/${functionName}`,
      metric: functionMetric(functionName, "Errors"),
      statistic: "Sum",
      above: 0,
    },
    {
      id: `${id}-throttles`,
      description: `${functionName} was not let run: the account's concurrency is used up`,
      metric: functionMetric(functionName, "Throttles"),
      statistic: "Sum",
      above: 0,
    },
  ];
}
