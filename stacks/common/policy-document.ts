export interface PolicyStatement {
  readonly Sid: string;
  /** @default Allow */
  readonly Effect?: "Allow" | "Deny";
  readonly Principal?: "*" | { readonly Service: string } | { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An IAM policy document as JSON text; tokens in it become references when the stack is synthesized. */
export function policyDocument(...statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ Sid, Effect = "Allow", ...rest }) => ({ Sid, Effect, ...rest })),
  });
}

/** Lets an AWS service, and nobody else, take a role on. */
export function trustPolicy(service: string): string {
  return policyDocument({ Sid: "Service", Principal: { Service: service }, Action: "sts:AssumeRole" });
}

/** Refuses every call that does not come over TLS. */
export function denyWithoutTls(action: string, resource: string): PolicyStatement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
