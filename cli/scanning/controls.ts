/** A control of a catalogue that has no scanner here: what holds it, or why it is not held. */
export interface Control {
  readonly title: string;
  readonly held: "yes" | "with a setting" | "no";
  readonly how: string;
}

/**
 * Those of AWS Security Hub that look at resource types of the stacks. Titles shortened.
 *
 * Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
 */
export const securityHub: Readonly<Record<string, Control>> = {
  "APIGateway.1": {
    title: "execution logging",
    held: "yes",
    how: "the stage logs errors, into a group of its own",
  },
  "APIGateway.2": {
    title: "SSL certificates for backend authentication",
    held: "no",
    how: "the only backends are functions, which API Gateway calls signed",
  },
  "APIGateway.3": { title: "X-Ray tracing", held: "with a setting", how: "XRAY_TRACING" },
  "APIGateway.4": { title: "a WAF web ACL", held: "yes", how: "guardrail stage-without-web-acl" },
  "CloudWatch.16": {
    title: "log groups kept a year",
    held: "with a setting",
    how: "LOG_RETENTION_DAYS, 365 in production",
  },
  "Cognito.1": {
    title: "threat protection, enforced",
    held: "no",
    how: "it needs the Plus plan, which is charged for each active user",
  },
  "Cognito.3": { title: "strong password policies", held: "yes", how: "guardrail weak-password" },
  "Cognito.5": { title: "MFA", held: "with a setting", how: "MFA: optional by default" },
  "Cognito.6": {
    title: "deletion protection",
    held: "with a setting",
    how: "DELETION_PROTECTION, on in production",
  },
  "IAM.1": { title: 'no full "*" privileges', held: "yes", how: "guardrail wildcard-permission" },
  "IAM.21": { title: "no wildcard actions", held: "yes", how: "guardrail wildcard-permission" },
  "KMS.4": { title: "key rotation", held: "yes", how: "each key of CUSTOMER_KEYS rotates every year" },
  "Lambda.1": { title: "no public function policy", held: "yes", how: "guardrail permission-without-source" },
  "Lambda.3": { title: "functions in a VPC", held: "no", how: "as CKV_AWS_117" },
  "SecretsManager.1": { title: "automatic rotation", held: "no", how: "as CKV2_AWS_57" },
  "SQS.1": { title: "queues encrypted at rest", held: "yes", how: "SQS's own key, or CUSTOMER_KEYS" },
  "WAF.11": { title: "web ACL logging", held: "with a setting", how: "WEB_ACL_LOG, on in production" },
  "WAF.12": { title: "rules have CloudWatch metrics", held: "yes", how: "every rule has its metric" },
};

/** Source: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md, those that look at resource types of the stacks. */
export const awsSolutions: Readonly<Record<string, Control>> = {
  "AwsSolutions-APIG1": { title: "access logging", held: "yes", how: "guardrail stage-without-access-log" },
  "AwsSolutions-APIG2": { title: "request validation", held: "yes", how: "guardrail unvalidated-method" },
  "AwsSolutions-APIG3": { title: "a WAFv2 web ACL", held: "yes", how: "guardrail stage-without-web-acl" },
  "AwsSolutions-APIG4": { title: "authorization", held: "yes", how: "guardrail open-method" },
  "AwsSolutions-APIG6": {
    title: "CloudWatch logging for all methods",
    held: "yes",
    how: "method settings for */*",
  },
  "AwsSolutions-COG1": { title: "a password policy", held: "yes", how: "guardrail weak-password" },
  "AwsSolutions-COG2": { title: "MFA required", held: "with a setting", how: "MFA=on" },
  "AwsSolutions-COG4": { title: "Cognito authorizers", held: "yes", how: "guardrail open-method" },
  "AwsSolutions-COG8": { title: "the Plus plan", held: "no", how: "as Cognito.1" },
  "AwsSolutions-IAM4": {
    title: "no managed policies of AWS",
    held: "no",
    how: "the role for API Gateway's logs alone has one, which AWS documents for it",
  },
  "AwsSolutions-IAM5": {
    title: "no wildcard permissions",
    held: "yes",
    how: "guardrail wildcard-permission",
  },
  "AwsSolutions-KMS5": { title: "key rotation", held: "yes", how: "each key of CUSTOMER_KEYS rotates" },
  "AwsSolutions-L1": {
    title: "the latest runtime",
    held: "no",
    how: "nodejs22.x, the version that handlers are tested with",
  },
  "AwsSolutions-SMG4": { title: "rotation of secrets", held: "no", how: "as CKV2_AWS_57" },
  "AwsSolutions-SQS3": { title: "a dead-letter queue", held: "yes", how: "the only queue is one" },
};
