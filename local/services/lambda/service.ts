import { AwsError } from "../../kernel/aws-error";
import type { AwsService, CallContext, Members, RestRoute } from "../../aws-api/service";
import { describeFunction } from "./function-description";
import type { FunctionDirectory } from "./function-directory";
import type { FunctionInvoker } from "../../kernel/function-invoker";

const functionPath = "/2015-03-31/functions/{FunctionName}";

const routes: readonly RestRoute[] = [
  {
    method: "POST",
    path: `${functionPath}/invocations`,
    operation: "Invoke",
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
  { method: "GET", path: "/2015-03-31/functions", operation: "ListFunctions" },
  { method: "GET", path: functionPath, operation: "GetFunction" },
  { method: "GET", path: `${functionPath}/configuration`, operation: "GetFunctionConfiguration" },
];

/** Lambda's API: invoking the deployment's functions, and reading how they are configured. */
export function lambdaService(directory: FunctionDirectory, invoker: FunctionInvoker): AwsService {
  const onFunction = (action: string) => ({
    permission: (input: Members) => ({ action, resource: directory.arnOf(functionName(input)) }),
  });
  const required = (input: Members) =>
    directory.require(functionName(input), typeof input.Qualifier === "string" ? input.Qualifier : undefined);
  return {
    name: "lambda",
    wire: { protocol: "rest-json", routes },
    operations: {
      Invoke: {
        ...onFunction("lambda:InvokeFunction"),
        handle: (input, context) => invoke(required(input).arn, input, context, invoker),
      },
      ListFunctions: {
        permission: () => ({ action: "lambda:ListFunctions", resource: "*" }),
        handle: (input) => listFunctions(directory, input),
      },
      GetFunction: {
        ...onFunction("lambda:GetFunction"),
        handle: (input) => {
          const settings = required(input);
          const reserved = settings.reservedConcurrency;
          return {
            Configuration: describeFunction(settings),
            Code: { RepositoryType: "S3", Location: "" },
            ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
          };
        },
      },
      GetFunctionConfiguration: {
        ...onFunction("lambda:GetFunctionConfiguration"),
        handle: (input) => describeFunction(required(input)),
      },
    },
  };
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
