import { formatArn, type Place } from "../kernel/arn";
import { LOWERCASE, seededId } from "../kernel/ids";
import type { Value } from "./attributes";
import type { Resource } from "./deployment";

/** Types that no service here defines: those of AWS's other services, and of other providers. */

/** Families of the services that are served: a member that nobody here reads would change what a client gets. */
export const SERVED_FAMILIES = [
  ...["aws_api_gateway_", "aws_cloudwatch_log_", "aws_cognito_", "aws_iam_", "aws_lambda_"],
  ...["aws_secretsmanager_", "aws_sns_", "aws_sqs_", "aws_wafv2_"],
  // The provider awscc creates the same resources, under CloudFormation's names.
  ...["awscc_apigateway_", "awscc_cognito_", "awscc_iam_", "awscc_lambda_", "awscc_logs_"],
  ...["awscc_secretsmanager_", "awscc_sns_", "awscc_sqs_", "awscc_wafv2_"],
];

const CLASSIC_WEB_ACL = "a web ACL of the first generation refuses requests";
const SECOND_API = "a second API answers beside this one, past its web ACL";
const DISTRIBUTION = "a distribution answers at another address, with caches and rules of its own";
const LOAD_BALANCER = "a load balancer answers at another address";

/** Families that open another door to what is served, or close this one. */
export const DOORS: Readonly<Record<string, string>> = {
  aws_apigatewayv2_: SECOND_API,
  aws_appsync_: "a GraphQL API answers beside this one",
  aws_cloudfront_: DISTRIBUTION,
  aws_alb: LOAD_BALANCER,
  aws_elb: LOAD_BALANCER,
  aws_lb: LOAD_BALANCER,
  aws_networkfirewall_: "a firewall decides which packets pass",
  aws_vpclattice_: "services of a network reach it at another address",
  aws_waf_: CLASSIC_WEB_ACL,
  aws_wafregional_: CLASSIC_WEB_ACL,
  awscc_apigatewayv2_: SECOND_API,
  awscc_cloudfront_: DISTRIBUTION,
  awscc_elasticloadbalancingv2_: LOAD_BALANCER,
};

/** Types through which AWS calls functions by itself. */
export const TRIGGERS = [
  ...["aws_cloudwatch_event_", "aws_config_config_rule", "aws_iot_topic_rule", "aws_pipes_pipe"],
  ...["aws_s3_bucket_notification", "aws_scheduler_", "aws_ses_receipt_rule", "aws_sfn_state_machine"],
];

/** What a type that no service here defines does to what is served. */
export type Effect =
  /** It may change what a client gets, and nobody here can tell how. */
  | { readonly kind: "unknown" }
  | { readonly kind: "door"; readonly because: string }
  /** AWS calls functions for it; nothing calls them here. */
  | { readonly kind: "trigger" }
  /** Nothing here answers in its place. */
  | { readonly kind: "absent" };

/** @param type Terraform's: `aws_dynamodb_table`, `data.aws_vpc`, `random_password` */
export function effectOf(type: string): Effect {
  // A data source only looks at what is there.
  if (type.startsWith("data.")) return { kind: "absent" };
  const starts = (prefix: string) => type.startsWith(prefix);
  if (SERVED_FAMILIES.some(starts)) return { kind: "unknown" };
  const [, because] = Object.entries(DOORS).find(([prefix]) => starts(prefix)) ?? [];
  if (because !== undefined) return { kind: "door", because };
  return { kind: TRIGGERS.some(starts) ? "trigger" : "absent" };
}

/**
 * A well-formed value in place of an attribute that only AWS could tell: an ARN where the name says so, an address, else an id.
 * The same in every run.
 */
export function placeholder(own: Resource, attribute: string, place: Place): Value {
  const id = seededId(own.seed(attribute), 17, LOWERCASE);
  const [, provider = "", service = ""] = /^(?:data\.)?([a-z0-9]+)_([a-z0-9]+)/.exec(own.type) ?? [];
  const name = own.optionalString("name") ?? own.optionalString("bucket") ?? id;
  if (provider !== "aws") return id;
  if (/(^|_)arns$/.test(attribute)) return [arnOf(own.type, service, name, place)];
  if (/(^|_)arn$/.test(attribute)) return arnOf(own.type, service, name, place);
  if (/(^|_)(ids|names|zones|addresses)$/.test(attribute)) return [id];
  const host = `${id}.${service}.${place.region}.amazonaws.com`;
  if (/(^|_)(url|uri)$/.test(attribute)) return `https://${host}`;
  if (/(^|_)(address|domain_name|dns_name|endpoint|fqdn|host|hostname)$/.test(attribute)) return host;
  return attribute === "id" || attribute === "name" ? name : id;
}

function arnOf(type: string, service: string, name: string, place: Place): string {
  if (service === "s3") return formatArn(place, "s3", name, { region: "", accountId: "" });
  const kind = type.replace(/^(data\.)?aws_[a-z0-9]+_?/, "").replaceAll("_", "-");
  return formatArn(place, service, kind === "" ? name : `${kind}/${name}`);
}
