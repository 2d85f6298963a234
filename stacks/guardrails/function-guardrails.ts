import type { Guardrail } from "./guardrail";
import { block, blocks, refersTo, type SynthesizedResource, type SynthesizedView } from "./synthesized-view";

const FUNCTION = "aws_lambda_function";

/** The provider's default, under which most handlers that call anything time out. */
const DEFAULT_TIMEOUT_SECONDS = 3;

/** The services that invoke asynchronously: an event that fails would be gone. */
const ASYNCHRONOUS_SOURCES = /^(sns|events|s3|scheduler|iot|logs|ses)\.amazonaws\.com/;

/** Names of variables in which people keep secrets, and values that look like one. */
const SECRET_NAME =
  /(?:^|_)(?:password|passwd|secret|token|api_?key|private_?key|access_?key|credentials?)$/i;
const SECRET_VALUE = /^(?:AKIA|ASIA)[A-Z0-9]{16}$|-----BEGIN [A-Z ]*PRIVATE KEY-----|^gh[pousr]_\w{30,}$/;

export const functionGuardrails: readonly Guardrail[] = [
  {
    id: "function-without-log-group",
    why: "Lambda creates the group itself: it never expires, and it survives the destruction of the stack",
    fix: "add an aws_cloudwatch_log_group named /aws/lambda/<function>, or name one in logging_config",
    controls: {},
    types: [FUNCTION],
    violations: (fn, view) => (hasLogGroup(fn, view) ? [] : ["no log group of its own"]),
  },
  {
    id: "function-without-timeout",
    why: "the default of three seconds is nobody's decision",
    fix: "set timeout to what the handler needs",
    controls: {},
    types: [FUNCTION],
    violations: ({ body }) =>
      body.timeout === undefined ? [`timeout is not set (AWS takes ${DEFAULT_TIMEOUT_SECONDS} s)`] : [],
  },
  {
    id: "function-without-failure-destination",
    why: "an event that fails three times is gone without a trace",
    fix: "set dead_letter_config, or an on_failure destination in aws_lambda_function_event_invoke_config",
    controls: { checkov: ["CKV_AWS_116"] },
    types: [FUNCTION],
    violations: (fn, view) =>
      isInvokedAsynchronously(fn, view) && !handsOverFailures(fn, view)
        ? ["invoked asynchronously, and what fails goes nowhere"]
        : [],
  },
  {
    id: "secret-in-variable",
    why: "everybody who may look at the function reads it, and it is in Terraform's state",
    fix: "keep it in Secrets Manager, and give the function the secret's ARN",
    controls: { checkov: ["CKV_AWS_45"] },
    types: [FUNCTION],
    violations: ({ body }) =>
      blocks(body.environment).flatMap(({ variables }) =>
        Object.entries(block(variables))
          .filter(([name, value]) => isSecret(name, value))
          .map(([name]) => `the variable ${name} looks like a secret`),
      ),
  },
  {
    id: "permission-without-source",
    why: "every resource of that service, in any account, may invoke the function",
    fix: "set source_arn; for a service that has none, source_account",
    controls: { checkov: ["CKV_AWS_364"], securityHub: ["Lambda.1"] },
    types: ["aws_lambda_permission"],
    violations: ({ body }) =>
      body.source_arn === undefined &&
      body.source_account === undefined &&
      body.principal_org_id === undefined
        ? [`${String(body.principal)} may invoke it from anywhere`]
        : [],
  },
  {
    id: "log-group-without-retention",
    why: "logs are kept, and paid for, for ever",
    fix: "set retention_in_days",
    controls: { checkov: ["CKV_AWS_66"], securityHub: ["CloudWatch.16"] },
    types: ["aws_cloudwatch_log_group"],
    violations: ({ body }) => (body.retention_in_days ? [] : ["retention_in_days is not set"]),
  },
];

function hasLogGroup(fn: SynthesizedResource, view: SynthesizedView): boolean {
  const logging = blocks(fn.body.logging_config)[0]?.log_group;
  const name = `/aws/lambda/${String(fn.body.function_name)}`;
  return view
    .ofType("aws_cloudwatch_log_group")
    .some((group) => group.body.name === name || group.body.name === logging || refersTo(logging, group));
}

function isInvokedAsynchronously(fn: SynthesizedResource, view: SynthesizedView): boolean {
  return view
    .referring("aws_lambda_permission", "function_name", fn, fn.body.function_name)
    .some(({ body }) => ASYNCHRONOUS_SOURCES.test(String(body.principal)));
}

function handsOverFailures(fn: SynthesizedResource, view: SynthesizedView): boolean {
  if (blocks(fn.body.dead_letter_config).length > 0) return true;
  return view
    .referring("aws_lambda_function_event_invoke_config", "function_name", fn, fn.body.function_name)
    .flatMap(({ body }) => blocks(body.destination_config))
    .some(({ on_failure }) => blocks(on_failure).length > 0);
}

/** A reference is not a secret: the value comes from a resource, and names like TOPIC_SECRET_ARN carry an ARN. */
function isSecret(name: string, value: unknown): boolean {
  const text = String(value);
  if (text.startsWith("${") || text.startsWith("arn:")) return false;
  return SECRET_VALUE.test(text) || (SECRET_NAME.test(name) && text !== "");
}
