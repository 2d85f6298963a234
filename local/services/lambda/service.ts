import { operationInputs } from "../../aws-api/operation-inputs";
import { validation } from "../../kernel/input-dialect";
import { reportTo } from "../../kernel/undelivered";
import type { ServiceDefinition } from "../service";
import { functionNamePattern } from "./function-directory";
import { LocalFunctions } from "./local-functions";
import { lambdaOperations } from "./operations";
import { lambdaResourceTypes } from "./resources";

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
    input: validation("ValidationException"),
  },
  // AWS's messages have a newer pattern than the model (localstack's recording `test_function_name_and_qualifier_validation`).
  inputs: operationInputs(__dirname, {
    shapes: { NamespacedFunctionName: { type: "text", min: 1, max: 256, pattern: functionNamePattern } },
  }),
  resourceTypes: lambdaResourceTypes,
  operations: lambdaOperations,
  create: async (context, { retryDelayScale, inspectPort, functionVariables }) => {
    const functions = new LocalFunctions({
      ...context,
      onUndelivered: reportTo(context.notice),
      ...(retryDelayScale === undefined ? {} : { retryDelayScale }),
      ...(inspectPort === undefined ? {} : { inspectPort }),
      ...(functionVariables === undefined ? {} : { functionVariables }),
    });
    await functions.mappings.requirePermitted();
    return functions;
  },
  begin: ({ mappings }) => mappings.begin(),
  warnings: ({ mappings, warnings }) => [...mappings.warnings, ...warnings],
  ports: (functions) => ({
    functions,
    instances: (arn) => functions.instancesOf(arn),
    replaceCode: (name, folder) => functions.replaceCode(name, folder),
    startInspected: () => functions.startInspected(),
  }),
  settle: (functions) => functions.idle(),
  close: (functions) => functions.close(),
};
