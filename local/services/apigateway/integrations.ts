import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { compileLinear } from "../../kernel/linear-pattern";

interface IntegrationBase {
  readonly attributes: Attributes;
  readonly timeoutMs: number;
  readonly responses: readonly Attributes[];
}

export interface LambdaIntegration extends IntegrationBase {
  readonly type: "AWS_PROXY";
  readonly functionArn: string;
  /** The role with which API Gateway invokes the function; `undefined`: the function's own policy allows it. */
  readonly roleArn: string | undefined;
}

export interface MockIntegration extends IntegrationBase {
  readonly type: "MOCK";
  /** Content type → template. */
  readonly requestTemplates: ReadonlyMap<string, string>;
  readonly passthroughNever: boolean;
  /** Whether a body of a binary media type is converted to text before the template is applied. */
  readonly convertsToText: boolean;
  readonly answers: readonly MockAnswer[];
}

export interface MockAnswer {
  readonly status: number;
  /** Whether it answers for the template's status code; `undefined` for the default answer. */
  readonly selects: ((statusCode: string) => boolean) | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Content type → body. */
  readonly templates: ReadonlyMap<string, string>;
}

export type Integration = LambdaIntegration | MockIntegration;

const DEFAULT_TIMEOUT_MS = 29_000;

/** More than 29 seconds need a quota increase, for Regional and private APIs only (API reference, `PutIntegration`). */
const TIMEOUT = { min: 50, max: DEFAULT_TIMEOUT_MS };

/** Reads a method's integration: a Lambda function as proxy, or an answer of API Gateway's own. */
export function readIntegration(
  integration: Attributes,
  responses: readonly Attributes[],
  methodResponses: readonly Attributes[],
  deployment: Deployment,
): Integration {
  const timeoutMs = integration.number("timeout_milliseconds", DEFAULT_TIMEOUT_MS, TIMEOUT);
  const base = { attributes: integration, timeoutMs, responses };
  const passthrough = integration.optionalString("passthrough_behavior", PASSTHROUGH) ?? "WHEN_NO_MATCH";
  for (const response of responses) requireMethodResponse(response, methodResponses);
  const type = integration.string("type");
  // A mock calls nobody: a role for that is never assumed.
  const roleArn = assumedRole(integration, "credentials", deployment);
  if (type === "MOCK") return readMockIntegration(base, passthrough);
  if (type === "AWS_PROXY") return readLambdaIntegration(base, roleArn);
  throw new DeploymentError(
    `${integration.address}: integration type ${type} is not supported locally; use AWS_PROXY to a Lambda function or MOCK`,
  );
}

