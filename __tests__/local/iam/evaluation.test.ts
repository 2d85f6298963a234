import { type ApplicablePolicies, evaluate } from "../../../local/iam/evaluation";
import { type PolicyUse, policyOf } from "../../../local/iam/policy";
import type { Principal } from "../../../local/kernel/principal";
import { account, allow, deny, roleArn, topicArn } from "./deployment-of";

/** What the oracle of `evaluation-oracle.slow.test.ts` cannot say, or says otherwise than AWS's documentation. */

const session = `arn:aws:sts::${account}:assumed-role/R/F`;
const role: Principal = { kind: "role", roleArn, arn: session, accountId: account, userId: "AROAR:F" };
const place = { region: "us-east-1", accountId: account };
const publish = { principal: role, action: "sns:Publish", resource: topicArn };
const nothing: ApplicablePolicies = { identity: [], boundary: undefined, resource: undefined };

function policyWith(
  use: PolicyUse,
  statements: object | object[],
  Version: string | undefined = "2012-10-17",
) {
  return policyOf({ Version, Statement: statements }, `aws_x.${use}`, use);
}
const decide = (policies: Partial<ApplicablePolicies>, request = publish) =>
  evaluate(request, { ...nothing, ...policies }, place);
const isAllowed = (...args: Parameters<typeof decide>) => decide(...args).refusal === undefined;
const ownStatement = (statement: object, version?: string) =>
  isAllowed({ identity: [policyWith("identity", statement, version)] });

describe("the statement that decides", () => {
  const named = policyWith("identity", [allow("sqs:*", "*"), { Sid: "Topic", ...allow("sns:*", "*") }]);

  test("is named with its policy, by its Sid or its place", () => {
    expect(decide({ identity: [named] })).toEqual({
      statement: { policy: "aws_x.identity", kind: "identity", statement: "Topic" },
    });
    expect(decide({ identity: [named, policyWith("identity", [deny("sns:Publish", "*")])] })).toEqual({
      refusal: { kind: "explicit", policy: "identity-based policy" },
      statement: { policy: "aws_x.identity", kind: "identity", statement: "Statement[0]" },
    });
    const resource = policyWith("resource", allow("sns:Publish", topicArn, { Principal: { AWS: roleArn } }));
    expect(decide({ resource })).toEqual({
      statement: { policy: "aws_x.resource", kind: "resource", statement: "Statement" },
    });
  });

  test("is none where nothing allows the request", () => {
    expect(decide({})).toEqual({ refusal: { kind: "implicit", policy: "identity-based policy" } });
    expect(decide({ identity: [named], boundary: [] })).toEqual({
      refusal: { kind: "implicit", policy: "permissions boundary" },
    });
  });
});

describe("wildcards", () => {
  test.each([
    [topicArn, true],
    ["arn:aws:sns:*:123456789012:T", true],
    ["arn:aws:sns:us-east-1:123456789012:?", true],
    ["arn:aws:sns:us-east-1:123456789012:T?", false],
    ["arn:aws:sns:us-east-1:123456789012:t", false],
    // An asterisk at a segment's end goes on past the colon, one inside of a segment does not.
    ["arn:aws:sns:*:T", true],
    ["arn:aws:sns:us*12:T", false],
    ["arn:aws:sns:us*", true],
    ["arn:aws:sns:us?east-1:123456789012:T", true],
    ["arn:aws:sns:us-east-1?123456789012:T", false],
  ])("the resource %s: %s", (resource, expected) => {
    expect(ownStatement(allow("sns:Publish", resource))).toBe(expected);
  });

  test.each([
    ["SNS:publish", true],
    ["sns:Pub*", true],
    ["sns:?ublish", true],
    ["sns:Publish?", false],
    ["*", true],
  ])("the action %s: %s", (action, expected) => {
    expect(ownStatement(allow(action, "*"))).toBe(expected);
  });

  test("end, however many there are", () => {
    const action = `sns:${"P*".repeat(2_000)}x`;
    const name = "P".repeat(2_000);

    expect(
      isAllowed(
        { identity: [policyWith("identity", allow(action, "*"))] },
        { ...publish, action: `sns:${name}` },
      ),
    ).toBe(false);
  });
});

