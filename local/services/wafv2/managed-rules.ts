import type { Attack, Detector } from "./detector";
import type { RequestView } from "./request-view";
import { decodePercent } from "./text-transformations";

/**
 * A rule of AWS's, as far as it is publicly known. `exact`: evaluated as documented. `approximate`: AWS keeps the
 * patterns to itself; those here are documented or reported to match, so that a match is likely one on AWS and a miss
 * says nothing. `unknown`: rests on data that only AWS has.
 */
export interface ManagedRule {
  readonly name: string;
  /** Its label, without the group's prefix. It does not follow from the name. */
  readonly label: string;
  readonly known: "exact" | "approximate" | "unknown";
  readonly action: "BLOCK" | "COUNT";
  readonly matches: (view: RequestView, detector: Detector | undefined) => boolean;
  /** Set where the rule needs a detector, which not every platform has. */
  readonly needsDetector?: boolean;
}

export interface ManagedRuleGroup {
  /** `AWSManagedRulesCommonRuleSet`, of the vendor AWS. */
  readonly name: string;
  /** `awswaf:managed:aws:core-rule-set:` */
  readonly labelPrefix: string;
  /** In the order in which AWS WAF evaluates them. */
  readonly rules: readonly ManagedRule[];
}

type Matches = ManagedRule["matches"];
/** The values that a rule inspects. */
type Inspects = (view: RequestView) => readonly string[];

/** As sent and decoded once: `redirect_uri=http%3A%2F%2F127.0.0.1` is reported to match (expense-budget-tracker#280). */
const decoded = (values: readonly string[]): string[] =>
  values.flatMap((value) => (/[%+]/.test(value) ? [value, decodePercent(value)] : [value]));

const path: Inspects = (view) => decoded([view.path]);
const queryString: Inspects = (view) => decoded([view.queryString]);
const queryArguments: Inspects = (view) => decoded(view.queryArguments().map(({ value }) => value));
const cookies: Inspects = (view) => decoded(view.cookies().content.map(({ value }) => value));
const headers: Inspects = (view) => view.headers.content.flatMap(({ name, value }) => [name, value]);
/** The beginning, as sent: oversize handling is Continue. Whether AWS decodes JSON escapes is not known. */
const body: Inspects = (view) => [view.body.content];

const exact = (name: string, label: string, matches: Matches): ManagedRule => ({
  ...{ name, label, known: "exact", action: "BLOCK", matches },
});

const approximate = (name: string, label: string, inspects: Inspects, pattern: RegExp): ManagedRule => ({
  ...{ name, label, known: "approximate", action: "BLOCK" },
  matches: (view) => inspects(view).some((value) => pattern.test(value)),
});

/** A built-in statement of AWS WAF's. */
const detected = (name: string, label: string, inspects: Inspects, attack: Attack): ManagedRule => ({
  ...{ name, label, known: "approximate", action: "BLOCK", needsDetector: true },
  matches: (view, detector) => inspects(view).some((value) => detector?.detects(attack, value) ?? false),
});

const unknown = (name: string, label: string, action: "BLOCK" | "COUNT" = "BLOCK"): ManagedRule => ({
  ...{ name, label, known: "unknown", action, matches: () => false },
});

// The patterns hold what is documented or reported to match, and nothing that is only likely. They take time linear to
// a value's length, whatever it is.

