import { reasonOf } from "../../../iam/access-denied";
import { evaluateAlone } from "../../../iam/evaluation";
import { isObject, parseJson } from "../../../kernel/json";
import type { ClaimCheck, Facts } from "../../../kernel/trace";
import type { LambdaAuthorizer } from "../authorizers";
import { mappedValue } from "./answers";
import { type Authorization, readAuthorization } from "./authorizer-answer";
import type { AtMethod } from "./exchange";
import { KINDS, type Refusal } from "./failures";
import { type CallOutcome, callFunction, functionName } from "./function-call";
import { type EdgeContext, type Outcome, pass, refuse } from "./layer";
import { allValues, lastValues, requestContext } from "./proxy-event";

/** An answer that holds for a while. */
export interface KeptAuthorization {
  readonly authorization: Authorization;
  readonly expiresAt: number;
}

/** As long as API Gateway waits for any function; what it allows an authorizer is not documented. */
const TIMEOUT_MS = 29_000;

/** "The maximum length is 1600 bytes" (Developer Guide, "Output from an API Gateway Lambda authorizer"). */
const MOST_ARN_BYTES = 1600;

const INVOKE = "execute-api:Invoke";

/**
 * Lets a request through only when the policy that the authorizer's function returns allows the method.
 *
 * In this order: every identity source must be there, a token must match the expression, then the function is asked, or its
 * earlier answer for the same identity is used. The kept policy is evaluated again for each method ("To enable caching, your
 * authorizer must return a policy that is applicable to all methods across an API": Developer Guide, "Configure an API
 * Gateway Lambda authorizer"). The function's error `Unauthorized` is a 401, and every other a 500.
 */
