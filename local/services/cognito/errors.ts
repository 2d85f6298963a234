import { AwsError } from "../../kernel/aws-error";

export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const notAuthorized = (message: string) => new AwsError("NotAuthorizedException", message);
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message);

/** The one answer to a wrong password and, where the client hides who exists, to an unknown user. */
export const incorrectCredentials = () => notAuthorized("Incorrect username or password.");
export const userNotFound = () => new AwsError("UserNotFoundException", "User does not exist.");
/** The same from the operations for codes and forgotten passwords. */
export const unknownUser = () =>
  new AwsError("UserNotFoundException", "Username/client id combination not found.");
export const userDisabled = () => notAuthorized("User is disabled.");
export const attemptLimitExceeded = () =>
  new AwsError("LimitExceededException", "Attempt limit exceeded, please try after some time.");
export const codeExpired = () =>
  new AwsError("ExpiredCodeException", "Invalid code provided, please request a code again.");
export const codeMismatch = () =>
  new AwsError("CodeMismatchException", "Invalid verification code provided, please try again.");
