import type { Principal } from "../kernel/principal";

export interface AccessRequest {
  readonly principal: Principal;
  /** `sns:Publish` */
  readonly action: string;
  /** An ARN, or `*` for an action without resource types. */
  readonly resource: string;
}

/** Decides by the policies in the deployment: a role's own, and those on the resource. */
export interface AccessControl {
  /**
   * Resolves when the deployment's policies allow the request.
   *
   * @throws AwsError `AccessDeniedException` (`AuthorizationError` at SNS), worded as AWS words it, otherwise
   */
  authorize(request: AccessRequest): Promise<void>;
  isAllowed(request: AccessRequest): Promise<boolean>;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Issues the credentials that functions run with, and tells the caller by its access key. */
export interface CredentialStore {
  /** The role's credentials for a session: `roleArn` of the function, `sessionName` the function's name. */
  issue(roleArn: string, sessionName: string): SessionCredentials;
  /**
   * An unknown key is the account's administrator, no key is anonymous.
   *
   * @throws AwsError `UnrecognizedClientException` for an issued key with another session token than it was issued with
   */
  principalOf(accessKeyId: string | undefined, sessionToken?: string): Principal;
}