describe("variables", () => {
  const whereAccountIs = (value: string) =>
    allow("sns:Publish", topicArn, { Condition: { StringEquals: { "aws:ResourceAccount": value } } });

  test("stand for the request's values, in conditions and in the resource's part of an ARN", () => {
    const own = "arn:aws:lambda:us-east-1:123456789012:function:${aws:userid}";
    const request = {
      ...publish,
      action: "lambda:GetFunction",
      resource: own.replace("${aws:userid}", role.userId),
    };

    expect(ownStatement(whereAccountIs("${aws:PrincipalAccount}"))).toBe(true);
    expect(isAllowed({ identity: [policyWith("identity", allow("lambda:*", own))] }, request)).toBe(true);
    expect(ownStatement(allow("sns:Publish", "arn:aws:sns:${aws:RequestedRegion}:123456789012:T"))).toBe(
      false,
    );
  });

  test("are text in a policy of an earlier version, or of none", () => {
    expect(ownStatement(whereAccountIs("${aws:PrincipalAccount}"), "2008-10-17")).toBe(false);
    expect(
      isAllowed({
        identity: [policyOf({ Statement: whereAccountIs("${aws:PrincipalAccount}") }, "P", "identity")],
      }),
    ).toBe(false);
  });

  test("without a value take the one that is given for that, or leave the statement out", () => {
    const tagged = (tag: string) => ({
      Effect: "Allow",
      Action: "sns:*",
      NotResource: `arn:aws:sns:us-east-1:1:${tag}`,
    });

    expect(ownStatement(whereAccountIs(`\${aws:PrincipalTag/a, '${account}'}`))).toBe(true);
    expect(ownStatement(whereAccountIs("${aws:PrincipalTag/a}"))).toBe(false);
    expect(ownStatement(tagged("X"))).toBe(true);
    expect(ownStatement(tagged("${aws:PrincipalTag/a}"))).toBe(false);
  });

  test("spell the characters that are wildcards otherwise", () => {
    const like = (value: string) =>
      ownStatement({ ...allow("sns:Publish", "*"), Condition: { StringLike: { "aws:userid": value } } });

    expect(like("AROA*")).toBe(true);
    expect(like("AROA${*}")).toBe(false);
    expect(like("AROAR${$}F")).toBe(false);
  });
});

describe("a deny with NotPrincipal", () => {
  const denyAllBut = (...AWS: string[]) => ({
    identity: [policyWith("identity", allow("*", "*"))],
    resource: policyWith("resource", { ...deny("sns:Publish", topicArn), NotPrincipal: { AWS } }),
  });

  test("spares whom it names with account, role and session, and nobody else", () => {
    expect(isAllowed(denyAllBut(account, roleArn, session))).toBe(true);
    expect(isAllowed(denyAllBut(account, roleArn))).toBe(false);
    expect(isAllowed(denyAllBut(roleArn, session))).toBe(false);
    expect(isAllowed(denyAllBut(account))).toBe(false);
  });

  test("spares nobody who has a permissions boundary", () => {
    const boundary = policyWith("identity", allow("*", "*"));

    expect(isAllowed({ ...denyAllBut(account, roleArn, session), boundary })).toBe(false);
  });
});

test("a permissions boundary limits what a resource grants the role, but not what it grants the session", () => {
  const boundary = policyWith("identity", allow("logs:*", "*"));
  const to = (AWS: string) => policyWith("resource", allow("sns:Publish", topicArn, { Principal: { AWS } }));

  expect(isAllowed({ resource: to(roleArn), boundary })).toBe(false);
  expect(isAllowed({ resource: to(session), boundary })).toBe(true);
  expect(isAllowed({ resource: to(roleArn) })).toBe(true);
});

test("a role is assumed only where its own policy says so", () => {
  const assume = { ...publish, action: "sts:AssumeRole", resource: roleArn };
  const own = [policyWith("identity", allow("sts:AssumeRole", "*"))];
  const trusts = (AWS: string) =>
    policyWith("trust", { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS } });

  expect(isAllowed({ identity: own, resource: trusts(`arn:aws:iam::${account}:role/Other`) }, assume)).toBe(
    false,
  );
  expect(isAllowed({ identity: own, resource: trusts(account) }, assume)).toBe(true);
  expect(isAllowed({ resource: trusts(account) }, assume)).toBe(false);
});

describe("operators that no key of the runtime needs", () => {
  test.each<[string, string, unknown, boolean]>([
    ["DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", false],
    ["DateGreaterThanIfExists", "aws:CurrentTime", "2020-01-01T00:00:00Z", true],
    ["NumericLessThanEquals", "aws:ResourceAccount", 123456789012, true],
    ["NumericNotEquals", "aws:ResourceAccount", account, false],
    ["BinaryEquals", "aws:ResourceAccount", account, true],
    ["ForAllValues:StringLike", "aws:TagKeys", "a", true],
    ["ForAnyValue:StringLike", "aws:TagKeys", "a", false],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", true],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:*", false],
    ["ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/S", true],
  ])("%s of %s and %s: %s", (operator, key, value, expected) => {
    expect(ownStatement({ ...allow("sns:Publish", "*"), Condition: { [operator]: { [key]: value } } })).toBe(
      expected,
    );
  });
});
