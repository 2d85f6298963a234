import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Construct } from "constructs";

export interface TopicSecretProps {
  /** The physical name. */
  readonly secretName: string;
  readonly topicArn: string;
  /** Days it can be restored after deletion; 0: it is gone at once and its name free. */
  readonly recoveryDays: number;
}

/**
 * A secret whose JSON carries the topic's ARN under `TOPIC_ARN`: the only place the functions learn it from.
 *
 * Makes `aws_secretsmanager_secret`, `aws_secretsmanager_secret_version`.
 */
export class TopicSecret extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TopicSecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, "secret", {
      name: props.secretName,
      description: "The ARN of the topic that the external functions publish to",
      recoveryWindowInDays: props.recoveryDays,
    });
    new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretString: JSON.stringify({ TOPIC_ARN: props.topicArn }),
    });
    this.arn = secret.arn;
  }
}
