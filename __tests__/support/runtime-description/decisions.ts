import type { Deployment } from "../../../local/deployment/deployment";
import type { Principal } from "../../../local/kernel/principal";
import { accessControlOf } from "../../../local/load";

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_log_group: [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:FilterLogEvents",
  ],
  aws_cognito_user_pool: ["cognito-idp:AdminGetUser"],
  aws_lambda_function: ["lambda:InvokeFunction", "lambda:GetFunction"],
  aws_secretsmanager_secret: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
  aws_sns_topic: ["sns:Publish", "sns:Subscribe", "sns:ListSubscriptionsByTopic"],
  aws_sqs_queue: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:GetQueueAttributes"],
};

/** Who may do what to which resource: a line for each request that is allowed, `role InternalLambda-role: sqs:… on arn:…`. */
export async function allowedRequests(deployment: Deployment): Promise<string[]> {
  const access = await accessControlOf(deployment);
  const lines = principals(deployment).map(async ({ name, principal }) => {
    const allowed = requests(deployment).map(async ({ action, resource }) =>
      (await access.isAllowed({ principal, action, resource })) ? [`${name}: ${action} on ${resource}`] : [],
    );
    return (await Promise.all(allowed)).flat();
  });
  return (await Promise.all(lines)).flat().sort();
}

function requests(deployment: Deployment): { action: string; resource: string }[] {
  return deployment.resources.flatMap((resource) =>
    (ACTIONS[resource.type] ?? []).map((action) => {
      const arn = resource.string("arn");
      return {
        action,
        resource: resource.type === "aws_cloudwatch_log_group" ? `${arn}:log-stream:today` : arn,
      };
    }),
  );
}

function principals(deployment: Deployment): { name: string; principal: Principal }[] {
  const { accountId, region } = deployment;
  const roles = deployment.ofType("aws_iam_role").map((role) => ({
    name: `role ${role.string("name")}`,
    principal: {
      kind: "role" as const,
      roleArn: role.string("arn"),
      arn: `arn:aws:sts::${accountId}:assumed-role/${role.string("name")}/session`,
      accountId,
      userId: "AROAEXAMPLE:session",
    },
  }));
  const service = (host: string, sourceArn: string) => ({
    name: `${host} for ${sourceArn}`,
    principal: { kind: "service" as const, service: host, sourceArn, sourceAccount: accountId },
  });
  // With other methods than the one that is there: a permission may be wider than the method.
  const paths = new Set(
    deployment.ofType("aws_api_gateway_method").map((method) => {
      const path = deployment.find("aws_api_gateway_resource", "id", method.string("resource_id"));
      return `${method.string("rest_api_id")}/stage/*${path?.string("path")}`;
    }),
  );
  const methods = [...paths].flatMap((path) =>
    ["GET", "POST", "PUT"].map((verb) =>
      service(
        "apigateway.amazonaws.com",
        `arn:aws:execute-api:${region}:${accountId}:${path.replace("*", verb)}`,
      ),
    ),
  );
  const topics = deployment
    .ofType("aws_sns_topic")
    .map((topic) => service("sns.amazonaws.com", topic.string("arn")));
  const strangers = [
    service("sns.amazonaws.com", `arn:aws:sns:${region}:${accountId}:another-topic`),
    service("events.amazonaws.com", `arn:aws:events:${region}:${accountId}:rule/a-rule`),
  ];
  return [
    ...roles,
    ...methods,
    ...topics,
    ...strangers,
    { name: "anonymous", principal: { kind: "anonymous" } },
  ];
}
