import type { Construct } from "constructs";
import { HandlerFunction, type HandlerFunctionProps } from "../../../stacks/common/handler-function";

/** What a function of a handler consists of, by type. */
export const GREETER_COUNTS = {
  "data.archive_file": 1,
  aws_cloudwatch_log_group: 1,
  aws_iam_role: 1,
  aws_iam_role_policy: 1,
  aws_lambda_function: 1,
};

/** A function of a handler, for the tests of what a function is and of what is connected to one. */
export function addGreeter(scope: Construct, changes: Partial<HandlerFunctionProps> = {}): HandlerFunction {
  return new HandlerFunction(scope, "Greeter", {
    functionName: "Greeter-staging",
    role: { roleName: "Greeter-staging-role", path: "/", permissionsBoundary: undefined },
    handler: "internal",
    memoryMb: 192,
    timeoutSeconds: 7,
    logs: { retentionInDays: 30, kmsKeyId: undefined },
    tracing: false,
    environment: { GREETING: "Hello" },
    permissions: [{ Sid: "Read", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" }],
    ...changes,
  });
}
