import type { Guardrail } from "./guardrail";
import { type Block, block, blocks } from "./synthesized-view";

/** What a password of each kind of character needs at least, after NIST SP 800-63B and Cognito's own default of 8. */
const SHORTEST_PASSWORD = 12;

/** Actions that IAM does not know any resource for: they take `*` and nothing else. */
const WITHOUT_RESOURCES =
  /^(?:xray:Put\w+|ec2:(?:Create|Delete|Describe)NetworkInterfaces?|cloudwatch:PutMetricData)$/;

/** AWS managed policies that allow all of a service, or of an account. */
const FULL_ACCESS = /:iam::aws:policy\/(?:.*\/)?(?:AdministratorAccess|PowerUserAccess|\w*FullAccess)$/;

export const identityGuardrails: readonly Guardrail[] = [
  {
    id: "wildcard-permission",
    why: "whoever takes the function over may do far more than its work needs",
    fix: "name the actions and the resources",
    controls: {
      checkov: ["CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_274", "CKV_AWS_290", "CKV_AWS_355"],
      securityHub: ["IAM.1", "IAM.21"],
      cdkNag: ["AwsSolutions-IAM5"],
    },
    types: [
      ...["aws_iam_policy", "aws_iam_role_policy", "aws_iam_group_policy", "aws_iam_user_policy"],
      ...["aws_iam_role", "data.aws_iam_policy_document"],
      ...[
        "aws_iam_role_policy_attachment",
        "aws_iam_group_policy_attachment",
        "aws_iam_user_policy_attachment",
      ],
    ],
    violations: ({ type, body }) => [
      ...(type === "data.aws_iam_policy_document"
        ? allowancesOfDocument(body)
        : [body.policy, ...blocks(body.inline_policy).map(({ policy }) => policy)].flatMap(allowancesIn)
      ).flatMap(wildcards),
      ...[...texts(body.policy_arn), ...texts(body.managed_policy_arns)]
        .filter((arn) => FULL_ACCESS.test(arn))
        .map((arn) => `attaches ${arn}`),
    ],
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

/** What a policy allows, whichever way it is written. */
interface Allowance {
  readonly name: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The keywords that allow everything but what they name. */
  readonly inverted: readonly string[];
}

function wildcards({ name, actions, resources, inverted }: Allowance): string[] {
  const needsResource = actions.some((action) => !WITHOUT_RESOURCES.test(action));
  return [
    ...actions.filter((action) => action.includes("*")).map((action) => `${name} allows ${action}`),
    ...inverted.map((keyword) => `${name} allows everything but ${keyword}`),
    ...(needsResource && resources.includes("*") ? [`${name} allows it on every resource`] : []),
  ];
}

/** A policy's text, where it is not a reference: a document of the app is read itself. */
function allowancesIn(policy: unknown): Allowance[] {
  return statementsOf(policy)
    .filter(({ Effect }) => Effect === "Allow")
    .map((statement) => ({
      name: String(statement.Sid ?? "a statement"),
      actions: texts(statement.Action),
      resources: texts(statement.Resource),
      inverted: ["NotAction", "NotResource"].filter((keyword) => statement[keyword] !== undefined),
    }));
}

/** A statement with principals is of a resource's policy, or says who may take a role: its `*` is that resource. */
function allowancesOfDocument({ statement }: Block): Allowance[] {
  return blocks(statement)
    .filter(({ effect, principals }) => (effect ?? "Allow") === "Allow" && blocks(principals).length === 0)
    .map(({ sid, actions, resources, ...others }) => ({
      name: String(sid ?? "a statement"),
      actions: texts(actions),
      resources: texts(resources),
      inverted: ["not_actions", "not_resources"].filter((keyword) => others[keyword] !== undefined),
    }));
}

function statementsOf(policy: unknown): Block[] {
  try {
    const document: unknown = JSON.parse(String(policy));
    return blocks(block(document).Statement);
  } catch {
    return [];
  }
}

function texts(value: unknown): string[] {
  return [value ?? []].flat().map(String);
}
