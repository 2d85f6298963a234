import { strictEqual } from "node:assert";
import { anonymousPrincipal, runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import fc from "fast-check";
import { contextOf } from "../../../local/iam/condition-keys";
import { evaluate } from "../../../local/iam/evaluation";
import { type Policy, type PolicyUse, policyOf } from "../../../local/iam/policy";
import type { Principal } from "../../../local/kernel/principal";
import { account, topicArn } from "./deployment-of";

/**
 * The evaluator decides as an independent one does, over generated policies and requests. The other is a library under
 * AGPL-3.0, which is why the runtime does not use it: here it is only asked.
 */

const region = "us-east-1";
const place = { region, accountId: account };
const roleArn = `arn:aws:iam::${account}:role/paths/Reader`;
const principals: readonly Principal[] = [
  {
    kind: "role",
    roleArn,
    arn: `arn:aws:sts::${account}:assumed-role/Reader/F`,
    accountId: account,
    userId: "AROAEXAMPLEEXAMPLEEXA:F",
  },
  {
    kind: "administrator",
    arn: `arn:aws:iam::${account}:user/local-administrator`,
    accountId: account,
    userId: "AIDAEXAMPLEEXAMPLEEXA",
  },
  {
    kind: "service",
    service: "apigateway.amazonaws.com",
    sourceArn: `arn:aws:execute-api:us-east-1:${account}:abc/development/POST/lambda1`,
    sourceAccount: account,
  },
  { kind: "service", service: "sns.amazonaws.com", sourceArn: topicArn, sourceAccount: account },
  { kind: "anonymous" },
];
const requests = [
  ["sns:Publish", topicArn],
  ["sts:AssumeRole", roleArn],
  ["sns:ListTopics", "*"],
  ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${account}:secret:S-abcdef`],
  ["sqs:SendMessage", `arn:aws:sqs:us-east-1:${account}:Q`],
  ["lambda:InvokeFunction", `arn:aws:lambda:us-east-1:${account}:function:F:live`],
  ["logs:PutLogEvents", `arn:aws:logs:us-east-1:${account}:log-group:/aws/lambda/F:log-stream:a/b`],
] as const;

type Json = Record<string, unknown>;

/** A text with some of its characters turned into wildcards, so that it matches often, but not always. */
const pattern = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(text.length),
      fc.constantFrom("*", "?", "", "x", "**", "?*"),
      fc.boolean(),
    )
    .map(([a, b, middle, whole]) => {
      const [start, end] = a < b ? [a, b] : [b, a];
      if (whole) return text;
      return text.slice(0, start) + middle + text.slice(middle === "?" ? start + 1 : end);
    });
const list = <T>(item: fc.Arbitrary<T>) =>
  fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<unknown>);

const actionOf = (action: string) => {
  const [service = "", name = ""] = action.split(":");
  return fc.oneof(
    fc.constant("*"),
    pattern(name).map((written) => `${service}:${written === "" ? "*" : written}`),
    fc.constantFrom(action.toLowerCase(), `${service.toUpperCase()}:${name}`, "iam:PassRole"),
  );
};
const withVariable = (text: string) =>
  fc
    .constantFrom(
      [account, "${aws:PrincipalAccount}"],
      [region, "${aws:RequestedRegion}"],
      [account, "${aws:ResourceAccount, 'nobody'}"],
      ["F", "${aws:username, 'F'}"],
    )
    .map(([from = "", to = ""]) => text.replace(from, to));
const resourceOf = (resource: string) =>
  fc.oneof(
    fc.constant("*"),
    resource === "*" ? fc.constant("*") : segmentPattern(resource),
    resource === "*" ? fc.constant(topicArn) : withVariable(resource),
    fc.constant("arn:aws:sns:us-east-1:123456789012:Other"),
  );
/** Wildcards inside the region, the account or the last segment, or in place of all that follows. */
const segmentPattern = (resource: string) => {
  const segments = resource.split(":");
  return fc.tuple(fc.constantFrom(3, 4, segments.length - 1), fc.boolean()).chain(([index, cut]) => {
    // The library lets a wildcard in a resource's type (`*role/Reader`) match the type only; AWS documents no such rule.
    const [, type = "", name = ""] = /^([^/]*\/)?(.*)$/.exec(segments[index] ?? "") ?? [];
    return pattern(name).map((written) => {
      const changed = segments.map((segment, at) => (at === index ? type + written : segment));
      if (!cut) return changed.join(":");
      const start = `${changed
        .slice(0, index + 1)
        .join(":")
        .replace(/\*+$/, "")}*`;
      return start + ":*".repeat(Math.max(0, 5 - index));
    });
  });
};

const values: Readonly<Record<string, readonly string[]>> = {
  "aws:PrincipalArn": [
    roleArn,
    `arn:aws:iam::${account}:role/*`,
    `arn:aws:iam::${account}:role/paths/R?ader`,
  ],
  "aws:PrincipalAccount": [account, "999999999999"],
  "aws:RequestedRegion": [region, "eu-*", "US-EAST-1", "us-*"],
  "aws:SourceArn": [
    topicArn,
    `arn:aws:execute-api:us-east-1:${account}:abc/*/POST/lambda1`,
    "arn:aws:sns:*:*:*",
  ],
  "aws:SourceAccount": [account, "999999999999", "1*"],
  "AWS:SourceOwner": [account],
  "aws:userid": ["AROAEXAMPLEEXAMPLEEXA:*", "AIDAEXAMPLEEXAMPLEEXA"],
  "aws:principaltype": ["AssumedRole", "User"],
  "aws:MultiFactorAuthAge": ["3600"],
};
const textOperators = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
];
const arnOperators = ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"];
const condition = fc
  .tuple(fc.constantFrom(...Object.keys(values)), fc.boolean(), fc.nat(9))
  .chain(([key, ifExists, kind]) => {
    const operators = kind === 0 ? ["Null"] : key.endsWith("Arn") && kind > 4 ? arnOperators : textOperators;
    const given = operators[0] === "Null" ? ["true", "false"] : (values[key] ?? []);
    return fc
      .tuple(fc.constantFrom(...operators), fc.subarray([...given], { minLength: 1 }))
      .map(([operator, chosen]) => ({
        [operator === "Null" || !ifExists ? operator : `${operator}IfExists`]: {
          [key]: chosen.length === 1 ? chosen[0] : chosen,
        },
      }));
  });
const simpleCondition = fc.constantFrom<Json>(
  { Bool: { "aws:SecureTransport": "true" } },
  { Bool: { "aws:SecureTransport": "false" } },
  { Bool: { "aws:PrincipalIsAWSService": true } },
  { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
  { IpAddress: { "aws:SourceIp": "127.0.0.1/32" } },
  { NotIpAddress: { "aws:SourceIp": "127.0.0.1/32" } },
  { NumericLessThan: { "aws:MultiFactorAuthAge": 3600 } },
  { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } },
  { "ForAnyValue:StringEquals": { "aws:RequestedRegion": ["us-east-1", "a"] } },
);

const identities = [
  roleArn,
  `arn:aws:sts::${account}:assumed-role/Reader/F`,
  `arn:aws:iam::${account}:user/local-administrator`,
  `arn:aws:iam::${account}:role/Other`,
];
const principalElement = fc.oneof(
  fc.constant<unknown>("*"),
  fc
    .subarray([account, `arn:aws:iam::${account}:root`, ...identities, "*"], { minLength: 1, maxLength: 5 })
    .map((AWS): unknown => ({ AWS })),
  fc.constantFrom<unknown>(
    { Service: "apigateway.amazonaws.com" },
    { Service: ["sns.amazonaws.com", "lambda.amazonaws.com"] },
    { Service: "sns.amazonaws.com", AWS: account },
  ),
);

const statement = (use: PolicyUse, [action, resource]: readonly [string, string]) =>
  fc
    .record({
      effect: fc.oneof(
        { weight: 3, arbitrary: fc.constant("Allow") },
        { weight: 1, arbitrary: fc.constant("Deny") },
      ),
      action: list(actionOf(action)),
      notAction: fc.nat(5),
      resource: list(resourceOf(resource)),
      notResource: fc.nat(5),
      principal: principalElement,
      // Whom a list in between spares, the library and AWS's documentation say differently.
      except: fc.option(fc.constantFrom([account, ...identities], [`arn:aws:iam::${account}:role/Other`]), {
        nil: undefined,
        freq: 1,
      }),
      conditions: fc.oneof(
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 2, arbitrary: condition },
        { weight: 1, arbitrary: simpleCondition },
        { weight: 1, arbitrary: fc.tuple(condition, simpleCondition).map(([a, b]) => ({ ...b, ...a })) },
      ),
    })
    .map(
      (given): Json => ({
        Effect: given.effect,
        [given.notAction === 0 ? "NotAction" : "Action"]: given.action,
        ...(use === "trust"
          ? {}
          : { [given.notResource === 0 ? "NotResource" : "Resource"]: given.resource }),
        ...(use === "identity"
          ? {}
          : given.except !== undefined
            ? { NotPrincipal: { AWS: given.except } }
            : { Principal: given.principal }),
        ...(given.conditions === undefined ? {} : { Condition: given.conditions }),
      }),
    );
const useOn = ([action]: readonly [string, string]) => (action === "sts:AssumeRole" ? "trust" : "resource");
const policy = (use: PolicyUse, request: readonly [string, string]) =>
  fc
    .array(statement(use, request), { minLength: 1, maxLength: 3 })
    .map((Statement): Json => ({ Version: "2012-10-17", Statement }));

const scenarioOf = (request: (typeof requests)[number]) =>
  fc.record({
    request: fc.constant(request),
    principal: fc.constantFrom(...principals),
    identity: fc.array(policy("identity", request), { maxLength: 2 }),
    boundary: fc.option(policy("identity", request), { nil: undefined, freq: 3 }),
    // A role always has a trust policy.
    resource:
      useOn(request) === "trust"
        ? policy("trust", request)
        : fc.option(policy("resource", request), { nil: undefined, freq: 2 }),
  });
const scenario = fc.constantFrom(...requests.map(scenarioOf)).chain((chosen) => chosen);

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

function ours({ request: [action, resource], principal, ...policies }: Scenario): string {
  const read = (document: Json | undefined, use: PolicyUse): Policy | undefined =>
    document === undefined ? undefined : policyOf(document, "P", use);
  const own = principal.kind === "role" || principal.kind === "administrator";
  const { refusal } = evaluate(
    { principal, action, resource },
    {
      identity: own ? policies.identity.map((document) => policyOf(document, "P", "identity")) : [],
      boundary: own ? read(policies.boundary, "identity") : undefined,
      resource: read(policies.resource, useOn([action, resource])),
    },
    place,
  );
  if (refusal === undefined) return "Allowed";
  return refusal.kind === "explicit" ? "ExplicitlyDenied" : "ImplicitlyDenied";
}

/** The resource policy as a `ValidatedPolicy` of the library's, because `runUnsafeSimulation` looks for a name in its metadata. */
const named = (policyDocument: Json | undefined) =>
  policyDocument && {
    resourcePolicy: { __validated: true, policyDocument, metadata: { name: "R" }, errors: [] },
  };

async function theirs({ request: [action, resource], principal, ...policies }: Scenario): Promise<string> {
  const own = principal.kind === "role" || principal.kind === "administrator";
  const simulation = {
    request: {
      principal:
        principal.kind === "anonymous"
          ? anonymousPrincipal
          : principal.kind === "service"
            ? principal.service
            : principal.arn,
      action,
      resource: { resource, accountId: account },
      contextVariables: contextOf(principal, region, account),
    },
    identityPolicies: own
      ? policies.identity.map((document, index) => ({ name: `P${index}`, policy: document }))
      : [],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(policies.resource !== undefined && { resourcePolicy: policies.resource }),
    ...(own &&
      policies.boundary !== undefined && {
        permissionBoundaryPolicies: [{ name: "B", policy: policies.boundary }],
      }),
  };
  // Its checks of what it is given take longer than its decision. Only with them does it know which actions have no resources.
  if (resource !== "*") return runUnsafeSimulation({ ...simulation, ...named(policies.resource) }, {});
  const result = await runSimulation(simulation, {});
  if (result.resultType === "error") throw new Error(JSON.stringify(result.errors));
  return result.overallResult;
}

/** `IAM_ORACLE_RUNS=100000` and a seed of one's own look further than a test run has the time for. */
const { IAM_ORACLE_RUNS = "4000", IAM_ORACLE_SEED = "1" } = process.env;

test(`decides ${IAM_ORACLE_RUNS} generated requests as the library does, each kind of answer often`, async () => {
  const runs = Number(IAM_ORACLE_RUNS);
  const answers: string[] = [];
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const expected = await theirs(given);
      answers.push(expected);
      strictEqual(ours(given), expected);
    }),
    { numRuns: runs, seed: Number(IAM_ORACLE_SEED) },
  );

  for (const answer of ["Allowed", "ExplicitlyDenied", "ImplicitlyDenied"]) {
    expect(answers.filter((given) => given === answer).length).toBeGreaterThan(runs / 10);
  }
});
