import type { SettingName } from "../../stacks/common/settings";

/** A check of checkov's that fails and may. */
export interface Accepted {
  readonly title: string;
  readonly reason: string;
  /** What holds the risk instead. */
  readonly coveredBy: string;
  /** With this setting the check passes: there it may not fail. */
  readonly heldWith?: SettingName;
}

/** Every check that may fail, by its id. One that fails nowhere any more is an error: it would hide the next failure. */
export const accepted: Readonly<Record<string, Accepted>> = {
  CKV_AWS_26: {
    title: "SNS topics are encrypted with KMS",
    reason:
      "the name topic is, with the key of SNS; for the alarms alone a key of one's own costs 1 USD a month",
    coveredBy: "CUSTOMER_KEYS",
    heldWith: "CUSTOMER_KEYS",
  },
  CKV_AWS_50: {
    title: "functions are traced",
    reason: "traces cost 5 USD a million",
    coveredBy: "XRAY_TRACING",
    heldWith: "XRAY_TRACING",
  },
  CKV_AWS_73: {
    title: "the stage is traced",
    reason: "traces cost 5 USD a million",
    coveredBy: "XRAY_TRACING",
    heldWith: "XRAY_TRACING",
  },
  CKV_AWS_115: {
    title: "functions have reserved concurrency",
    reason:
      "a new account has 10 in all, and AWS lets none of them be reserved; it would take them from other functions",
    coveredBy: "THROTTLE_RATE, THROTTLE_BURST, guardrail stage-without-throttle",
  },
  CKV_AWS_116: {
    title: "functions have a dead-letter queue",
    reason:
      "InternalLambda has a failure destination, which keeps the error as well; the others are called synchronously",
    coveredBy: "guardrail function-without-failure-destination",
  },
  CKV_AWS_117: {
    title: "functions are in a VPC",
    reason:
      "they reach AWS APIs, RatesLambda one public host, and nothing private; a VPC adds endpoints at 7 USD a month each and protects no data here",
    coveredBy: "guardrail wildcard-permission",
  },
  CKV_AWS_120: {
    title: "the stage caches",
    reason:
      "an answer is for one user, and a cache would give it to another one; RatesLambda keeps its own for a minute",
    coveredBy: "THROTTLE_RATE",
  },
  CKV_AWS_149: {
    title: "secrets are encrypted with a key of one's own",
    reason: "AWS's own key encrypts them; one's own costs 1 USD a month",
    coveredBy: "CUSTOMER_KEYS",
    heldWith: "CUSTOMER_KEYS",
  },
  CKV_AWS_158: {
    title: "log groups are encrypted with a key of one's own",
    reason: "CloudWatch's own key encrypts them; one's own costs 1 USD a month",
    coveredBy: "CUSTOMER_KEYS",
    heldWith: "CUSTOMER_KEYS",
  },
  CKV_AWS_173: {
    title: "variables of functions are encrypted with a key of one's own",
    reason: "Lambda's own key encrypts them, and none is a secret",
    coveredBy: "guardrail secret-in-variable",
  },
  CKV_AWS_225: {
    title: "methods cache",
    reason: "as CKV_AWS_120",
    coveredBy: "THROTTLE_RATE",
  },
  CKV_AWS_237: {
    title: "the API is created anew before the old one is destroyed",
    reason: "a new API has another address whatever the order; nothing in the stack replaces it",
    coveredBy: "the plan, which deploy shows first",
  },
  CKV_AWS_272: {
    title: "functions take signed code only",
    reason:
      "the bundle is built and deployed in one run by the same identity, which would be the one that signs",
    coveredBy: "the hash of the bundle in the plan",
  },
  CKV_AWS_338: {
    title: "log groups keep a year",
    reason: "development keeps 14 days: its logs are nobody's evidence",
    coveredBy: "LOG_RETENTION_DAYS, 365 in production",
    heldWith: "LOG_RETENTION_DAYS",
  },
  CKV2_AWS_31: {
    title: "the web ACL logs",
    reason: "its log costs 0.50 USD a GB; metrics and samples are there without",
    coveredBy: "WEB_ACL_LOG, on in production",
    heldWith: "WEB_ACL_LOG",
  },
  CKV2_AWS_51: {
    title: "the stage has a client certificate",
    reason:
      "it proves the API to an HTTP backend; the only backends are functions, which API Gateway calls signed",
    coveredBy: "guardrail permission-without-source",
  },
  CKV2_AWS_53: {
    title: "requests are validated",
    reason: "it fires for OPTIONS alone: a preflight has no body, and no function runs",
    coveredBy: "guardrail unvalidated-method",
  },
  CKV2_AWS_57: {
    title: "secrets are rotated",
    reason:
      "one holds the topic's ARN, which is an address; the other a third party's key, which only that party can replace",
    coveredBy: "the functions take a new value when the old one is refused",
  },
  CKV2_AWS_77: {
    title: "the web ACL has the managed rules against Log4j",
    reason:
      "it has them, in AWSManagedRulesKnownBadInputsRuleSet; the check also wants AWSManagedRulesAnonymousIpList, which blocks users of a VPN",
    coveredBy: "guardrail stage-without-web-acl",
  },
};
