import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Construct } from "constructs";
import { secretNaming } from "../common/names";

export interface TopicSecretProps {
  /** The physical name; what it starts with where a deleted secret can be restored. */
  readonly secretName: string;
  readonly topicArn: string;
  /** Days it can be restored after deletion; 0: it is gone at once and its name is free. */
  readonly recoveryDays: number;
  /** The ARN of the stack's own key; `undefined` for AWS's. */
  readonly keyArn: string | undefined;
}

/**
 * A secret whose JSON carries the topic's ARN under `TOPIC_ARN`: the only place the functions learn it from.
 * They find the secret by its ARN, so its name is nobody's business.
 *
 * Creates `aws_secretsmanager_secret`, `aws_secretsmanager_secret_version`.
 */
export class TopicSecret extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TopicSecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, "secret", {
      ...secretNaming(props.secretName, props.recoveryDays),
      description: "The ARN of the topic that the external functions publish to",
      kmsKeyId: props.keyArn,
    });
    new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretString: JSON.stringify({ TOPIC_ARN: props.topicArn }),
    });
    this.arn = secret.arn;
  }
}
