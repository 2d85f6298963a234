import "./stacks/common/archiver-when-used";
import { App } from "cdktf";
import { ApiGatewayAccountStack } from "./stacks/api-gateway-account-stack";
import { readConfig } from "./stacks/common/config";
import { bundleAhead } from "./stacks/common/handler-function";
import { guard } from "./stacks/guardrails";
import { deployedHandlers } from "./stacks/secure-edge/handler-folders";
import { routes } from "./stacks/secure-edge/routes";
import { SecureEdgeStack } from "./stacks/secure-edge-stack";
import { SharedMessagingStack } from "./stacks/shared-messaging-stack";

/** On everything that takes tags. */
export const REQUIRED_TAGS = ["Project"];

const config = readConfig(process.env);
bundleAhead(deployedHandlers(routes, config));
export const app = new App();
const { endpoints } = new SharedMessagingStack(app, "shared-messaging", config);
const edge = new SecureEdgeStack(app, "secure-edge", { config, routes, messaging: endpoints });
if (config.manageApiGatewayAccount)
  edge.addDependency(new ApiGatewayAccountStack(app, "api-gateway-account", config));
guard(app, { requiredTags: REQUIRED_TAGS });
app.synth();
