import type { Route } from "./route";

/** The APIs: path, method, function, handler, and who may call it. `npm run new -- api` adds a row with its handler. */
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
  {
    path: "/rates/{currency}",
    method: "GET",
    functionName: "RatesLambda",
    handler: "rates",
    when: ({ ratesProviderUrl }) => ratesProviderUrl !== undefined,
    auth: "cognito-id-token",
    authorizer: "RatesAuthorizer",
    userPool: ["MyUserPool1", "MyUserPool2"],
    apiKeyRequired: true,
    throttle: { rateLimit: 5, burstLimit: 20 },
  },
];
