import type { Deployment, Resource } from "../../local/deployment/deployment";
import { PRICES } from "./prices";

/** What a request comes to. The defaults are those of the handlers here, warm. */
export interface Usage {
  /** Requests a month that reach the web ACL. */
  readonly requests: number;
  /** How long a function runs for one. @default 50 */
  readonly functionMs?: number;
  /** What one request leaves in all logs together. @default 2,000 */
  readonly logBytes?: number;
}

export interface CostLine {
  readonly what: string;
  readonly quantity: string;
  /** USD a month. */
  readonly cost: number;
  /** Whether it is paid without a single request. */
  readonly atRest: boolean;
}

const MILLION = 1_000_000;

/**
 * What a deployment costs a month, line by line: what it holds, and what that many requests add. Each request is taken
 * for one that passes: it runs the method's function, publishes, and runs the subscribers of the topic.
 */
export function estimate(
  deployment: Deployment,
  { requests, functionMs = 50, logBytes = 2_000 }: Usage,
): CostLine[] {
  const runs = runsPerRequest(deployment);
  const millions = requests / MILLION;
  const functions = deployment.ofType("aws_lambda_function");
  const seconds = requests * runs * (functionMs / 1000) * averageGigabytes(functions);
  const [architecture = "x86_64"] = functions[0]?.strings("architectures") ?? [];
  const gigabytes = (requests * logBytes) / 1024 ** 3;
  const secrets = deployment.ofType("aws_secretsmanager_secret").length;
  const tracing = functions.some((fn) => fn.block("tracing_config")?.optionalString("mode") === "Active");
  const rules = deployment.ofType("aws_wafv2_web_acl").flatMap((acl) => acl.blocks("rule"));
  const lines = [
    held("web ACL", deployment.ofType("aws_wafv2_web_acl").length, PRICES.webAcl.month),
    held("rules of the web ACL", rules.length, PRICES.webAclRule.month),
    held("secret", secrets, PRICES.secret.month),
    held("customer-managed key", deployment.ofType("aws_kms_key").length, PRICES.key.month),
    held(
      "alarm",
      deployment.ofType("aws_cloudwatch_metric_alarm").length,
      PRICES.alarm.month,
      PRICES.alarm.free,
    ),
    held(
      "dashboard",
      deployment.ofType("aws_cloudwatch_dashboard").length,
      PRICES.dashboard.month,
      PRICES.dashboard.free,
    ),
    used("requests through the web ACL", millions, PRICES.webAclRequests.million),
    used("requests to API Gateway", millions, PRICES.apiRequests.million),
    used("function runs", millions * runs, PRICES.functionRequests.million, PRICES.functionRequests.free),
    {
      what: "function time",
      quantity: `${round(seconds)} GB-s`,
      cost:
        Math.max(0, seconds - PRICES.functionSeconds.free) *
        PRICES.functionSeconds[architecture === "arm64" ? "arm64" : "x86_64"],
      atRest: false,
    },
    used(
      "messages published",
      deployment.ofType("aws_sns_topic").length > 0 ? millions : 0,
      PRICES.publishes.million,
      PRICES.publishes.free,
    ),
    ...(tracing ? [used("traces", millions, PRICES.traces.million, PRICES.traces.free)] : []),
    {
      what: "log data",
      quantity: `${gigabytes.toFixed(1)} GB`,
      cost: Math.max(0, gigabytes - PRICES.logIngestion.free) * PRICES.logIngestion.gigabyte,
      atRest: false,
    },
  ];
  return lines.filter(({ atRest, quantity }) => !atRest || quantity !== "0");
}

/** The method's function, and one run for each function that is subscribed to a topic. */
function runsPerRequest(deployment: Deployment): number {
  const subscribers = deployment
    .ofType("aws_sns_topic_subscription")
    .filter((subscription) => subscription.string("protocol") === "lambda");
  return 1 + subscribers.length;
}

function averageGigabytes(functions: readonly Resource[]): number {
  const total = functions.reduce((sum, fn) => sum + fn.number("memory_size", 128), 0);
  return functions.length === 0 ? 0 : total / functions.length / 1024;
}

function held(what: string, count: number, price: number, free = 0): CostLine {
  return { what, quantity: String(count), cost: Math.max(0, count - free) * price, atRest: true };
}

function used(what: string, millions: number, price: number, free = 0): CostLine {
  return {
    what,
    quantity: `${round(millions)} million`,
    cost: Math.max(0, millions - free) * price,
    atRest: false,
  };
}

function round(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}
