import { operationInputs } from "../../aws-api/operation-inputs";
import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { LogStore } from "./log-store";
import { logsOperations } from "./operations";
import { logsResourceTypes } from "./resources";

/** CloudWatch Logs for reading: what the functions and the gateway wrote to the log groups of the deployment. */
export const logs: ServiceDefinition<LogStore> = {
  name: "logs",
  title: "Amazon CloudWatch Logs",
  wire: { protocol: "json", version: "1.1", targetPrefix: "Logs_20140328", messageKey: "message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 400 },
    internal: {
      code: "ServiceUnavailableException",
      message: "The service cannot complete the request.",
      status: 500,
    },
    throttled: { code: "ThrottlingException", message: "Rate exceeded", status: 400 },
    input: validation("InvalidParameterException"),
  },
  inputs: operationInputs(__dirname),
  resourceTypes: logsResourceTypes,
  operations: logsOperations,
  create: ({ deployment, clock, kept }) => new LogStore(deployment, { clock, kept }),
  ports: (store) => ({ logs: store, watchLog: (group, onLine) => store.watch(group, onLine) }),
};
