import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { InternalEnv } from "../lambda-src/internal/env";
import { Alarms, functionAlarms } from "./common/alarms";
import type { Config } from "./common/config";
import { HandlerFunction } from "./common/handler-function";
import { functionMetric, queueMetric, topicMetric } from "./common/metrics";
import { SecureStack } from "./common/secure-stack";
import { AlarmTopic } from "./shared-messaging/alarm-topic";
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
    const { topic: topicName, deadLetterQueue: queueName } = this.names;
    const keyArn = this.createKey(() => ({
      services: ["sns", "sqs", "secretsmanager"],
      deliveries: [
        { sid: "Topic", service: "sns.amazonaws.com", sourceArn: this.arn("sns", topicName) },
        ...(config.alarms
          ? [{ sid: "Alarms", service: "cloudwatch.amazonaws.com", sourceArn: this.alarmArns }]
          : []),
      ],
    }));
    const topic = new NameTopic(this, "LambdaSNSTopic", { topicName, keyArn });
    const secret = new TopicSecret(this, "LambdaSNSTopicARN", {
      secretName: this.name("LambdaSNSTopicARN"),
      topicArn: topic.arn,
      recoveryDays: config.secretRecoveryDays,
      keyArn,
    });
    const deadLetters = new DeadLetterQueue(this, "InternalLambdaDLQ", {
      queueName,
      topicArn: topic.arn,
      keyArn,
    });
    const internal = this.createInternalFunction(deadLetters, keyArn);
    new TopicConsumer(this, "InternalLambda-topic", {
      topicArn: topic.arn,
      consumer: internal,
      deadLetterQueueArn: deadLetters.arn,
    });

    this.endpoints = {
      topicArn: topic.arn,
      topicSecretArn: secret.arn,
      alarmTopicArn: this.createAlarms(keyArn),
      names: this.names,
    };
    this.createOutputs(internal, deadLetters);
  }

  private createInternalFunction(deadLetters: DeadLetterQueue, keyArn: string | undefined): HandlerFunction {
    const environment: InternalEnv = {};
    return new HandlerFunction(this, "InternalLambda", {
      functionName: this.names.consumer,
      role: this.role("InternalLambda"),
      handler: "internal",
      ...this.config.functions,
      tracing: this.config.tracing,
      logs: this.logs(keyArn),
      environment,
      permissions: [deadLetters.sendPermission],
    });
  }

  private get names(): MessagingEndpoints["names"] {
    return {
      topic: this.name("LambdaSNSTopic"),
      consumer: this.name("InternalLambda"),
      deadLetterQueue: this.name("InternalLambdaDLQ"),
    };
  }

  private get alarmArns(): string {
    return this.arn("cloudwatch", "alarm:*");
  }

  /** The ARN of the topic that all of the deployment's alarms go to. */
  private createAlarms(keyArn: string | undefined): string | undefined {
    const { alarms } = this.config;
    if (alarms === undefined) return undefined;
    const topic = new AlarmTopic(this, "alarms", {
      topicName: this.name("SecureLambdaAlarms"),
      accountId: this.accountId,
      alarmArns: this.alarmArns,
      email: alarms.email,
      keyArn,
    });
    const { names } = this;
    new Alarms(this, "messaging-alarms", {
      prefix: this.name("SecureLambda"),
      topicArn: topic.arn,
      alarms: [
        ...functionAlarms("InternalLambda", names.consumer),
        {
          id: "dead-letters",
          description: `A message was not handled: see the queue ${names.deadLetterQueue}`,
          metric: queueMetric(names.deadLetterQueue, "ApproximateNumberOfMessagesVisible"),
          statistic: "Maximum",
          above: 0,
        },
        {
          id: "lost-dead-letters",
          description: `A message that ${names.consumer} failed on did not reach the queue ${names.deadLetterQueue}: it is lost`,
          metric: functionMetric(names.consumer, "DestinationDeliveryFailures"),
          statistic: "Sum",
          above: 0,
        },
        {
          id: "undelivered-messages",
          description: `SNS could not hand a message to ${names.consumer}: is the function or its permission gone?`,
          metric: topicMetric(names.topic, "NumberOfNotificationsFailed"),
          statistic: "Sum",
          above: 0,
        },
      ],
    });
    return topic.arn;
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
