import type { CallContext, Permission } from "../../aws-api/service";
import { AwsError } from "../../kernel/aws-error";
import type { FunctionInvoker } from "../../kernel/function-invoker";
import { type Input, type Members, validation } from "../../kernel/input";
import { reportTo } from "../../kernel/undelivered";
import type { ServiceDefinition } from "../service";
import { describeFunction } from "./function-description";
import type { FunctionDirectory } from "./function-directory";
import type { FunctionSettings } from "./function-settings";
import { LocalFunctions } from "./local-functions";
import { lambdaResourceTypes } from "./resources";

const FUNCTION = "/2015-03-31/functions/{FunctionName}";

/** Lambda: invoking the deployment's functions, and reading how they are configured. */
export const lambda: ServiceDefinition<LocalFunctions> = {
  name: "lambda",
  title: "AWS Lambda",
  wire: { protocol: "rest-json", messageKey: "Message" },
  errors: {
    denied: { code: "AccessDeniedException", status: 403 },
    internal: {
      code: "ServiceException",
      message: "The AWS Lambda service encountered an internal error.",
      status: 500,
    },
    throttled: { code: "TooManyRequestsException", message: "Rate Exceeded.", status: 429 },
    input: { error: validation("ValidationException", { shows: true }) },
  },
  resourceTypes: lambdaResourceTypes,
  operations: {
    Invoke: {
      route: {
        method: "POST",
        path: `${FUNCTION}/invocations`,
        payloadMember: "Payload",
        headers: { "x-amz-invocation-type": "InvocationType", "x-amz-log-type": "LogType" },
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
      handle: ({ members }, functions, context) =>
        invoke(required(functions, members).arn, members, context, functions),
    },
    ListFunctions: {
      route: { method: "GET", path: "/2015-03-31/functions" },
      permission: { action: "lambda:ListFunctions" },
      handle: ({ members }, { directory }) => listFunctions(directory, members),
    },
    GetFunction: {
      route: { method: "GET", path: FUNCTION },
      permission: onFunction("lambda:GetFunction"),
      handle: ({ members }, functions) => {
        const settings = required(functions, members);
        const reserved = settings.reservedConcurrency;
        return {
          Configuration: describeFunction(settings),
          Code: { RepositoryType: "S3", Location: "" },
          ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
        };
      },
    },
    GetFunctionConfiguration: {
      route: { method: "GET", path: `${FUNCTION}/configuration` },
      permission: onFunction("lambda:GetFunctionConfiguration"),
      handle: ({ members }, functions) => describeFunction(required(functions, members)),
    },
  },
  create: (context, { retryDelayScale }) =>
    new LocalFunctions({
      ...context,
      onUndelivered: reportTo(context.notice),
      ...(retryDelayScale === undefined ? {} : { retryDelayScale }),
    }),
  ports: (functions) => ({ functions }),
  settle: (functions) => functions.idle(),
  close: (functions) => functions.close(),
};

function onFunction(action: string): Permission<LocalFunctions> {
  return {
    action,
    resource: ({ members }: Input, { directory }) => directory.arnOf(functionName(members)),
  };
}

function required({ directory }: LocalFunctions, input: Members): FunctionSettings {
  return directory.require(
    functionName(input),
    typeof input.Qualifier === "string" ? input.Qualifier : undefined,
  );
}

async function invoke(
  functionArn: string,
  input: Members,
  { principal }: CallContext,
  invoker: FunctionInvoker,
): Promise<Members> {
  const payload = payloadText(input.Payload);
  switch (input.InvocationType ?? "RequestResponse") {
    case "DryRun":
      return { StatusCode: 204, Payload: Buffer.alloc(0) };
    case "Event":
      await invoker.invokeAsync({ functionArn, payload, principal });
      return { StatusCode: 202, Payload: Buffer.alloc(0) };
    case "RequestResponse": {
      const result = await invoker.invoke({ functionArn, payload, principal });
      return {
        StatusCode: 200,
        Payload: Buffer.from(result.payload),
        ExecutedVersion: "$LATEST",
        ...(result.ok ? {} : { FunctionError: "Unhandled" }),
        ...(input.LogType === "Tail" ? { LogResult: Buffer.from(result.logTail).toString("base64") } : {}),
      };
    }
    default:
      return invalid(
        "invocationType",
        input.InvocationType,
        "Member must satisfy enum value set: [RequestResponse, DryRun, Event]",
      );
  }
}

/** An invocation without a body has the event `{}`, as AWS gives it to the handler. */
function payloadText(payload: unknown): string {
  const text = Buffer.isBuffer(payload) ? payload.toString("utf8") : "";
  return text === "" ? "{}" : text;
}

function listFunctions(directory: FunctionDirectory, input: Members): Members {
  const names = directory.functions.map((settings) => settings.name).sort();
  const most = input.MaxItems === undefined ? 50 : Number(input.MaxItems);
  if (!Number.isInteger(most) || most < 1) invalid("maxItems", input.MaxItems, "Member must be at least 1");
  const start = typeof input.Marker === "string" ? names.indexOf(input.Marker) : 0;
  if (start < 0) invalid("marker", input.Marker, "Member must be a NextMarker of this operation");
  const next = names[start + most];
  return {
    Functions: names.slice(start, start + most).map((name) => describeFunction(directory.require(name))),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
}

function functionName(input: Members): string {
  const name = input.FunctionName;
  return typeof name === "string" ? name : invalid("functionName", name, "Member must not be null");
}

function invalid(member: string, value: unknown, constraint: string): never {
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}
