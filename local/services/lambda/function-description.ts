import type { Members } from "../../kernel/input";
import type { FunctionSettings } from "./function-settings";

/** A function's configuration as the API shows it. What only a deployed function has (code size, hash) is left out. */
export function describeFunction(settings: FunctionSettings): Members {
  return {
    FunctionName: settings.name,
    FunctionArn: settings.arn,
    Runtime: settings.runtime,
    Role: settings.roleArn,
    Handler: settings.handler,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memoryMb,
    Version: "$LATEST",
    ...(Object.keys(settings.environment).length > 0
      ? { Environment: { Variables: settings.environment } }
      : {}),
    ...(settings.deadLetterTargetArn === undefined
      ? {}
      : { DeadLetterConfig: { TargetArn: settings.deadLetterTargetArn } }),
    TracingConfig: { Mode: "PassThrough" },
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: settings.architectures,
    LoggingConfig: { LogFormat: "Text", LogGroup: settings.logGroup },
  };
}
