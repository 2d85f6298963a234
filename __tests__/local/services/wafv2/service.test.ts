import type { CallContext } from "../../../../local/aws-api/service";
import { bindService } from "../../../../local/aws-api/service";
import { AwsError } from "../../../../local/kernel/aws-error";
import type { Members } from "../../../../local/kernel/input";
import { wafv2 } from "../../../../local/services/wafv2/service";
import { TestClock } from "../../../support/test-clock";
import {
  arnOf,
  type Block,
  byteMatch,
  idOf,
  inspect,
  ipSet,
  rule,
  ruleGroup,
  stageArn,
  visibility,
  webAcl,
  webAclsOf,
} from "./fixture";

const context: CallContext = {
  principal: {
    kind: "administrator",
    arn: "arn:aws:iam::123456789012:root",
    accountId: "123456789012",
    userId: "1",
  },
  requestId: "1",
  sourceIp: "127.0.0.1",
};
const webAclArn = arnOf("webacl", "SecureApi");
const observe = (more: Block = {}): Block =>
  rule(byteMatch("/"), {
    name: "observe",
    action: { count: {} },
    visibility_config: visibility("Observe"),
    ...more,
  });

function setUp(rules: Block[] = [observe()], more: Block = {}) {
  const clock = new TestClock();
  const group = ruleGroup("Shared", [rule(byteMatch("/"), { name: "deny" })]);
  const webAcls = webAclsOf([webAcl(rules, more), group, ipSet("Known", ["192.0.2.0/24"])], clock);
  const { operations } = bindService(wafv2, webAcls);
  const call = (name: string, input: Members): Members | Promise<Members> => {
    const operation = operations[name];
    if (operation === undefined) throw new Error(`no operation ${name}`);
    operation.permission?.(input);
    return operation.handle(input, context);
  };
  const sampled = (input: Members = {}) =>
    call("GetSampledRequests", {
      WebAclArn: webAclArn,
      RuleMetricName: "Observe",
      Scope: "REGIONAL",
      TimeWindow: { StartTime: clock.now() / 1000 - 3600, EndTime: clock.now() / 1000 },
      MaxItems: 500,
      ...input,
    });
  return { clock, webAcls, call, sampled, operations };
}