const PASSTHROUGH = { oneOf: ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"] };

/** A header that no method response of the status declares cannot be mapped (awslabs/aws-solutions-constructs#1130). */
function requireMethodResponse(response: Attributes, methodResponses: readonly Attributes[]): void {
  const status = response.string("status_code");
  const declared = methodResponses.find((candidate) => candidate.string("status_code") === status);
  if (declared === undefined) {
    // Every request would be a 500, with "Execution failed due to configuration error: Output mapping refers to an invalid
    // method response: 200" in the execution log (dev.classmethod.jp, "tsnote-output-mapping-refers-to-…").
    response.fail("status_code", "one that an aws_api_gateway_method_response of the method has");
  }
  const headers = declared === undefined ? {} : declared.stringMap("response_parameters");
  for (const target of Object.keys(response.stringMap("response_parameters"))) {
    if (target in headers) continue;
    const reason = `Invalid mapping expression parameter specified: ${target}`;
    response.refuse(
      "response_parameters",
      `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${reason}]`,
    );
  }
}

function readLambdaIntegration(base: IntegrationBase, roleArn: string | undefined): LambdaIntegration {
  const functionArn = functionArnOf(base.attributes, "uri");
  // Lambda's Invoke is a POST: with any other method AWS answers every request with a 500.
  if (base.attributes.string("integration_http_method") !== "POST") {
    base.attributes.fail("integration_http_method", "POST, which Lambda's Invoke needs");
  }
  return { ...base, type: "AWS_PROXY", functionArn, roleArn };
}

/** The role of the deployment that API Gateway assumes; the account's others are not known here. */
export function assumedRole(attributes: Attributes, key: string, deployment: Deployment): string | undefined {
  const arn = attributes.optionalString(key);
  if (arn === undefined || deployment.find("aws_iam_role", "arn", arn) !== undefined) return arn;
  // API reference, `PutIntegration`: "To require that the caller's identity be passed through from the request, specify the
  // string arn:aws:iam::*:user/*." Only a method with IAM authorization has such a caller.
  return attributes.fail(key, "the ARN of a role of the deployment");
}

/** The function of an invoke ARN. */
export function functionArnOf(attributes: Attributes, key: string): string {
  const uri = attributes.string(key);
  const [, functionArn] = /:lambda:path\/2015-03-31\/functions\/(arn:[^/${}]+)\/invocations$/.exec(uri) ?? [];
  return functionArn ?? attributes.fail(key, "the invoke ARN of a Lambda function");
}

/** Reads a mock integration. Its templates are constant text: mapping templates in VTL are not evaluated locally. */
function readMockIntegration(base: IntegrationBase, passthrough: string): MockIntegration {
  const templates = constantTemplates(base.attributes, "request_templates");
  return {
    ...base,
    type: "MOCK",
    requestTemplates: templates,
    passthroughNever: passthrough === "NEVER",
    convertsToText: readContentHandling(base.attributes),
    answers: base.responses.map(readAnswer),
  };
}

function readContentHandling(attributes: Attributes): boolean {
  const handling = attributes.optionalString("content_handling");
  if (handling === undefined || handling === "CONVERT_TO_TEXT") return handling !== undefined;
  return attributes.fail("content_handling", "CONVERT_TO_TEXT, or unset: a mock's payload is text");
}

function readAnswer(response: Attributes): MockAnswer {
  readContentHandling(response);
  const pattern = response.optionalString("selection_pattern");
  return {
    status: response.number("status_code"),
    selects: pattern === undefined ? undefined : wholeMatch(response, "selection_pattern", pattern),
    headers: Object.entries(response.stringMap("response_parameters")).map(([target, value]) =>
      readHeader(response, target, value),
    ),
    templates: constantTemplates(response, "response_templates"),
  };
}

/** A regular expression that, as in Java's `matches`, has to match the whole text. */
export function wholeMatch(
  attributes: Attributes,
  key: string,
  expression: string,
): (text: string) => boolean {
  try {
    return compileLinear(expression, { dotAll: true }).matchesWhole;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return attributes.fail(key, `a regular expression that an engine of linear time can run (${reason})`);
  }
}

function readHeader(response: Attributes, target: string, value: string): readonly [string, string] {
  const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
  const constant = /^'(.*)'$/s.exec(value)?.[1];
  if (name === undefined || constant === undefined) {
    throw new DeploymentError(
      `${response.address}: response_parameters must map method.response.header.<name> to a constant in single quotes, ` +
        `received ${target} = ${value}`,
    );
  }
  return [name, constant];
}

function constantTemplates(attributes: Attributes, key: string): ReadonlyMap<string, string> {
  const templates = Object.entries(attributes.stringMap(key));
  for (const [contentType, template] of templates) {
    if (/#(?:set|if|foreach|else|end|\*|#)|\$[!{a-zA-Z]/.test(template)) {
      throw new DeploymentError(
        `${attributes.address}: ${key} for ${contentType} uses VTL, which is not evaluated locally, received ` +
          `${JSON.stringify(template)}; use constant text`,
      );
    }
  }
  return new Map(templates.map(([contentType, template]) => [contentType.toLowerCase(), template]));
}
