import { validation } from "../../kernel/input-dialect";
import type { ServiceDefinition } from "../service";
import { LogStore } from "./log-store";
import { logsOperations } from "./operations";
import { logsResourceTypes } from "./resources";

const GROUP_NAME = { min: 1, max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]+" };
const STREAM_NAME = { min: 1, max: 512, pattern: "[^:*]*" };

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
    // Lengths and patterns: botocore `logs` 2014-03-28.
    input: {
      error: validation("InvalidParameterException", { shows: true }),
      texts: {
        logGroupName: GROUP_NAME,
        logGroupNamePrefix: GROUP_NAME,
        logGroupNamePattern: { max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]*" },
        logGroupIdentifier: { min: 1, max: 2048, pattern: "[\\w#+=/:,.@-]*" },
        logStreamName: STREAM_NAME,
        logStreamNames: STREAM_NAME,
        logStreamNamePrefix: STREAM_NAME,
        filterPattern: { max: 1024 },
        nextToken: { min: 1 },
        orderBy: { oneOf: ["LogStreamName", "LastEventTime"] },
        resourceArn: { min: 1, max: 1011, pattern: "[\\w+=/:,.@-]*" },
      },
    },
  },
  resourceTypes: logsResourceTypes,
  operations: logsOperations,
  create: ({ deployment, clock, kept }) => new LogStore(deployment, { clock, kept }),
  ports: (store) => ({ logs: store, watchLog: (group, onLine) => store.watch(group, onLine) }),
};