function errorOf(run: () => unknown): AwsError {
  try {
    run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("GetSampledRequests", () => {
  it("shows the requests that a rule matched, as AWS WAF shows them, with the host they would have there", () => {
    const labelled = observe({
      rule_label: { name: "seen" },
      action: { count: { custom_request_handling: { insert_header: { name: "a", value: "b" } } } },
    });
    const { webAcls, clock, sampled } = setUp([labelled]);
    inspect(webAcls, {
      ...{ method: "GET", path: "/development/lambda1", queryString: "a=1", body: "secret" },
      headers: [
        ["Host", "localhost"],
        ["Authorization", "token"],
      ],
    });

    expect(sampled()).toEqual({
      SampledRequests: [
        {
          Request: {
            ...{ ClientIP: "192.0.2.10", Country: "-", URI: "/development/lambda1", Method: "GET" },
            HTTPVersion: "HTTP/1.1",
            Headers: [
              { Name: "Host", Value: "abc123.execute-api.us-east-1.amazonaws.com" },
              { Name: "Authorization", Value: "token" },
            ],
          },
          ...{ Weight: 1, Timestamp: clock.now() / 1000, Action: "COUNT" },
          RequestHeadersInserted: [{ Name: "x-amzn-waf-a", Value: "b" }],
          Labels: [{ Name: "awswaf:123456789012:webacl:SecureApi:seen" }],
        },
      ],
      PopulationSize: 1,
      TimeWindow: { StartTime: clock.now() / 1000 - 3600, EndTime: clock.now() / 1000 },
    });
  });

  it.each(["Default_Action", "SecureApi"])("shows what no rule decided under %s", (RuleMetricName) => {
    const default_action = { block: { custom_response: { response_code: 404 } } };
    const { webAcls, sampled } = setUp([observe()], { default_action });
    inspect(webAcls);

    expect(sampled({ RuleMetricName })).toMatchObject({
      SampledRequests: [{ Action: "BLOCK", ResponseCodeSent: 404 }],
    });
  });

  it("names the rule within a rule group, and the action that was overridden", () => {
    const reference = rule(
      {
        rule_group_reference_statement: {
          arn: arnOf("rulegroup", "Shared"),
          rule_action_override: [{ name: "deny", action_to_use: { count: {} } }],
        },
      },
      { name: "shared", override_action: { none: {} } },
    );
    const { webAcls, sampled } = setUp([reference]);
    inspect(webAcls);

    expect(sampled({ RuleMetricName: "shared" })).toMatchObject({
      SampledRequests: [
        { RuleNameWithinRuleGroup: "Shared#deny", Action: "COUNT", OverriddenAction: "BLOCK" },
      ],
      PopulationSize: 1,
    });
  });

  it("samples nothing where the rule says so", () => {
    const { webAcls, sampled } = setUp([observe({ visibility_config: visibility("Observe", false) })]);
    inspect(webAcls);

    expect(sampled()).toMatchObject({ SampledRequests: [], PopulationSize: 0 });
  });

  it("keeps to the window and the number asked for, and says how many there were", () => {
    const { webAcls, clock, sampled } = setUp();
    for (let minute = 0; minute < 10; minute++) {
      inspect(webAcls, { path: `/${minute}` });
      clock.advance({ seconds: 60 });
    }
    const now = clock.now() / 1000;

    const answer = sampled({ TimeWindow: { StartTime: now - 300, EndTime: now - 60 }, MaxItems: 2 });

    expect(answer).toMatchObject({
      SampledRequests: [{ Request: { URI: "/8" } }, { Request: { URI: "/9" } }],
      PopulationSize: 5,
    });
  });

  it("forgets after three hours, and says so in the window", () => {
    const { webAcls, clock, sampled } = setUp();
    inspect(webAcls);
    clock.advance({ seconds: 3 * 3600 + 1 });
    inspect(webAcls);
    const now = clock.now() / 1000;

    const answer = sampled({ TimeWindow: { StartTime: 0, EndTime: now } });

    expect(answer).toMatchObject({
      PopulationSize: 1,
      TimeWindow: { StartTime: now - 3 * 3600, EndTime: now },
    });
  });

  it("stays bounded: 500 samples of the last 5,000 requests", () => {
    const { webAcls, clock, sampled } = setUp();
    const start = clock.now();
    for (let count = 0; count < 12_000; count++) {
      inspect(webAcls, { path: `/${count}` });
      clock.advance({ seconds: 0.001 });
    }

    const answer = sampled();

    expect(answer).toMatchObject({ PopulationSize: 5000, TimeWindow: { StartTime: (start + 7000) / 1000 } });
    expect(answer).toHaveProperty("SampledRequests.length", 500);
    expect(answer).toHaveProperty(["SampledRequests", 499, "Request", "URI"], "/11999");
  });

  it("caps what a sample holds of headers and path", () => {
    const { webAcls, sampled } = setUp();
    inspect(webAcls, { path: `/${"p".repeat(20_000)}`, headers: [["a", "x".repeat(20_000)]] });

    const answer = sampled();

    expect(answer).toHaveProperty(["SampledRequests", 0, "Request", "URI", "length"], 8192);
    expect(answer).toHaveProperty(["SampledRequests", 0, "Request", "Headers", 0, "Value", "length"], 8191);
  });

  it("conceals the headers and cookies that data protection names", () => {
    const protect = (action: string, field_type: string, field_keys: string[]): Block => ({
      ...{ action, field: [{ field_type, field_keys }] },
    });
    const data_protection = [
      protect("SUBSTITUTION", "SINGLE_HEADER", ["authorization"]),
      protect("HASH", "SINGLE_COOKIE", ["session"]),
      protect("SUBSTITUTION", "BODY", []),
    ];
    const { webAcls, sampled } = setUp([observe()], { data_protection_config: { data_protection } });
    inspect(webAcls, {
      headers: [
        ["Authorization", "token"],
        ["Cookie", "a=1; Session=abc; b"],
        ["X", "plain"],
      ],
    });

    // printf 123456789012abc | openssl dgst -sha256 -binary | base64
    const hash = "O8FWj8GHuDZk3LxYtbWt2nf//qBKx2uJbq5Y+G0e2lY=";
    expect(sampled()).toHaveProperty(
      ["SampledRequests", 0, "Request", "Headers"],
      [
        { Name: "Authorization", Value: "REDACTED" },
        { Name: "Cookie", Value: `a=1; Session=${hash}; b` },
        { Name: "X", Value: "plain" },
      ],
    );
  });

  it.each<[Block, string]>([
    [{ action: "SHRED", field: { field_type: "BODY" } }, "action must be SUBSTITUTION or HASH"],
    [{ action: "HASH", field: { field_type: "MOON" } }, "field_type MOON is not known"],
  ])("does not start with the data protection %j", (data_protection, message) => {
    expect(() => setUp([], { data_protection_config: { data_protection } })).toThrow(message);
  });

  it.each<[string, Members]>([
    ["a web ACL", { WebAclArn: arnOf("webacl", "Other") }],
    ["a rule's metric", { RuleMetricName: "Other" }],
    ["a web ACL of that scope", { Scope: "CLOUDFRONT" }],
  ])("answers WAFNonexistentItemException where %s is not there", (_, input) => {
    const { sampled } = setUp();

    const error = errorOf(() => sampled(input));

    expect([error.code, error.status, error.message]).toEqual([
      "WAFNonexistentItemException",
      400,
      "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
    ]);
  });

  it.each<[Members, string]>([
    [{ WebAclArn: "nonsense" }, "RESOURCE_ARN"],
    [{ WebAclArn: undefined }, "RESOURCE_ARN"],
    [{ RuleMetricName: "" }, "METRIC_NAME"],
    [{ Scope: "MOON" }, "SCOPE_VALUE"],
    [{ MaxItems: 0 }, "ENTITY_LIMIT"],
    [{ MaxItems: 501 }, "ENTITY_LIMIT"],
    [{ TimeWindow: undefined }, "EXPIRE_TIMESTAMP"],
    [{ TimeWindow: { StartTime: 2, EndTime: 1 } }, "EXPIRE_TIMESTAMP"],
  ])("answers WAFInvalidParameterException for %j", (input, field) => {
    const { sampled } = setUp();

    const error = errorOf(() => sampled(input));

    expect(error.code).toBe("WAFInvalidParameterException");
    expect(error.message).toMatch(/^Error reason: .*, field: .*, parameter: /);
    expect(error.members).toMatchObject({ Field: field, message: error.message });
  });
});

describe("the descriptions", () => {
  const named = { Name: "SecureApi", Id: idOf("SecureApi"), Scope: "REGIONAL" };

  it("lists web ACLs and IP sets of the scope", () => {
    const { call } = setUp();

    expect(call("ListWebACLs", { Scope: "REGIONAL" })).toEqual({
      WebACLs: [{ Name: "SecureApi", Id: idOf("SecureApi"), ARN: webAclArn, Description: "" }],
    });
    expect(call("ListIPSets", { Scope: "REGIONAL" })).toMatchObject({ IPSets: [{ Name: "Known" }] });
    expect(call("ListIPSets", { Scope: "CLOUDFRONT" })).toEqual({ IPSets: [] });
  });

  it("lists as many as are asked for, and the others after its marker", async () => {
    const webAcls = webAclsOf([webAcl([]), ipSet("Known", []), ipSet("Other", [])], new TestClock());
    const { ListIPSets } = bindService(wafv2, webAcls).operations;
    const list = async (more: Members) =>
      ListIPSets?.handle({ Scope: "REGIONAL", Limit: 1, ...more }, context);

    const first = await list({});
    const second = await list({ NextMarker: first?.NextMarker });

    expect(first).toMatchObject({ IPSets: [{ Name: "Known" }], NextMarker: expect.any(String) });
    expect(second).toEqual({ IPSets: [expect.objectContaining({ Name: "Other" })] });
  });

  it.each<[string, Members, string]>([
    ["ListWebACLs", { Limit: 101 }, "ENTITY_LIMIT"],
    ["ListIPSets", { Limit: 0 }, "ENTITY_LIMIT"],
    ["ListResourcesForWebACL", { WebACLArn: webAclArn, ResourceType: "BUCKET" }, "RESOURCE_TYPE"],
  ])("%s refuses %j", (name, input, field) => {
    const { call } = setUp();

    const error = errorOf(() => call(name, { Scope: "REGIONAL", ...input }));

    expect(error.members).toMatchObject({ Field: field });
  });

  it("refuses a marker that no list gave out", () => {
    const { call } = setUp();

    const error = errorOf(() => call("ListWebACLs", { Scope: "REGIONAL", NextMarker: "other" }));

    expect(error.code).toBe("WAFInvalidParameterException");
  });

  it("shows an IP set", () => {
    const { call } = setUp();

    expect(call("GetIPSet", { Name: "Known", Id: idOf("Known"), Scope: "REGIONAL" })).toEqual({
      IPSet: {
        ...{ Name: "Known", Id: idOf("Known"), ARN: arnOf("ipset", "Known"), Description: "" },
        ...{ IPAddressVersion: "IPV4", Addresses: ["192.0.2.0/24"] },
      },
    });
  });

  it("shows a web ACL in the API's spelling, from synthesized JSON and from state alike", () => {
    const statement = (wrap: (block: Block) => Block | Block[]): Block => ({
      and_statement: wrap({
        statement: [
          { not_statement: wrap({ statement: wrap(byteMatch("x")) }) },
          { ip_set_reference_statement: wrap({ arn: arnOf("ipset", "Known") }) },
        ],
      }),
    });
    const more = (wrap: (block: Block) => Block | Block[]): Block => ({
      default_action: wrap({ allow: wrap({}) }),
      custom_response_body: [{ key: "no", content_type: "TEXT_PLAIN", content: "no" }],
      association_config: wrap({
        request_body: wrap({ api_gateway: wrap({ default_size_inspection_limit: "KB_32" }) }),
      }),
      ...{ capacity: 3, lock_token: "token", visibility_config: wrap(visibility("SecureApi")) },
    });
    const shape = (wrap: (block: Block) => Block | Block[]) =>
      setUp([rule(statement(wrap), { name: "nested" })], more(wrap)).call("GetWebACL", named);

    const synthesized = shape((block) => block);

    expect(shape((block) => [block])).toEqual(synthesized);
    expect(synthesized).toEqual({
      LockToken: "token",
      WebACL: {
        ...{ Name: "SecureApi", Id: idOf("SecureApi"), ARN: webAclArn, Capacity: 3 },
        LabelNamespace: "awswaf:123456789012:webacl:SecureApi:",
        ManagedByFirewallManager: false,
        DefaultAction: { Allow: {} },
        CustomResponseBodies: { no: { ContentType: "TEXT_PLAIN", Content: "no" } },
        AssociationConfig: { RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: "KB_32" } } },
        VisibilityConfig: {
          ...{ MetricName: "SecureApi", SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true },
        },
        Rules: [
          {
            ...{ Name: "nested", Priority: 0, Action: { Block: {} } },
            VisibilityConfig: {
              ...{ MetricName: "nested", SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true },
            },
            Statement: {
              AndStatement: {
                Statements: [
                  {
                    NotStatement: {
                      Statement: {
                        ByteMatchStatement: {
                          SearchString: Buffer.from("x").toString("base64"),
                          PositionalConstraint: "CONTAINS",
                          FieldToMatch: { UriPath: {} },
                          TextTransformations: [{ Priority: 0, Type: "NONE" }],
                        },
                      },
                    },
                  },
                  { IPSetReferenceStatement: { ARN: arnOf("ipset", "Known") } },
                ],
              },
            },
          },
        ],
      },
    });
  });

  it("tells which web ACL protects a resource, and which resources a web ACL protects", () => {
    const { call } = setUp();

    expect(call("GetWebACLForResource", { ResourceArn: stageArn })).toMatchObject({
      WebACL: { ARN: webAclArn },
    });
    expect(call("GetWebACLForResource", { ResourceArn: `${stageArn}2` })).toEqual({});
    const listed = { WebACLArn: webAclArn };
    expect(call("ListResourcesForWebACL", { ...listed, ResourceType: "API_GATEWAY" })).toEqual({
      ResourceArns: [stageArn],
    });
    expect(call("ListResourcesForWebACL", listed)).toEqual({ ResourceArns: [] });
  });

  it("describes a web ACL by its ARN alone too", () => {
    const { call, operations } = setUp();

    expect(call("GetWebACL", { ARN: webAclArn })).toEqual(call("GetWebACL", named));
    expect(errorOf(() => call("GetWebACL", { ARN: `${webAclArn}2` })).code).toBe(
      "WAFNonexistentItemException",
    );
    expect(operations.GetWebACL?.permission?.({ ARN: webAclArn })).toEqual({
      ...{ action: "wafv2:GetWebACL", resource: webAclArn },
    });
  });

  it.each(["GetWebACL", "GetIPSet"])(
    "%s answers WAFNonexistentItemException for another name",
    (operation) => {
      const { call } = setUp();

      const error = errorOf(() => call(operation, { ...named, Name: "Other" }));

      expect(error.code).toBe("WAFNonexistentItemException");
    },
  );
});

describe("the permissions", () => {
  it("are on the resource that the call is about", () => {
    const { operations } = setUp();
    const ofSet = { Name: "Known", Id: idOf("Known"), Scope: "REGIONAL" };
    const permission = (name: string, input: Members) => operations[name]?.permission?.(input);

    expect(permission("GetSampledRequests", { WebAclArn: webAclArn })).toEqual({
      ...{ action: "wafv2:GetSampledRequests", resource: webAclArn },
    });
    expect(permission("GetIPSet", ofSet)).toEqual({
      ...{ action: "wafv2:GetIPSet", resource: arnOf("ipset", "Known") },
    });
    expect(permission("ListWebACLs", {})).toEqual({ action: "wafv2:ListWebACLs", resource: "*" });
  });

  it("are asked for by every operation, so that none is open to anybody", () => {
    const { operations } = setUp();

    expect(Object.values(operations).every(({ permission }) => permission !== undefined)).toBe(true);
  });
});
