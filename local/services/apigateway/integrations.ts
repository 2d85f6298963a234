import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment } from "../../deployment/deployment";
import { type Backend, readHttpBackend, readServiceBackend, type ServiceBackend } from "./backends";
import { type Mapping, readContentHandling, readMapping, readRequestParameters } from "./mapping";

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

/** A function that is invoked with what a template makes of the request, and whose answer a template turns into the response. */
export interface CustomIntegration extends IntegrationBase, Mapping {
  readonly type: "AWS";
  readonly functionArn: string;
  readonly roleArn: string | undefined;
  /** Where `Event` comes from, which has the function run without anybody waiting. */
  readonly invocationType: string | undefined;
}

export interface MockIntegration extends IntegrationBase, Mapping {
  readonly type: "MOCK";
}

/** A request to an HTTP endpoint: the client's own, or what templates make of it. */
export interface HttpIntegration extends IntegrationBase, Mapping {
  readonly type: "HTTP" | "HTTP_PROXY";
  readonly backend: Backend;
}

/** A call of another service of AWS, which is of the type AWS too. */
export interface ServiceIntegration extends IntegrationBase, Mapping {
  readonly type: "SERVICE";
  readonly backend: ServiceBackend;
  readonly roleArn: string;
}

export type Integration =
  | LambdaIntegration
  | CustomIntegration
  | MockIntegration
  | HttpIntegration
  | ServiceIntegration;

const DEFAULT_TIMEOUT_MS = 29_000;

/** More than 29 seconds need a quota increase, for Regional and private APIs only (API reference, `PutIntegration`). */
const TIMEOUT = { min: 50, max: DEFAULT_TIMEOUT_MS };

/** Reads a method's integration: a Lambda function, another service, an HTTP endpoint, or an answer of API Gateway's own. */
export function readIntegration(
  integration: Attributes,
  responses: readonly Attributes[],
  methodResponses: readonly Attributes[],
  deployment: Deployment,
): Integration {
  const timeoutMs = integration.number("timeout_milliseconds", DEFAULT_TIMEOUT_MS, TIMEOUT);
  const base = { attributes: integration, timeoutMs, responses };
  // A proxy integration passes everything on, whatever it says.
  integration.optionalString("passthrough_behavior", PASSTHROUGH);
  for (const response of responses) requireMethodResponse(response, methodResponses);
  const type = integration.string("type");
  // A mock calls nobody: a role for that is never assumed.
  const roleArn = assumedRole(integration, "credentials", deployment);
  switch (type) {
    case "MOCK":
      readRequestParameters(integration);
      return { ...base, type, ...readMapping(integration, responses) };
    case "AWS_PROXY":
      // A function's event is text in any case, a binary body in base64.
      readContentHandling(integration);
      // AWS does not use them (recorded in localstack's test_lambda_aws_proxy_integration_request_data_mapping); the start says so.
      readRequestParameters(integration);
      return { ...base, type, roleArn, functionArn: readFunction(integration) };
    case "HTTP":
    case "HTTP_PROXY":
      return {
        ...base,
        type,
        backend: readHttpBackend(integration),
        ...readMapping(integration, responses),
      };
    case "AWS":
      if (!/:lambda:path\//.test(integration.string("uri"))) {
        const backend = readServiceBackend(integration);
        return {
          ...base,
          type: "SERVICE",
          backend,
          roleArn: roleArn ?? integration.fail("credentials", "the ARN of a role of the deployment"),
          ...readMapping(integration, responses),
        };
      }
      return {
        ...base,
        type,
        roleArn,
        functionArn: readFunction(integration),
        invocationType: readRequestParameters(integration).get(
          "integration.request.header.X-Amz-Invocation-Type",
        ),
        ...readMapping(integration, responses),
      };
    default:
      throw new DeploymentError(
        `${integration.address}: integration type ${type} is not supported locally; use AWS_PROXY, AWS, HTTP_PROXY, HTTP or MOCK`,
      );
  }
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

function readFunction(integration: Attributes): string {
  // Lambda's Invoke is a POST: with any other method AWS answers every request with a 500.
  if (integration.string("integration_http_method") !== "POST")
    integration.fail("integration_http_method", "POST, which Lambda's Invoke needs");
  return functionArnOf(integration, "uri");
}

/** The role of the deployment that API Gateway assumes; the account's others are not known here. */
export function assumedRole(attributes: Attributes, key: string, deployment: Deployment): string | undefined {
  const arn = attributes.optionalString(key);
  if (arn === undefined || deployment.find("aws_iam_role", "arn", arn) !== undefined) return arn;
  // API reference, `PutIntegration`: "To require that the caller's identity be passed through from the request, specify the
  // string arn:aws:iam::*:user/*." Only a method with IAM authorization has such a caller.
  return attributes.fail(key, "the ARN of a role of the deployment");
}

/** The function of an invoke ARN, which may have stage variables in it: `function:${stageVariables.name}`. */
export function functionArnOf(attributes: Attributes, key: string): string {
  const uri = attributes.string(key);
  const [, functionArn] =
    /:lambda:path\/2015-03-31\/functions\/(arn:(?:[^/${}]|\$\{stageVariables\.\w+\})+)\/invocations$/.exec(
      uri,
    ) ?? [];
  return functionArn ?? attributes.fail(key, "the invoke ARN of a Lambda function");
}