export async function askFunction(
  exchange: AtMethod,
  authorizer: LambdaAuthorizer,
  context: EdgeContext,
): Promise<Outcome> {
  const checks: ClaimCheck[] = [];
  let facts: Facts = {};
  const fails = (refusal: Refusal, name: string, detail: string): Outcome =>
    refuse(refusal, `${authorizer.name}: ${detail}`, {
      ...facts,
      claims: [...checks, { name, ok: false, detail }],
    });

  const identity = authorizer.identitySources.map((source) => mappedValue(source, exchange) ?? "");
  const missing = authorizer.identitySources.filter((_source, index) => identity[index] === "");
  if (missing.length > 0) return fails(KINDS.unauthorized, "identity", `no ${missing.join(", ")}`);
  checks.push({ name: "identity", ok: true, detail: authorizer.identitySources.join(", ") });
  if (authorizer.expression !== undefined && !authorizer.expression(identity[0] ?? ""))
    return fails(KINDS.unauthorized, "expression", "the token does not match identity_validation_expression");
  const methodArn = methodArnOf(exchange);
  if (Buffer.byteLength(methodArn) > MOST_ARN_BYTES)
    return fails(KINDS.methodArnTooLong, "method ARN", `longer than ${MOST_ARN_BYTES} bytes`);

  const key = JSON.stringify([exchange.stage.arn, authorizer.id, ...identity]);
  const now = context.clock.now();
  const kept = context.authorizations.get(key);
  let authorization = kept !== undefined && kept.expiresAt > now ? kept.authorization : undefined;
  let latencyMs = 0;
  if (authorization === undefined) {
    const called = await call(exchange, authorizer, methodArn, identity[0] ?? "", context);
    latencyMs = called.latencyMs;
    facts = factsOf(authorizer, called);
    const answer = answerOf(called, authorizer);
    if ("refusal" in answer) return fails(answer.refusal, "function", answer.detail);
    authorization = answer;
    if (authorizer.ttlMs > 0)
      context.authorizations.set(key, { authorization, expiresAt: context.clock.now() + authorizer.ttlMs });
    checks.push({ name: "function", ok: true });
  } else checks.push({ name: "function", ok: true, detail: "its answer is kept" });

  const { refusal, statement } = evaluateAlone(
    authorization.policy,
    { action: INVOKE, resource: methodArn },
    conditionKeys(exchange, now),
  );
  if (refusal !== undefined) {
    const reason = reasonOf(refusal, INVOKE);
    const message = `User is not authorized to access this resource ${reason}`;
    return fails(
      { ...KINDS.accessDenied, message },
      "policy",
      refusal.kind === "explicit" ? "denied" : "not allowed",
    );
  }
  exchange.authorization = { ...authorization, latencyMs };
  checks.push({ name: "policy", ok: true, detail: `allowed by ${statement?.statement ?? ""}` });
  return pass(authorizer.name, { ...facts, claims: checks });
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/GET/users/42`: the path as it was requested. */
function methodArnOf({ api, stage, httpMethod, path }: AtMethod): string {
  return `${api.executionArn}/${stage.name}/${httpMethod}${path}`;
}

function call(
  exchange: AtMethod,
  authorizer: LambdaAuthorizer,
  methodArn: string,
  token: string,
  context: EdgeContext,
): Promise<CallOutcome> {
  const { type, functionArn, roleArn, id } = authorizer;
  const event =
    type === "TOKEN"
      ? { type, methodArn, authorizationToken: token }
      : { type, methodArn, ...requestMembers(exchange) };
  return callFunction(
    {
      functionArn,
      roleArn,
      sourceArn: `${exchange.api.executionArn}/authorizers/${id}`,
      payload: JSON.stringify(event),
      timeoutMs: TIMEOUT_MS,
    },
    exchange,
    context,
  );
}

/** Unlike in the event of an integration, what is not there is an empty object (ibid., "Input to an API Gateway Lambda authorizer"). */
function requestMembers(exchange: AtMethod): Record<string, unknown> {
  const { route, integrationHeaders, query, stage } = exchange;
  return {
    resource: route.resource.path,
    path: exchange.path,
    httpMethod: exchange.httpMethod,
    headers: lastValues(integrationHeaders) ?? {},
    multiValueHeaders: allValues(integrationHeaders) ?? {},
    queryStringParameters: lastValues(query) ?? {},
    multiValueQueryStringParameters: allValues(query) ?? {},
    pathParameters: Object.fromEntries(route.pathParameters),
    stageVariables: Object.fromEntries(stage.variables),
    requestContext: requestContext(exchange),
  };
}

function answerOf(
  called: CallOutcome,
  { functionArn }: LambdaAuthorizer,
): Authorization | { readonly refusal: Refusal; readonly detail: string } {
  const name = functionName(functionArn);
  if (called.kind === "timeout")
    return { refusal: KINDS.authorizerFailed, detail: `${name}: no answer in ${TIMEOUT_MS} ms` };
  if (called.kind === "refused") {
    // A throttled function is not there just now; no permission, or no such function, is the API's configuration.
    const isThere = called.error.status === 429 || called.error.status >= 500;
    const refusal = isThere ? KINDS.authorizerFailed : KINDS.authorizerMisconfigured;
    return { refusal, detail: `${name}: ${called.error.code}` };
  }
  if (called.kind === "queued") throw new Error("an authorizer is waited for");
  const { run } = called;
  if (!run.ok) {
    const error = parseJson(run.payload);
    if (isObject(error) && error.errorMessage === "Unauthorized")
      return { refusal: KINDS.unauthorized, detail: `${name} answered Unauthorized` };
    return run.cause === "error"
      ? { refusal: KINDS.authorizerMisconfigured, detail: `${name} threw` }
      : { refusal: KINDS.authorizerFailed, detail: `${name}: ${run.cause}` };
  }
  const answer = readAuthorization(run.payload, name);
  return typeof answer === "string"
    ? { refusal: KINDS.authorizerMisconfigured, detail: `${name}: malformed answer, ${answer}` }
    : answer;
}

function factsOf({ functionArn }: LambdaAuthorizer, called: CallOutcome): Facts {
  const { latencyMs } = called;
  if (called.kind !== "ran") return { latencyMs };
  const { requestId, durationMs, cold } = called.run;
  const run = { name: functionName(functionArn), requestId, durationMs };
  return { latencyMs, run: { ...run, ...(cold === undefined ? {} : { cold }) } };
}

/** What conditions of the policy may ask for ("AWS condition keys that can be used in API Gateway resource policies"). */
function conditionKeys({ connection, api }: AtMethod, now: number): Record<string, string> {
  return {
    "aws:CurrentTime": new Date(now).toISOString(),
    "aws:EpochTime": String(Math.floor(now / 1000)),
    "aws:RequestedRegion": api.region,
    "aws:SecureTransport": "true",
    "aws:SourceIp": connection.sourceIp,
    "aws:UserAgent": connection.userAgent ?? "",
  };
}
