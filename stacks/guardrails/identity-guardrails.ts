import type { Guardrail } from "./guardrail";
import { block, blocks } from "./synthesized-view";

/** What a password of each kind of character needs at least, after NIST SP 800-63B and Cognito's own default of 8. */
const SHORTEST_PASSWORD = 12;

/** Actions that IAM does not know any resource for: they take `*` and nothing else. */
const WITHOUT_RESOURCES =
  /^(?:xray:Put\w+|ec2:(?:Create|Delete|Describe)NetworkInterfaces?|cloudwatch:PutMetricData)$/;

export const identityGuardrails: readonly Guardrail[] = [
  {
    id: "wildcard-permission",
    why: "whoever takes the function over may do far more than its work needs",
    fix: "name the actions and the resources",
    controls: {
      checkov: ["CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_290", "CKV_AWS_355"],
      securityHub: ["IAM.1", "IAM.21"],
      cdkNag: ["AwsSolutions-IAM5"],
    },
    types: ["aws_iam_policy", "aws_iam_role_policy"],
    violations: ({ body }) => wildcards(body.policy),
  },
  {
    id: "weak-password",
    why: "short passwords of one kind of character are guessed",
    fix: `set password_policy with minimum_length ${SHORTEST_PASSWORD} and every kind of character`,
    controls: { securityHub: ["Cognito.3"], cdkNag: ["AwsSolutions-COG1"] },
    types: ["aws_cognito_user_pool"],
    violations: ({ body }) => {
      const [policy] = blocks(body.password_policy);
      if (policy === undefined) return ["password_policy is not set"];
      const kinds = ["require_lowercase", "require_uppercase", "require_numbers", "require_symbols"];
      return [
        ...(Number(policy.minimum_length ?? 0) < SHORTEST_PASSWORD
          ? [`minimum_length is ${String(policy.minimum_length ?? "not set")}`]
          : []),
        ...kinds.filter((kind) => policy[kind] !== true).map((kind) => `${kind} is not true`),
      ];
    },
  },
  {
    id: "implicit-flow",
    why: "tokens stand in the address bar, in the history and in logs",
    fix: 'allow the flow "code" alone, and use PKCE',
    controls: {},
    types: ["aws_cognito_user_pool_client"],
    violations: ({ body }) =>
      [body.allowed_oauth_flows].flat().includes("implicit") ? ["allowed_oauth_flows has implicit"] : [],
  },
];

function wildcards(policy: unknown): string[] {
  const statements = statementsOf(policy);
  if (statements === undefined) return [];
  return statements.flatMap((statement) => {
    if (statement.Effect !== "Allow") return [];
    const name = String(statement.Sid ?? "a statement");
    const actions = [statement.Action ?? []].flat().map(String);
    const resources = [statement.Resource ?? []].flat().map(String);
    const needsResource = actions.some((action) => !WITHOUT_RESOURCES.test(action));
    return [
      ...actions.filter((action) => /^\*$|:\*$/.test(action)).map((action) => `${name} allows ${action}`),
      ...(statement.NotAction === undefined ? [] : [`${name} allows everything but NotAction`]),
      ...(statement.NotResource === undefined ? [] : [`${name} allows it on everything but NotResource`]),
      ...(needsResource && resources.includes("*") ? [`${name} allows it on every resource`] : []),
    ];
  });
}

/** `undefined` for a policy that is a reference: a data source's text is not known at synthesis. */
function statementsOf(policy: unknown): Record<string, unknown>[] | undefined {
  try {
    const document: unknown = JSON.parse(String(policy));
    return blocks(block(document).Statement).map((statement) => ({ ...statement }));
  } catch {
    return undefined;
  }
}
