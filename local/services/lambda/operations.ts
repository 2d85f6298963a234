import type { Operations, Permission } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { Input, Members } from "../../kernel/input";
import { describeMapping, type EventSourceMapping } from "./event-source-mappings";
import type { FunctionTarget } from "./function-directory";
import type { FunctionAlias } from "./function-settings";
import type { LocalFunctions } from "./local-functions";

const FUNCTION = "/2015-03-31/functions/{FunctionName}";
const MAPPINGS = "/2015-03-31/event-source-mappings";

export const lambdaOperations: Operations<LocalFunctions> = {
  Invoke: {
    route: {
      method: "POST",
      path: `${FUNCTION}/invocations`,
      answer: {
        payloadMember: "Payload",
        headers: {
          FunctionError: "X-Amz-Function-Error",
          LogResult: "X-Amz-Log-Result",
          ExecutedVersion: "X-Amz-Executed-Version",
        },
        status: "StatusCode",
      },
    },
    permission: onFunction("lambda:InvokeFunction"),
    handle: async (input, functions, { principal }) => {
      const { arn, version } = targetOf(input, functions, "$LATEST");
      const tail = input.optionalText("LogType") === "Tail";
      const type = input.optionalText("InvocationType") ?? "RequestResponse";
      const clientContext = input.optionalText("ClientContext");
      const invocation = {
        functionArn: arn,
        // An invocation without a body has the event `{}`, as AWS gives it to the handler.
        payload: input.blob("Payload").toString("utf8") || "{}",
        principal,
        ...(clientContext === undefined ? {} : { clientContext }),
      };
      if (type === "DryRun") return { StatusCode: 204, Payload: Buffer.alloc(0) };
      if (type === "Event") {
        await functions.invokeAsync(invocation);
        return { StatusCode: 202, Payload: Buffer.alloc(0) };
      }
      const result = await functions.invoke(invocation);
      return {
        StatusCode: 200,
        Payload: Buffer.from(result.payload),
        ExecutedVersion: version,
        ...(result.ok ? {} : { FunctionError: "Unhandled" }),
        ...(tail ? { LogResult: Buffer.from(result.logTail).toString("base64") } : {}),
      };
    },
  },
  ListFunctions: {
    route: { method: "GET", path: "/2015-03-31/functions" },
    permission: { action: "lambda:ListFunctions" },
    handle: (input, { directory }) => {
      const every = input.optionalText("FunctionVersion") === "ALL";
      const found = [...directory.functions]
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .flatMap(({ arn, publishedVersion }) => {
          const latest = directory.require(arn);
          const published =
            every && publishedVersion !== undefined ? [directory.require(arn, publishedVersion)] : [];
          return [latest, ...published];
        });
      return page(input, "Functions", found.map(describe));
    },
  },
  GetFunction: {
    route: { method: "GET", path: FUNCTION },
    permission: onFunction("lambda:GetFunction"),
    handle: (input, functions) => {
      const target = targetOf(input, functions);
      const { reservedConcurrency } = target.settings;
      return {
        Configuration: describe(target),
        Code: { RepositoryType: "S3", Location: "" },
        ...(reservedConcurrency === undefined
          ? {}
          : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
      };
    },
  },
  GetFunctionConfiguration: {
    route: { method: "GET", path: `${FUNCTION}/configuration` },
    permission: onFunction("lambda:GetFunctionConfiguration"),
    handle: (input, functions) => describe(targetOf(input, functions)),
  },
  ListVersionsByFunction: {
    route: { method: "GET", path: `${FUNCTION}/versions` },
    permission: onFunction("lambda:ListVersionsByFunction"),
    handle: (input, functions) => {
      const { settings } = targetOf(input, functions);
      const versions = ["$LATEST", settings.publishedVersion].filter((version) => version !== undefined);
      const found = versions.map((version) => functions.directory.require(settings.arn, version));
      return page(input, "Versions", found.map(describe));
    },
  },
  ListAliases: {
    route: { method: "GET", path: `${FUNCTION}/aliases` },
    permission: onFunction("lambda:ListAliases"),
    handle: (input, functions) => {
      const { settings } = targetOf(input, functions);
      const wanted = input.optionalText("FunctionVersion");
      const found = [...settings.aliases].filter(
        ([, { version }]) => wanted === undefined || version === wanted,
      );
      return page(
        input,
        "Aliases",
        found.map(([name, alias]) => describeAlias(settings.arn, name, alias)),
      );
    },
  },
  GetAlias: {
    route: { method: "GET", path: `${FUNCTION}/aliases/{Name}` },
    permission: onFunction("lambda:GetAlias"),
    handle: (input, functions) => {
      const { settings } = targetOf(input, functions);
      const name = input.text("Name");
      const alias = settings.aliases.get(name);
      if (alias !== undefined) return describeAlias(settings.arn, name, alias);
      throw new AwsError("ResourceNotFoundException", `Cannot find alias arn: ${settings.arn}:${name}`, 404, {
        Type: "User",
      });
    },
  },
  ListEventSourceMappings: {
    route: { method: "GET", path: `${MAPPINGS}/` },
    permission: { action: "lambda:ListEventSourceMappings" },
    handle: (input, { mappings, directory, createdAt }) => {
      const [source, name] = [input.optionalText("EventSourceArn"), input.optionalText("FunctionName")];
      const found = mappings.all.filter(
        ({ queueArn, target }) =>
          (source === undefined || queueArn === source) &&
          (name === undefined || target.arn === directory.arnOf(name)),
      );
      return page(
        input,
        "EventSourceMappings",
        found.map((mapping) => describeMapping(mapping, createdAt)),
        100,
      );
    },
  },
  GetEventSourceMapping: {
    route: { method: "GET", path: `${MAPPINGS}/{UUID}` },
    permission: {
      action: "lambda:GetEventSourceMapping",
      resource: (input, functions) => mappingOf(input, functions).arn,
    },
    handle: (input, functions) => describeMapping(mappingOf(input, functions), functions.createdAt),
  },
};

function onFunction(action: string): Permission<LocalFunctions> {
  return {
    action,
    resource: (input, { directory }) =>
      directory.arnOf(input.text("FunctionName"), input.optionalText("Qualifier")),
  };
}

function targetOf(input: Input, { directory }: LocalFunctions, missingQualifier?: string): FunctionTarget {
  return directory.require(input.text("FunctionName"), input.optionalText("Qualifier"), missingQualifier);
}

/** The recording: localstack's `test_event_source_mapping_lifecycle`. */
function mappingOf(input: Input, { mappings }: LocalFunctions): EventSourceMapping {
  const uuid = input.text("UUID");
  const found = mappings.all.find((mapping) => mapping.uuid === uuid);
  if (found !== undefined) return found;
  throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404, {
    Type: "User",
  });
}

/** Lambda returns 50 items at most, of event source mappings 100, even where the caller asks for more. */
function page(input: Input, member: string, items: readonly Members[], limit = 50): Members {
  const most = Math.min(input.optionalInteger("MaxItems") ?? limit, limit);
  const marker = input.optionalText("Marker");
  const start = marker === undefined ? 0 : Number.parseInt(marker, 10);
  if (!(start >= 0 && start <= items.length))
    input.refuse("Marker", "Member must be a NextMarker of this operation");
  const next = start + most;
  return {
    [member]: items.slice(start, next),
    ...(next < items.length ? { NextMarker: String(next) } : {}),
  };
}

/** A function's configuration as the API shows it. What only a deployed function has (code size, hash) is left out. */
function describe({ settings, qualifier, version }: FunctionTarget): Members {
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

function describeAlias(functionArn: string, name: string, { version, description }: FunctionAlias): Members {
  return {
    AliasArn: `${functionArn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
  };
}
