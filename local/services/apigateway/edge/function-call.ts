import { nameFromArn, parseArn } from "../../../kernel/arn";
import { AwsError } from "../../../kernel/aws-error";
import type { InvocationResult } from "../../../kernel/function-invoker";
import { within } from "../../../kernel/within";
import type { Stage } from "../stages";
import type { AtMethod } from "./exchange";
import type { EdgeContext } from "./layer";

export interface FunctionCall {
  readonly functionArn: string;
  /** The role that API Gateway assumes for it; `undefined`: it calls in its own name, and the function's policy decides. */
  readonly roleArn: string | undefined;
  /** What it calls for, as permissions name it. */
  readonly sourceArn: string;
  readonly payload: string;
  readonly timeoutMs: number;
  /** Whether nobody waits for the run. @default false */
  readonly isAsynchronous?: boolean;
}

/** What a call came to: the function's run, an event that waits for one, nothing in time, or why it was not run. */
export type CallOutcome = (
  | { readonly kind: "ran"; readonly run: InvocationResult }
  | { readonly kind: "queued" }
  | { readonly kind: "timeout" }
  | { readonly kind: "refused"; readonly error: AwsError }
) & { readonly latencyMs: number };

/** Invokes a function for a request and waits for it, until the client is gone or the time is up. */
export async function callFunction(
  { functionArn, roleArn, sourceArn, payload, timeoutMs, isAsynchronous = false }: FunctionCall,
  { request, ids, api, stage }: AtMethod,
  { clock, ports, assumeRole }: EdgeContext,
): Promise<CallOutcome> {
  const startedAt = clock.now();
  const givenUp = new AbortController();
  const { signal = givenUp.signal } = request;
  const service = {
    kind: "service",
    service: "apigateway.amazonaws.com",
    sourceArn,
    sourceAccount: api.accountId,
  } as const;
  try {
    const principal = roleArn === undefined ? service : (await assumeRole(roleArn, service)).principal;
    const invocation = {
      functionArn: withVariables(functionArn, stage),
      payload,
      traceId: ids.traceId,
      cause: ids.requestId,
      principal,
    };
    if (isAsynchronous) {
      await ports.functions.invokeAsync(invocation);
      return { kind: "queued", latencyMs: clock.now() - startedAt };
    }
    const waited = { ...invocation, signal: AbortSignal.any([signal, givenUp.signal]) };
    const run = await within(timeoutMs, ports.functions.invoke(waited));
    const latencyMs = clock.now() - startedAt;
    if (run !== undefined) return { kind: "ran", run, latencyMs };
    givenUp.abort();
    return { kind: "timeout", latencyMs };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: "refused", error, latencyMs: clock.now() - startedAt };
  }
}

/**
 * "A stage variable can be used as part of a Lambda function name, or version/alias" (Developer Guide, "Amazon API Gateway stage
 * variables reference"). One that the stage does not have leaves nothing, so that no function has the name.
 */
function withVariables(functionArn: string, { variables }: Stage): string {
  return functionArn.replace(
    /\$\{stageVariables\.(\w+)\}/g,
    (_whole, name: string) => variables.get(name) ?? "",
  );
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/POST/lambda1`; path parameters are `*`, as in the console's permissions. */
export function sourceArn({ api, stage, httpMethod, route }: AtMethod): string {
  const path = route.resource.path.replace(/\{[^}]*\}/g, "*");
  return `${api.executionArn}/${stage.name}/${httpMethod}${path}`;
}

/** `ExternalLambda1` of its ARN, with or without a qualifier. */
export function functionName(arn: string): string {
  const [, name] = parseArn(arn)?.resource.split(":") ?? [];
  return name ?? nameFromArn(arn);
}
