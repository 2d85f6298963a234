import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import {
  functionMetric,
  type Metric,
  queueMetric,
  stageMetric,
  topicMetric,
  webAclMetric,
} from "../common/metrics";
import type { MessagingEndpoints } from "../shared-messaging/messaging-endpoints";

export interface DashboardProps {
  /** The physical name. */
  readonly dashboardName: string;
  readonly region: string;
  readonly webAclName: string;
  /** By rule: the name of its metric. */
  readonly ruleMetrics: ReadonlyMap<string, string>;
  readonly apiName: string;
  readonly stageName: string;
  readonly accessLogGroupName: string;
  /** The external functions' physical names. */
  readonly functionNames: readonly string[];
  readonly messaging: Pick<MessagingEndpoints, "names">;
}

/** A line of a graph. */
interface Line {
  readonly metric: Metric;
  readonly label: string;
  /** @default Sum */
  readonly stat?: string;
}

interface Widget {
  readonly type: "metric" | "log";
  readonly properties: Readonly<Record<string, unknown>>;
}

/** CloudWatch's grid is 24 wide. */
const [WIDTH, HEIGHT, COLUMNS] = [8, 6, 3];

/**
 * One page that shows the traffic on its way: as the web ACL sees it, as the API answers it, what the functions make of
 * it, and what ends among the dead letters. It references fewer than the 50 metrics that are free.
 *
 * Creates `aws_cloudwatch_dashboard`.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const widgets = [...webAclWidgets(props), ...apiWidgets(props), ...functionWidgets(props)];
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.dashboardName,
      dashboardBody: JSON.stringify({
        widgets: widgets.map((widget, index) => ({
          ...widget,
          x: (index % COLUMNS) * WIDTH,
          y: Math.floor(index / COLUMNS) * HEIGHT,
          width: WIDTH,
          height: HEIGHT,
        })),
      }),
    });
  }
}

function webAclWidgets(props: DashboardProps): Widget[] {
  const { region, ruleMetrics } = props;
  const byRule = (name: "BlockedRequests" | "CountedRequests"): Line[] =>
    [...ruleMetrics].map(([rule, metric]) => ({ metric: webAclMetric(props, metric, name), label: rule }));
  return [
    graph("Web ACL: requests", region, [
      { metric: webAclMetric(props, "ALL", "AllowedRequests"), label: "allowed" },
      { metric: webAclMetric(props, "ALL", "BlockedRequests"), label: "blocked" },
      { metric: webAclMetric(props, "ALL", "CountedRequests"), label: "counted" },
    ]),
    graph("Web ACL: blocked, by rule", region, byRule("BlockedRequests")),
    graph("Web ACL: counted, by rule", region, byRule("CountedRequests")),
  ];
}

function apiWidgets(props: DashboardProps): Widget[] {
  const { region, accessLogGroupName } = props;
  const latency = (name: "Latency" | "IntegrationLatency", stat: string): Line => ({
    metric: stageMetric(props, name),
    label: `${name} ${stat}`,
    stat,
  });
  return [
    graph("API: requests and errors", region, [
      { metric: stageMetric(props, "Count"), label: "requests" },
      { metric: stageMetric(props, "4XXError"), label: "4xx" },
      { metric: stageMetric(props, "5XXError"), label: "5xx" },
    ]),
    graph("API: latency", region, [
      ...["p50", "p90", "p99"].map((stat) => latency("Latency", stat)),
      latency("IntegrationLatency", "p99"),
    ]),
    {
      // API Gateway has no metric of its own for 429: the access log has every status.
      type: "log",
      properties: {
        title: "API: answers by status, 429 included",
        region,
        view: "table",
        query: `SOURCE '${accessLogGroupName}' | stats count(*) as answers by status, errorType | sort answers desc`,
      },
    },
  ];
}

function functionWidgets({ region, functionNames, messaging: { names } }: DashboardProps): Widget[] {
  const functions = [...functionNames, names.consumer];
  return [
    graph(
      "Functions: errors and throttles",
      region,
      functions.flatMap((name) =>
        (["Errors", "Throttles"] as const).map((what) => ({
          metric: functionMetric(name, what),
          label: `${name} ${what.toLowerCase()}`,
        })),
      ),
    ),
    graph(
      "Functions: duration p99",
      region,
      functions.map((name) => ({ metric: functionMetric(name, "Duration"), label: name, stat: "p99" })),
    ),
    graph("Messages and dead letters", region, [
      { metric: topicMetric(names.topic, "NumberOfMessagesPublished"), label: "published" },
      { metric: topicMetric(names.topic, "NumberOfNotificationsFailed"), label: "not delivered" },
      {
        metric: functionMetric(names.consumer, "DestinationDeliveryFailures"),
        label: "lost: not even a dead letter",
      },
      {
        metric: queueMetric(names.deadLetterQueue, "ApproximateNumberOfMessagesVisible"),
        label: "dead letters",
        stat: "Maximum",
      },
    ]),
  ];
}

function graph(title: string, region: string, lines: readonly Line[]): Widget {
  return {
    type: "metric",
    properties: {
      title,
      region,
      view: "timeSeries",
      period: 300,
      metrics: lines.map(({ metric: { namespace, name, dimensions }, label, stat = "Sum" }) => [
        namespace,
        name,
        ...Object.entries(dimensions).flat(),
        { label, stat },
      ]),
    },
  };
}
