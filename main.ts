import { App } from "cdktf";
import { readConfig } from "./stacks/common/config";
import { routes } from "./stacks/secure-edge/routes";
import { SecureEdgeStack } from "./stacks/secure-edge-stack";
import { SharedMessagingStack } from "./stacks/shared-messaging-stack";

const config = readConfig(process.env);
const app = new App();
const { endpoints } = new SharedMessagingStack(app, "shared-messaging", config);
new SecureEdgeStack(app, "secure-edge", { config, routes, messaging: endpoints });
app.synth();
