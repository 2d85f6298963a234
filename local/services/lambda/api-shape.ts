import type { Members } from "../../kernel/input";
import type { FunctionTarget } from "./function-directory";
import type { FunctionAlias } from "./function-settings";

/** A function's configuration as the API shows it. What only a deployed function has (code size, hash) is left out. */
export function describe({ settings, qualifier, version }: FunctionTarget): Members {
  return {
    FunctionName: settings.name,
    FunctionArn: qualifier === "$LATEST" ? settings.arn : `${settings.arn}:${qualifier}`,
    Runtime: settings.runtime,
    Role: settings.roleArn,
    Handler: settings.handler,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memoryMb,
    Version: version,
    ...(Object.keys(settings.environment).length > 0
      ? { Environment: { Variables: settings.environment } }
      : {}),
    ...(settings.deadLetterTargetArn === undefined
      ? {}
      : { DeadLetterConfig: { TargetArn: settings.deadLetterTargetArn } }),
    ...(settings.layers.length === 0 ? {} : { Layers: settings.layers.map(({ arn }) => ({ Arn: arn })) }),
    TracingConfig: { Mode: settings.tracing },
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: settings.architectures,
    EphemeralStorage: { Size: settings.ephemeralStorageMb },
    LoggingConfig: { LogFormat: "Text", LogGroup: settings.logGroup },
  };
}

export function describeAlias(
  functionArn: string,
  name: string,
  { version, description }: FunctionAlias,
): Members {
  return {
    AliasArn: `${functionArn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
  };
}
