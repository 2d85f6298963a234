import { readFileSync } from "node:fs";
import path from "node:path";
import { type Detector, loadDetector } from "../../../../local/services/wafv2/detector";
import { type ManagedRule, managedRuleGroups } from "../../../../local/services/wafv2/managed-rules";
import { WebAcls } from "../../../../local/services/wafv2/web-acls";
import { deploymentOf } from "../../../support/deployment";
import { expectGeneratedSection } from "../../../support/generated-section";
import { useValue } from "../../../support/use-runtime";
import { association, optionsOf, type RequestParts, rule, verdictOf, webAcl } from "./fixture";

const detector = useValue(async () => {
  const loaded = await loadDetector();
  if (loaded === undefined) throw new Error("@datadog/native-appsec cannot be loaded: run npm ci");
  return loaded;
});

/** The rules of the group that are seen to match: the first blocks, counted so that the others are seen too. */
function matching(group: string, sent: RequestParts, using?: Detector): string[] {
  const rules = managedRuleGroups.find(({ name }) => name.endsWith(group))?.rules ?? [];
  const name = managedRuleGroups.find((known) => known.name.endsWith(group))?.name ?? group;
  const managed_rule_group_statement = {
    ...{ vendor_name: "AWS", name },
    rule_action_override: rules.map((one) => ({ name: one.name, action_to_use: { count: {} } })),
  };
  const reference = rule(
    { managed_rule_group_statement },
    { name: "managed", override_action: { none: {} } },
  );
  const webAcls = new WebAcls(
    deploymentOf(webAcl([reference]), association()),
    optionsOf(undefined, { detector: using }),
  );
  const { trace = [] } = verdictOf(webAcls, { headers: agent, ...sent });
  return trace.filter(({ predicted }) => predicted).map((one) => one.rule.replace(/^.*#/, ""));
}

const agent: RequestParts["headers"] = [["User-Agent", "test"]];
const header = (name: string, value: string): RequestParts => ({ headers: [...agent, [name, value]] });
const query = (queryString: string): RequestParts => ({ queryString });
const body = (text: string): RequestParts => ({ body: text });
const at = (text: string): RequestParts => ({ path: `/development${text}` });
const cookie = (text: string) => header("Cookie", text);

type Case = readonly [sent: RequestParts, rules: string[], source: string];

// Sources: "baseline" is the page on baseline rule groups of the AWS WAF Developer Guide, "use-case" the page on use-case
// specific ones; a name with a number is a public report of what AWS WAF did.
const common: Case[] = [
  [{ headers: [] }, ["NoUserAgent_HEADER"], "baseline; auth0-logs-to-provider#64"],
  [{ headers: [["user-agent", ""]] }, [], "whether an empty one counts is not known"],
  [{ headers: [["User-Agent", "Nessus SOAP"]] }, ["UserAgent_BadBots_HEADER"], "baseline"],
  [
    { headers: [["User-Agent", "Mozilla/5.0 (compatible; Nmap Scripting)"]] },
    ["UserAgent_BadBots_HEADER"],
    "baseline",
  ],
  [{ headers: [["User-Agent", "curl/8.5.0"]] }, [], "no report"],
  [query(`a=${"x".repeat(2047)}`), ["SizeRestrictions_QUERYSTRING"], "baseline; tavily-mcp#203"],
  [query(`a=${"x".repeat(2046)}`), [], "baseline: more than 2,048"],
  [cookie(`a=${"x".repeat(10_239)}`), ["SizeRestrictions_Cookie_HEADER"], "baseline"],
  [cookie(`a=${"x".repeat(10_238)}`), [], "baseline: more than 10,240"],
  [body("x".repeat(8193)), ["SizeRestrictions_BODY"], "baseline; nx-plugin-for-aws#826"],
  [body("x".repeat(8192)), [], "baseline: more than 8,192"],
  [{ path: `/${"x".repeat(1024)}` }, ["SizeRestrictions_URIPATH"], "baseline"],
  [{ path: `/${"x".repeat(1023)}` }, [], "baseline: more than 1,024"],
  [body('{"u":"http://localhost:3000/cb"}'), ["EC2MetaDataSSRF_BODY"], "backstage-plugin-toolbox#251"],
  [body('{"u":"http://user@localhost/"}'), ["EC2MetaDataSSRF_BODY"], "as a host"],
  [body("url=http%3A%2F%2Fx&ip=169.254.169.254"), ["EC2MetaDataSSRF_BODY"], "a lab's log"],
  [body('{"host":"localhost"}'), [], "a word, no URL: only possible"],
  [body('{"u":"http://localhost.example.com/"}'), [], "another host"],
  [body('{"v":"1169.254.169.254"}'), [], "another number"],
  [
    body('{"u":"http://127.0.0.1:8188"}'),
    ["EC2MetaDataSSRF_BODY", "GenericRFI_BODY"],
    "sample-kolya-br-proxy#109; expense-budget-tracker#250, #251",
  ],
  [cookie("next=http://localhost:3000"), ["EC2MetaDataSSRF_COOKIE"], "as in arguments"],
  [at("/http://localhost/"), ["EC2MetaDataSSRF_URIPATH"], "as in arguments"],
  [query("redirect_uri=http://localhost:4200"), ["EC2MetaDataSSRF_QUERYARGUMENTS"], "nx-plugin-for-aws#1016"],
  [
    query("redirect_uri=https://localhost:4200"),
    ["EC2MetaDataSSRF_QUERYARGUMENTS"],
    "nx-plugin-for-aws#1016",
  ],
  [query("redirect_uri=https://example.com"), [], "nx-plugin-for-aws#1016"],
  [
    query("redirect_uri=http%3A%2F%2F127.0.0.1%3A55570%2Fcb"),
    ["EC2MetaDataSSRF_QUERYARGUMENTS", "GenericRFI_QUERYARGUMENTS"],
    "expense-budget-tracker#280",
  ],
  [query("file=../../etc/passwd"), ["GenericLFI_QUERYARGUMENTS"], "baseline"],
  [query("file=..%2F..%2Fetc"), ["GenericLFI_QUERYARGUMENTS"], "baseline, decoded"],
  [at("/../x"), ["GenericLFI_URIPATH"], "baseline"],
  [body('{"text":"see ../README"}'), ["GenericLFI_BODY"], "pensyve#202"],
  [body('{"text":"cat ../../etc/passwd"}'), ["GenericLFI_BODY"], "a measured deployment"],
  [body('{"text":"and so on .."}'), [], "pensyve#202"],
  [body('{"text":"node ./scripts/x"}'), [], "pensyve#202"],
  [at("/server.log"), ["RestrictedExtensions_URIPATH"], "baseline"],
  [at("/php.INI"), ["RestrictedExtensions_URIPATH"], "baseline"],
  [at("/.env"), [], "aws-waf-security-automations#240: let through"],
  [at("/login"), [], "no extension"],
  [query("domain=somePlugin.config"), ["RestrictedExtensions_QUERYARGUMENTS"], "shopware#1562"],
  [query("u=ftp://192.0.2.1/x"), ["GenericRFI_QUERYARGUMENTS"], "baseline"],
  [query("u=http://example.com"), [], "baseline: IPv4 hosts"],
  [body('{"u":"https://203.0.113.9/x"}'), ["GenericRFI_BODY"], "onfido-sdk-ui#1221"],
  [body('{"v":"203.0.113.9"}'), [], "no URL"],
  [at("/file://192.0.2.1"), ["GenericRFI_URIPATH"], "baseline"],
  [body('{"message":"hi"}'), [], "a measured deployment"],
  [body("' OR 1=1 --"), [], "a measured deployment: the group has no SQL rule"],
];

const detected: Case[] = [
  [body("<script>alert(1)</script>"), ["CrossSiteScripting_BODY"], "a measured deployment"],
  [body('{"text":"<meta charset=utf-8>"}'), ["CrossSiteScripting_BODY"], "litellm#12421"],
  [body('{"text":"<b>bold</b>"}'), [], "litellm#12421: other tags passed"],
  [cookie("a=<script>alert(1)</script>"), ["CrossSiteScripting_COOKIE"], "baseline"],
  [query("q=%3Cscript%3Ealert(1)%3C/script%3E"), ["CrossSiteScripting_QUERYARGUMENTS"], "baseline"],
  [at("/<script>alert(1)</script>"), ["CrossSiteScripting_URIPATH"], "baseline"],
];

const sql: Case[] = [
  [query("id=1%20OR%201=1"), ["SQLi_QUERYARGUMENTS"], "use-case"],
  [body("1' OR '1'='1"), ["SQLi_BODY"], "use-case"],
  [cookie("a=1' OR '1'='1"), ["SQLi_COOKIE"], "use-case"],
  [query("id=1--1"), [], "redcap-on-aws#57: AWS blocks it, the detector misses it"],
  [query("name=O%27Reilly"), [], "no report"],
];

const others: readonly (readonly [string, ...Case])[] = [
  [
    "KnownBadInputsRuleSet",
    header("X", '(java.lang.Runtime).getRuntime().exec("whoami")'),
    ["JavaDeserializationRCE_HEADER"],
    "baseline",
  ],
  [
    "KnownBadInputsRuleSet",
    body('(java.lang.Runtime).getRuntime().exec("whoami")'),
    ["JavaDeserializationRCE_BODY"],
    "baseline",
  ],
  ["KnownBadInputsRuleSet", body("java.lang.Runtime is a class"), [], "prose"],
  [
    "KnownBadInputsRuleSet",
    query("a=java.lang.Runtime.getRuntime%28%29"),
    ["JavaDeserializationRCE_QUERYSTRING"],
    "baseline",
  ],
  [
    "KnownBadInputsRuleSet",
    at("/java.lang.Runtime.getRuntime()"),
    ["JavaDeserializationRCE_URIPATH"],
    "baseline",
  ],
  ["KnownBadInputsRuleSet", header("Host", "localhost:3000"), [], "the stage's host on AWS takes its place"],
  ["KnownBadInputsRuleSet", { method: "PROPFIND" }, ["PROPFIND_METHOD"], "baseline"],
  ["KnownBadInputsRuleSet", { method: "GET" }, [], "baseline"],
  ["KnownBadInputsRuleSet", at("/WEB-INF/web.xml"), ["ExploitablePaths_URIPATH"], "baseline"],
  ["KnownBadInputsRuleSet", at("/.git/config"), [], "no evidence"],
  ["KnownBadInputsRuleSet", header("X", "${jndi:ldap://example.com/}"), ["Log4JRCE_HEADER"], "baseline"],
  [
    "KnownBadInputsRuleSet",
    query("a=%24%7Bjndi%3Aldap://x%7D"),
    ["Log4JRCE_QUERYSTRING"],
    "baseline, decoded",
  ],
  ["KnownBadInputsRuleSet", body("${JNDI:dns://x}"), ["Log4JRCE_BODY"], "baseline"],
  ["KnownBadInputsRuleSet", at("/${jndi:x}"), ["Log4JRCE_URIPATH"], "baseline"],
  ["KnownBadInputsRuleSet", body("${value}"), [], "no lookup"],
  ["LinuxRuleSet", at("/proc/version"), ["LFI_URIPATH"], "use-case"],
  ["LinuxRuleSet", query("f=/proc/version"), ["LFI_QUERYSTRING"], "use-case"],
  ["LinuxRuleSet", header("X", "/proc/version"), ["LFI_HEADER"], "use-case"],
  ["LinuxRuleSet", body("/proc/version"), [], "use-case: no rule for bodies"],
  ["AdminProtectionRuleSet", at("/sqlmanager/"), ["AdminProtection_URIPATH"], "baseline"],
  ["AdminProtectionRuleSet", at("/admin"), [], "only possible"],
  ["AmazonIpReputationList", {}, [], "the lists are AWS's"],
  ["AnonymousIpList", {}, [], "the lists are AWS's"],
];

describe("what is predicted of AWS's rules", () => {
  it.each(common)("CommonRuleSet: %j matches %j (%s)", (sent, rules) => {
    expect(matching("CommonRuleSet", sent)).toEqual(rules);
  });

  it.each(others)("%s: %j matches %j (%s)", (group, sent, rules) => {
    expect(matching(group, sent)).toEqual(rules);
  });

  it.each(detected)("CommonRuleSet, by a detector: %j matches %j (%s)", (sent, rules) => {
    expect(matching("CommonRuleSet", sent, detector())).toEqual(rules);
  });

  it.each(sql)("SQLiRuleSet, by a detector: %j matches %j (%s)", (sent, rules) => {
    expect(matching("SQLiRuleSet", sent, detector())).toEqual(rules);
  });

  it("has a case that matches for every rule that is not unknown", () => {
    const tried = new Set([...common, ...detected, ...sql].flatMap(([, rules]) => rules));
    for (const [, , rules] of others) for (const name of rules) tried.add(name);

    const missing = managedRuleGroups
      .flatMap(({ rules }) => rules.filter(({ known }) => known !== "unknown"))
      .filter(({ name }) => !tried.has(name))
      .map(({ name }) => name);

    // The host is always the stage's on AWS, and the detector finds nothing that a path can hold unescaped.
    expect(missing).toEqual(["Host_localhost_HEADER", "SQLi_URIPATH"]);
  });

  it("lets the README's own requests pass", () => {
    const text = readFileSync(path.resolve(__dirname, "../../../../README.md"), "utf8");
    const bodies = [...text.matchAll(/curl [^\n]*\\\n[^\n]* -d '([^']*)'/g)].map(([, sent = ""]) => sent);

    expect(bodies.length).toBeGreaterThan(0);
    for (const sent of bodies) {
      for (const group of ["CommonRuleSet", "KnownBadInputsRuleSet", "SQLiRuleSet"]) {
        const request = { headers: [["User-Agent", "curl/8.5.0"]], body: sent } as const;
        expect([group, sent, matching(group, request, detector())]).toEqual([group, sent, []]);
      }
    }
  });

  it("sees no more of a body than AWS WAF does", () => {
    const late = (bytes: number) => body(`${"x".repeat(bytes)}../`);

    expect(matching("CommonRuleSet", late(16_381))).toEqual(["SizeRestrictions_BODY", "GenericLFI_BODY"]);
    expect(matching("CommonRuleSet", late(16_382))).toEqual(["SizeRestrictions_BODY"]);
  });

  it("takes no longer for a body that was written to make it slow", () => {
    const hostile = [
      "a".repeat(16_384),
      "a://".repeat(4096),
      `http://${"a".repeat(16_000)}`,
      "java.lang.runtime".repeat(900),
    ];
    const start = performance.now();

    for (const text of hostile) {
      matching("CommonRuleSet", body(text), detector());
      matching("KnownBadInputsRuleSet", body(text));
    }

    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("the table of AWS's rules", () => {
  it("is in the document (UPDATE_DOCS=1 npx jest managed-rules writes it)", () => {
    const namesOf = (rules: readonly ManagedRule[], wanted: ManagedRule["known"]) =>
      rules.flatMap(({ name, known }) => (known === wanted ? [`\`${name}\``] : [])).join(", ");
    const rows = managedRuleGroups.map(({ name, rules }) =>
      [
        `\`${name}\``,
        ...(["exact", "approximate", "unknown"] as const).map((known) => namesOf(rules, known)),
      ].join(" | "),
    );
    const header = ["| group | exact | approximate | not evaluated |", "| --- | --- | --- | --- |"];

    expectGeneratedSection(
      "docs/local-runtime.md",
      "managed-rules",
      [...header, ...rows.map((row) => `| ${row} |`)].join("\n"),
    );
  });

  it("has each name and each label once", () => {
    for (const { rules } of managedRuleGroups) {
      expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
      expect(new Set(rules.map(({ label }) => label)).size).toBe(rules.length);
    }
  });
});