/** `localhost`, 127.0.0.1 and the metadata service as a URL's host (nx-plugin-for-aws#1016), or its address alone. */
const SSRF =
  /[a-z0-9+.-]:\/\/(?:[^/\s"'@]*@)?(?:localhost|127\.0\.0\.1|169\.254\.169\.254)(?![\w.-])|(?<![\d.])169\.254\.169\.254(?![\d.])/i;
/** One `../` is enough, in prose too; `..` and `./x` are not (major7apps/pensyve#202). */
const LFI = /\.\.\//;
/** "URLs with IPv4 host addresses", baseline rule groups. */
const RFI = /(?:https?|ftps?|file):\/\/(?:[^/\s"'@]*@)?(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/i;
/** `.log` and `.ini` are documented, `.config` is reported (shopware/shopware#1562). `.env` was let through. */
const EXTENSION = /\.(?:log|ini|config)$/i;
const BAD_BOT = /nessus|nmap/i;
const LOG4J = /\$\{jndi:/i;
const JAVA_RUNTIME = /java\.lang\.runtime[\s\S]{0,40}getruntime\s{0,40}\(/i;

// "Baseline rule groups", AWS WAF Developer Guide: names, labels, sizes and the order of the rules.
const commonRuleSet: ManagedRuleGroup = {
  name: "AWSManagedRulesCommonRuleSet",
  labelPrefix: "awswaf:managed:aws:core-rule-set:",
  rules: [
    exact("NoUserAgent_HEADER", "NoUserAgent_Header", (view) => view.header("user-agent").length === 0),
    approximate("UserAgent_BadBots_HEADER", "BadBots_Header", (view) => view.header("user-agent"), BAD_BOT),
    exact(
      "SizeRestrictions_QUERYSTRING",
      "SizeRestrictions_QueryString",
      (view) => view.queryString.length > 2048,
    ),
    // A single header is inspected whole: "Oversize web request components", AWS WAF Developer Guide.
    exact("SizeRestrictions_Cookie_HEADER", "SizeRestrictions_Cookie_Header", (view) =>
      view.request.headers.some(([name, value]) => name.toLowerCase() === "cookie" && value.length > 10_240),
    ),
    // Fixed, whatever `association_config` lets the other rules see.
    exact("SizeRestrictions_BODY", "SizeRestrictions_Body", (view) => view.request.body.length > 8192),
    exact("SizeRestrictions_URIPATH", "SizeRestrictions_URIPath", (view) => view.path.length > 1024),
    approximate("EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_Body", body, SSRF),
    approximate("EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_Cookie", cookies, SSRF),
    approximate("EC2MetaDataSSRF_URIPATH", "EC2MetaDataSSRF_URIPath", path, SSRF),
    approximate("EC2MetaDataSSRF_QUERYARGUMENTS", "EC2MetaDataSSRF_QueryArguments", queryArguments, SSRF),
    approximate("GenericLFI_QUERYARGUMENTS", "GenericLFI_QueryArguments", queryArguments, LFI),
    approximate("GenericLFI_URIPATH", "GenericLFI_URIPath", path, LFI),
    approximate("GenericLFI_BODY", "GenericLFI_Body", body, LFI),
    approximate("RestrictedExtensions_URIPATH", "RestrictedExtensions_URIPath", path, EXTENSION),
    approximate(
      "RestrictedExtensions_QUERYARGUMENTS",
      "RestrictedExtensions_QueryArguments",
      queryArguments,
      EXTENSION,
    ),
    approximate("GenericRFI_QUERYARGUMENTS", "GenericRFI_QueryArguments", queryArguments, RFI),
    approximate("GenericRFI_BODY", "GenericRFI_Body", body, RFI),
    approximate("GenericRFI_URIPATH", "GenericRFI_URIPath", path, RFI),
    detected("CrossSiteScripting_COOKIE", "CrossSiteScripting_Cookie", cookies, "xss"),
    detected("CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_QueryArguments", queryArguments, "xss"),
    detected("CrossSiteScripting_BODY", "CrossSiteScripting_Body", body, "xss"),
    detected("CrossSiteScripting_URIPATH", "CrossSiteScripting_URIPath", path, "xss"),
  ],
};

const adminProtection: ManagedRuleGroup = {
  name: "AWSManagedRulesAdminProtectionRuleSet",
  labelPrefix: "awswaf:managed:aws:admin-protection:",
  rules: [approximate("AdminProtection_URIPATH", "AdminProtection_URIPath", path, /sqlmanager/i)],
};

const knownBadInputs: ManagedRuleGroup = {
  name: "AWSManagedRulesKnownBadInputsRuleSet",
  labelPrefix: "awswaf:managed:aws:known-bad-inputs:",
  rules: [
    approximate("JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_Header", headers, JAVA_RUNTIME),
    approximate("JavaDeserializationRCE_BODY", "JavaDeserializationRCE_Body", body, JAVA_RUNTIME),
    approximate("JavaDeserializationRCE_URIPATH", "JavaDeserializationRCE_URIPath", path, JAVA_RUNTIME),
    approximate(
      "JavaDeserializationRCE_QUERYSTRING",
      "JavaDeserializationRCE_QueryString",
      queryString,
      JAVA_RUNTIME,
    ),
    approximate(
      "Host_localhost_HEADER",
      "Host_Localhost_Header",
      (view) => view.header("host"),
      /localhost/i,
    ),
    exact("PROPFIND_METHOD", "Propfind_Method", (view) => view.method === "PROPFIND"),
    approximate("ExploitablePaths_URIPATH", "ExploitablePaths_URIPath", path, /web-inf/i),
    approximate("Log4JRCE_HEADER", "Log4JRCE_Header", headers, LOG4J),
    approximate("Log4JRCE_QUERYSTRING", "Log4JRCE_QueryString", queryString, LOG4J),
    approximate("Log4JRCE_BODY", "Log4JRCE_Body", body, LOG4J),
    approximate("Log4JRCE_URIPATH", "Log4JRCE_URIPath", path, LOG4J),
    unknown("ReactJSRCE_BODY", "ReactJSRCE_Body"),
  ],
};

// "Use-case specific rule groups", AWS WAF Developer Guide.
const sqlDatabase: ManagedRuleGroup = {
  name: "AWSManagedRulesSQLiRuleSet",
  labelPrefix: "awswaf:managed:aws:sql-database:",
  rules: [
    detected("SQLi_QUERYARGUMENTS", "SQLi_QueryArguments", queryArguments, "sqli"),
    unknown("SQLiExtendedPatterns_QUERYARGUMENTS", "SQLiExtendedPatterns_QueryArguments"),
    detected("SQLi_BODY", "SQLi_Body", body, "sqli"),
    unknown("SQLiExtendedPatterns_BODY", "SQLiExtendedPatterns_Body"),
    unknown("SQLiExtendedPatterns_HEADER", "SQLiExtendedPatterns_Header"),
    unknown("SQLiExtendedPatterns_URIPATH", "SQLiExtendedPatterns_UriPath"),
    detected("SQLi_COOKIE", "SQLi_Cookie", cookies, "sqli"),
    detected("SQLi_URIPATH", "SQLi_URIPath", path, "sqli"),
  ],
};

const PROC_VERSION = /\/proc\/version/i;

const linux: ManagedRuleGroup = {
  name: "AWSManagedRulesLinuxRuleSet",
  labelPrefix: "awswaf:managed:aws:linux-os:",
  rules: [
    approximate("LFI_URIPATH", "LFI_URIPath", path, PROC_VERSION),
    approximate("LFI_QUERYSTRING", "LFI_QueryString", queryString, PROC_VERSION),
    approximate("LFI_HEADER", "LFI_Header", headers, PROC_VERSION),
  ],
};

// "IP reputation rule groups", AWS WAF Developer Guide. No list has the loopback address: silence would mean nothing.
const ipReputation: ManagedRuleGroup = {
  name: "AWSManagedRulesAmazonIpReputationList",
  labelPrefix: "awswaf:managed:aws:amazon-ip-list:",
  rules: [
    unknown("AWSManagedIPReputationList", "AWSManagedIPReputationList"),
    unknown("AWSManagedReconnaissanceList", "AWSManagedReconnaissanceList"),
    unknown("AWSManagedIPDDoSList", "AWSManagedIPDDoSList", "COUNT"),
  ],
};

const anonymousIp: ManagedRuleGroup = {
  name: "AWSManagedRulesAnonymousIpList",
  labelPrefix: "awswaf:managed:aws:anonymous-ip-list:",
  rules: [
    unknown("AnonymousIPList", "AnonymousIPList"),
    unknown("HostingProviderIPList", "HostingProviderIPList"),
  ],
};

/** AWS's rule groups of which something is publicly known. */
export const managedRuleGroups: readonly ManagedRuleGroup[] = [
  commonRuleSet,
  adminProtection,
  knownBadInputs,
  sqlDatabase,
  linux,
  ipReputation,
  anonymousIp,
];
