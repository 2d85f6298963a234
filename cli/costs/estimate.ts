import { architectureOf } from "../../local/architecture";
import type { Deployment, Resource } from "../../local/deployment/deployment";
import { PRICES, type Price } from "./prices";

/** What a request uses. The defaults are those of the handlers here, warm. */
export interface Usage {
  /** Requests a month that reach the web ACL. */
  readonly requests: number;
  /** How long a function runs for one. @default 50 */
  readonly functionMs?: number;
  /** What one request leaves in the logs of API and functions together. @default 2,000 */
  readonly logBytes?: number;
}

export interface CostLine {
  readonly what: string;
  readonly quantity: string;
  /** USD a month. */
  readonly cost: number;
  /** Whether it is paid without a single request. */
  readonly atRest: boolean;
  /** The page with its price. */
  readonly source: string;
}

const MILLION = 1_000_000;
/** What the web ACL's log says of one request. */
const WEB_ACL_LOG_BYTES = 2_000;

/**
 * What a deployment costs a month, line by line: what it holds, and what that many requests add. Each request is taken for one
 * that passes, and the methods for equally popular: it runs the method's function; where that may publish, it publishes, and the
 * topic's subscribers run.
 */
export function estimate(
  deployment: Deployment,
  { requests, functionMs = 50, logBytes = 2_000 }: Usage,
): CostLine[] {
  const count = (type: string) => deployment.ofType(type).length;
  const functions = deployment.ofType("aws_lambda_function");
  const rules = deployment.ofType("aws_wafv2_web_acl").flatMap((acl) => acl.blocks("rule"));
  const publishes = publishesPerRequest(deployment);
  const runs = 1 + publishes * subscribers(deployment);
  const millions = requests / MILLION;
  const seconds = requests * runs * (functionMs / 1000) * averageGigabytes(functions);
  const bytes = logBytes + (count("aws_wafv2_web_acl_logging_configuration") > 0 ? WEB_ACL_LOG_BYTES : 0);
  const [architecture] = functions[0]?.strings("architectures") ?? [];
  return [
    held("web ACL", count("aws_wafv2_web_acl"), PRICES.webAcl),
    held("rules of the web ACL", rules.length, PRICES.webAclRule),
    held("secret", count("aws_secretsmanager_secret"), PRICES.secret),
    held("customer-managed key", count("aws_kms_key"), PRICES.key),
    held("alarm", count("aws_cloudwatch_metric_alarm"), PRICES.alarm),
    held("dashboard", count("aws_cloudwatch_dashboard"), PRICES.dashboard),
    used("requests through the web ACL", millions, "million", PRICES.millionWebAclRequests),
    used("requests to API Gateway", millions, "million", PRICES.millionApiRequests),
    used("function runs", millions * runs, "million", PRICES.millionFunctionRuns),
    used("function time", seconds, "GB-s", architecture === "arm64" ? PRICES.armSeconds : PRICES.x86Seconds),
    used("messages published", millions * publishes, "million", PRICES.millionPublishes),
    used("traces", functions.some(isTraced) ? millions : 0, "million", PRICES.millionTraces),
    used("log data", (requests * bytes) / 1024 ** 3, "GB", PRICES.gigabyteOfLog),
  ].filter(({ quantity }) => Number.parseFloat(quantity) !== 0);
}

/** How many messages a request publishes on average: the share of the methods whose function may. */
function publishesPerRequest(deployment: Deployment): number {
  const { connections } = architectureOf(deployment);
  const methods = deployment.ofType("aws_api_gateway_method");
  const publishing = methods.filter(({ address }) =>
    connections.some(
      ({ from, to }) =>
        from === address &&
        connections.some((other) => other.from === to && other.label?.includes("sns:Publish") === true),
    ),
  );
  return methods.length === 0 ? 0 : publishing.length / methods.length;
}

function subscribers(deployment: Deployment): number {
  return deployment
    .ofType("aws_sns_topic_subscription")
    .filter((subscription) => subscription.string("protocol") === "lambda").length;
}

function averageGigabytes(functions: readonly Resource[]): number {
  const total = functions.reduce((sum, fn) => sum + fn.number("memory_size", 128), 0);
  return functions.length === 0 ? 0 : total / functions.length / 1024;
}

function isTraced(fn: Resource): boolean {
  return fn.block("tracing_config")?.optionalString("mode") === "Active";
}

function held(what: string, count: number, price: Price): CostLine {
  return { what, quantity: String(count), cost: costOf(count, price), atRest: true, source: price.source };
}

function used(what: string, units: number, unit: string, price: Price): CostLine {
  const digits = units < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 };
  const quantity = `${units.toLocaleString("en-US", digits)} ${unit}`;
  return { what, quantity, cost: costOf(units, price), atRest: false, source: price.source };
}

function costOf(units: number, { usd, free = 0 }: Price): number {
  return Math.max(0, units - free) * usd;
}
