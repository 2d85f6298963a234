import type { Route } from "./route";

/** The APIs. A row is all that a new one needs: path, method, function, handler, and who may call it. */
export const routes: readonly Route[] = [
  {
    path: "/lambda1",
    method: "POST",
    functionName: "ExternalLambda1",
    handler: "external",
    auth: "cognito-id-token",
    authorizer: "AGAuthorizer1",
    userPool: "MyUserPool1",
  },
  {
    path: "/lambda2",
    method: "POST",
    functionName: "ExternalLambda2",
    handler: "external",
    auth: "cognito-id-token",
    authorizer: "AGAuthorizer2",
    userPool: "MyUserPool2",
  },
];
