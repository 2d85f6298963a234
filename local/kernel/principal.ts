/** The caller of an operation. */
export type Principal =
  /** Any access key that is not a function's: the account's administrator. */
  | {
      readonly kind: "administrator";
      readonly arn: string;
      readonly accountId: string;
      readonly userId: string;
    }
  /** A function, with the credentials of its role. */
  | {
      readonly kind: "role";
      readonly roleArn: string;
      /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
      readonly arn: string;
      readonly accountId: string;
      readonly userId: string;
    }
  /** An AWS service acting for a resource: `apigateway.amazonaws.com` for a method, `sns.amazonaws.com` for a topic. */
  | {
      readonly kind: "service";
      readonly service: string;
      readonly sourceArn: string;
      readonly sourceAccount: string;
    }
  /** A call without a signature. */
  | { readonly kind: "anonymous" };
