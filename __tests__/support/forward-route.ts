/** A row as `/lambda1` has it but for its path: what a test changes in it is what the test is about. */
export const forwardRoute = {
  method: "POST",
  functionName: "ExternalLambda1",
  handler: "external",
  auth: "cognito-id-token",
  authorizer: "AGAuthorizer1",
  userPool: "MyUserPool1",
} as const;
