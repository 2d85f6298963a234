export type Verification =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      /** `expired` only for a token that is sound in every other respect. */
      readonly reason: "expired" | "invalid";
      /** For the request log, never for the client: why. */
      readonly detail: string;
    };

export interface TokenVerifier {
  /** Verifies signature, issuer, expiry and `token_use` against the keys of the user pool with that ARN. */
  verify(userPoolArn: string, token: string, tokenUse: "id" | "access"): Verification;
}
