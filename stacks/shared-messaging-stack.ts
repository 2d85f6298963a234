import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { InternalEnv } from "../lambda-src/internal/env";
import type { Config } from "./common/config";
import { HandlerFunction } from "./common/handler-function";
import { SecureStack } from "./common/secure-stack";
import { DeadLetterQueue } from "./shared-messaging/dead-letter-queue";
import type { MessagingEndpoints } from "./shared-messaging/messaging-endpoints";
import { NameTopic } from "./shared-messaging/name-topic";
import { TopicConsumer } from "./shared-messaging/topic-consumer";
import { TopicSecret } from "./shared-messaging/topic-secret";

/** The topic, the secret that names it, and the internal function that handles its messages. */
export class SharedMessagingStack extends SecureStack {
  readonly endpoints: MessagingEndpoints;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, config);
    const topicName = this.name("LambdaSNSTopic");
    const keyArn = this.createKey(() => ({
      services: ["sns", "sqs", "secretsmanager"],
      deliveries: [{ sid: "Topic", service: "sns.amazonaws.com", sourceArn: this.arn("sns", topicName) }],
    }));
    const topic = new NameTopic(this, "LambdaSNSTopic", { topicName, keyArn });
    const secret = new TopicSecret(this, "LambdaSNSTopicARN", {
      secretName: this.name("LambdaSNSTopicARN"),
      topicArn: topic.arn,
      recoveryDays: config.secretRecoveryDays,
      keyArn,
    });
    const deadLetters = new DeadLetterQueue(this, "InternalLambdaDLQ", {
      queueName: this.name("InternalLambdaDLQ"),
      topicArn: topic.arn,
      keyArn,
    });
    const internal = this.createInternalFunction(deadLetters, keyArn);
    new TopicConsumer(this, "InternalLambda-topic", {
      topicArn: topic.arn,
      consumer: internal,
      deadLetterQueueArn: deadLetters.arn,
    });

    this.endpoints = { topicArn: topic.arn, topicSecretArn: secret.arn };
    this.createOutputs(internal, deadLetters);
  }

  private createInternalFunction(deadLetters: DeadLetterQueue, keyArn: string | undefined): HandlerFunction {
    const environment: InternalEnv = {};
    return new HandlerFunction(this, "InternalLambda", {
      functionName: this.name("InternalLambda"),
      role: this.role("InternalLambda"),
      handler: "internal",
      ...this.config.functions,
      logs: this.logs(keyArn),
      environment,
      permissions: [deadLetters.sendPermission],
    });
  }

  private createOutputs(internal: HandlerFunction, deadLetters: DeadLetterQueue): void {
    new TerraformOutput(this, "internal_log_group", {
      description: "The log group that shows InternalLambda's greetings",
      value: internal.logGroupName,
    });
    new TerraformOutput(this, "dead_letter_queue_url", {
      description: "The queue that holds what InternalLambda did not handle",
      value: deadLetters.url,
    });
    new TerraformOutput(this, "topic_arn", {
      description: "The topic that the external functions publish to",
      value: this.endpoints.topicArn,
    });
  }
}
