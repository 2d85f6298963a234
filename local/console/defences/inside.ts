import type { Attacker } from "./attacker";
import { addressesOf, type DefenceRow, type Finding, OWASP } from "./defence";

const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** The function whose credentials were stolen: the one at the door, which an attacker meets first. */
function stolen({ target }: Attacker): string {
  const { integration } = target.route.method;
  const arn = integration.type !== "MOCK" ? integration.functionArn : "";
  return arn.slice(arn.lastIndexOf(":") + 1);
}

function refusedUnless(status: number, what: string): Finding {
  const succeeded = status < 300;
  return {
    succeeded,
    summary: succeeded ? `${what}: allowed (${status}).` : `${what}: IAM refuses (${status}).`,
  };
}

/** The attacks with what a taken-over function has in its hands: the credentials of its role. */
export const insideRows: readonly DefenceRow[] = [
  {
    id: "stolen-role",
    owasp: OWASP.API5,
    threat: "A stolen function reads the dead letters",
    layer: "IAM",
    setting: "aws_iam_role_policy.policy",
    addresses: (deployment) =>
      deployment.ofType("aws_sqs_queue").length === 0 ? [] : addressesOf(deployment, "aws_iam_role_policy"),
    async attack(attacker) {
      const { runtime } = attacker.view.host;
      const thief = stolen(attacker);
      const [queue] = runtime.inside.deployment.ofType("aws_sqs_queue");
      const QueueUrl = `${runtime.awsEndpointUrl}/${runtime.inside.deployment.accountId}/${queue?.string("name")}`;
      const title = `ReceiveMessage from ${queue?.string("name")} with the credentials of ${thief}`;
      const answer = await attacker.callAws(
        title,
        "sqs",
        "AmazonSQS.ReceiveMessage",
        { QueueUrl, VisibilityTimeout: 0 },
        thief,
      );
      return refusedUnless(answer.status, "Reading the dead-letter queue");
    },
    takeOut(copy) {
      for (const policy of copy.ofType("aws_iam_role_policy")) policy.set("policy", EVERYTHING);
      for (const type of ["aws_sqs_queue_policy"]) copy.remove((resource) => resource.type === type);
    },
  },
  {
    id: "foreign-sender",
    owasp: OWASP.API5,
    threat: "Another topic fills the dead-letter queue",
    layer: "IAM and the queue's policy",
    setting: "aws_sqs_queue_policy.policy",
    addresses: (deployment) => addressesOf(deployment, "aws_sqs_queue_policy"),
    async attack(attacker) {
      const { runtime } = attacker.view.host;
      const thief = stolen(attacker);
      const [queue] = runtime.inside.deployment.ofType("aws_sqs_queue");
      const QueueUrl = `${runtime.awsEndpointUrl}/${runtime.inside.deployment.accountId}/${queue?.string("name")}`;
      const title = `SendMessage to ${queue?.string("name")} with the credentials of ${thief}`;
      const input = { QueueUrl, MessageBody: '{"attacker":true}' };
      const answer = await attacker.callAws(title, "sqs", "AmazonSQS.SendMessage", input, thief);
      // What got in would stay among the visitor's own messages.
      await runtime.inside.ports.queues.drain(
        queue?.string("arn") ?? "",
        async ({ body }) => body === input.MessageBody,
      );
      return refusedUnless(answer.status, "Sending to the dead-letter queue");
    },
    takeOut(copy) {
      for (const policy of copy.ofType("aws_sqs_queue_policy")) {
        const Statement = [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }];
        policy.set("policy", JSON.stringify({ Version: "2012-10-17", Statement }));
      }
    },
  },
  {
    id: "past-the-api",
    owasp: OWASP.API5,
    threat: "A stolen function invokes others",
    layer: "Lambda's permissions",
    setting: "aws_lambda_permission.principal, source_arn",
    addresses: (deployment) => {
      const functions = deployment.ofType("aws_lambda_function").length;
      return functions < 2
        ? []
        : addressesOf(
            deployment,
            "aws_lambda_permission",
            ({ principal }) => principal === "apigateway.amazonaws.com",
          );
    },
    async attack(attacker) {
      const { deployment } = attacker.view.host.runtime.inside;
      const victim = stolen(attacker);
      const thief = deployment
        .ofType("aws_lambda_function")
        .map((fn) => fn.string("function_name"))
        .find((name) => name !== victim);
      const path = `/2015-03-31/functions/${victim}/invocations`;
      const title = `Invoke ${victim} with the credentials of ${thief}`;
      const answer = await attacker.callAwsAt(title, "lambda", path, "application/json", "{}", thief ?? "");
      return refusedUnless(answer.status, "Invoking without web ACL, authorizer and validation");
    },
    takeOut(copy) {
      for (const permission of copy.ofType("aws_lambda_permission")) {
        if (permission.value("principal") !== "apigateway.amazonaws.com") continue;
        permission.set("principal", "*");
        permission.unset("source_arn");
      }
    },
  },
  {
    id: "foreign-publisher",
    owasp: OWASP.API5,
    threat: "A role without the right publishes to the topic",
    layer: "IAM and the topic's policy",
    setting: "aws_sns_topic_policy.policy",
    addresses: (deployment) =>
      thiefOfTopic(deployment) === undefined ? [] : addressesOf(deployment, "aws_sns_topic_policy"),
    async attack(attacker) {
      const { deployment } = attacker.view.host.runtime.inside;
      const thief = thiefOfTopic(deployment) ?? "";
      const [topic] = deployment.ofType("aws_sns_topic");
      const form = new URLSearchParams({
        Action: "Publish",
        Version: "2010-03-31",
        TopicArn: topic?.string("arn") ?? "",
        Message: JSON.stringify({ name: "attacker" }),
      });
      const title = `Publish to ${topic?.string("name")} with the credentials of ${thief}`;
      const answer = await attacker.callAwsAt(
        title,
        "sns",
        "/",
        "application/x-www-form-urlencoded",
        form.toString(),
        thief,
      );
      return refusedUnless(answer.status, "Publishing to the topic");
    },
    takeOut(copy) {
      for (const policy of copy.ofType("aws_sns_topic_policy")) {
        const Resource = String(policy.value("arn"));
        const Statement = [{ Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource }];
        policy.set("policy", JSON.stringify({ Version: "2012-10-17", Statement }));
      }
    },
  },
];

/** A function whose role says nothing of SNS. */
function thiefOfTopic(deployment: Parameters<DefenceRow["addresses"]>[0]): string | undefined {
  const publishing = new Set(
    deployment
      .ofType("aws_iam_role_policy")
      .filter(({ values }) => String(values.policy).includes("sns:"))
      .map((policy) => policy.string("role")),
  );
  return deployment
    .ofType("aws_lambda_function")
    .find(
      (fn) =>
        !publishing.has(deployment.find("aws_iam_role", "arn", fn.string("role"))?.string("name") ?? ""),
    )
    ?.string("function_name");
}
