import { App } from "cdktf";
import { readConfig } from "../stacks/common/config";
import type { Route } from "../stacks/secure-edge/route";
import { routes } from "../stacks/secure-edge/routes";
import { SecureEdgeStack } from "../stacks/secure-edge-stack";
import { SharedMessagingStack } from "../stacks/shared-messaging-stack";

/** The project's stacks with as many routes as `BENCH_ROUTES` says; each further one has a function of its own. */
const wanted = Number(process.env.BENCH_ROUTES);
const shipped = routes.filter(({ when }) => when === undefined);
const further = Array.from(
  { length: wanted - shipped.length },
  (_, index): Route => ({
    path: `/bench${index}`,
    method: "POST",
    functionName: `BenchLambda${index}`,
    handler: "external",
    auth: "cognito-id-token",
    authorizer: "AGAuthorizer1",
    userPool: "MyUserPool1",
  }),
);

const config = readConfig(process.env);
const app = new App();
const { endpoints } = new SharedMessagingStack(app, "shared-messaging", config);
new SecureEdgeStack(app, "secure-edge", { config, routes: [...shipped, ...further], messaging: endpoints });
app.synth();
