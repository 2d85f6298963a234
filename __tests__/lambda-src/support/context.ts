import type { Context } from "aws-lambda";

/** The context that Lambda hands to a function with `remainingMs` left to run. */
export function contextOf(functionName: string, remainingMs = 10_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`,
    memoryLimitInMB: "256",
    awsRequestId: "6f1d8c5e-0d3c-4c4e-8a52-0c2b7f7d9b11",
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "2025/10/01/[$LATEST]0123456789abcdef0123456789abcdef",
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
