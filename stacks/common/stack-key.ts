import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type PolicyStatement, policyDocument } from "./policy-document";
import { partitionOf } from "./regions";

export interface StackKeyProps {
  /** The physical name; `alias/` comes before it. */
  readonly aliasName: string;
  readonly region: string;
  readonly accountId: string;
  /** Days that a deleted key can be restored, 7 to 30. */
  readonly deletionDays: number;
  /** By way of which services the account's own callers use the key: whoever may publish to the topic may encrypt for it. */
  readonly services: readonly ("dynamodb" | "secretsmanager" | "sns" | "sqs")[];
  /** AWS services that use it on their own behalf, each for one source. */
  readonly deliveries: readonly {
    readonly sid: string;
    readonly service: string;
    readonly sourceArn: string;
  }[];
}

const USE = ["kms:Decrypt", "kms:GenerateDataKey*"];

/**
 * Everything that keeps the key in order and nothing that reads what it encrypted: neither `Decrypt` nor `CreateGrant`.
 */
const ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListAliases",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:RotateKeyOnDemand",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/**
 * A stack's own key, rotated every year, that nobody uses directly: only by way of the services that hold the stack's
 * data, and CloudWatch Logs for the stack's own log groups. Administrators of the account keep it in order without
 * being able to decrypt.
 *
 * Sources: "Encrypt log data in CloudWatch Logs using AWS KMS",
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html; `kms:ViaService`,
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html; "Securing Amazon SNS data with server-side
 * encryption", https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 *
 * Creates `aws_kms_key`, `aws_kms_alias`.
 */
export class StackKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: StackKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, "key", {
      description: `Data of the stack ${TerraformStack.of(this).node.id}`,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionDays,
      policy: Lazy.stringValue({ produce: () => this.policy(props) }),
    });
    new KmsAlias(this, "alias", { name: `alias/${props.aliasName}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  private policy(props: StackKeyProps): string {
    const { region, accountId, services, deliveries } = props;
    const { id: partition, dnsSuffix } = partitionOf(region);
    const statements: PolicyStatement[] = [
      {
        Sid: "Administration",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: ADMINISTRATION,
        Resource: "*",
      },
      {
        Sid: "OwnLogGroups",
        Principal: { Service: `logs.${region}.${dnsSuffix}` },
        Action: [...USE, "kms:DescribeKey", "kms:Encrypt", "kms:ReEncrypt*"],
        Resource: "*",
        Condition: {
          ArnEquals: {
            "kms:EncryptionContext:aws:logs:arn": this.logGroupNames().map(
              (name) => `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`,
            ),
          },
        },
      },
    ];
    if (services.length > 0) {
      statements.push({
        Sid: "OwnAccountByWayOfServices",
        Principal: { AWS: "*" },
        Action: USE,
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:CallerAccount": accountId,
            "kms:ViaService": services.map((service) => `${service}.${region}.${dnsSuffix}`),
          },
        },
      });
    }
    for (const { sid, service, sourceArn } of deliveries) {
      statements.push({
        Sid: sid,
        Principal: { Service: service },
        Action: USE,
        Resource: "*",
        Condition: {
          ArnLike: { "aws:SourceArn": sourceArn },
          StringEquals: { "aws:SourceAccount": accountId },
        },
      });
    }
    return policyDocument(...statements);
  }

  /** All of the stack's, found when it is synthesized: a new one is never forgotten. */
  private logGroupNames(): string[] {
    return TerraformStack.of(this)
      .node.findAll()
      .filter((child): child is CloudwatchLogGroup => child instanceof CloudwatchLogGroup)
      .map((group) => group.nameInput ?? "")
      .sort();
  }
}
