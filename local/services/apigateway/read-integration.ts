import { type Attributes, DeploymentError } from "../../deployment/attributes";
import { readMockIntegration } from "./read-mock-integration";
import type { Integration, LambdaIntegration } from "./rest-api";
import { refuseUnsupported } from "./unsupported";

const DEFAULT_TIMEOUT_MS = 29_000;

/** Reads a method's integration: a Lambda function as proxy, or an answer of API Gateway's own. */
export function readIntegration(integration: Attributes, responses: readonly Attributes[]): Integration {
  refuseUnsupported(integration, ["credentials", "request_parameters", "content_handling"]);
  const base = {
    attributes: integration,
    timeoutMs: integration.number("timeout_milliseconds", 0) || DEFAULT_TIMEOUT_MS,
    responses,
  };
  const type = integration.string("type");
  if (type === "MOCK") return readMockIntegration(base);
  if (type === "AWS_PROXY") return readLambdaIntegration(base);
  throw new DeploymentError(
    `${integration.address}: integration type ${type} is not supported locally; use AWS_PROXY to a Lambda function or MOCK`,
  );
}

function readLambdaIntegration(
  base: Pick<Integration, "attributes" | "timeoutMs" | "responses">,
): LambdaIntegration {
  const uri = base.attributes.string("uri");
  const functionArn = /:lambda:path\/2015-03-31\/functions\/(arn:[^/${}]+)\/invocations$/.exec(uri)?.[1];
  if (functionArn === undefined) base.attributes.fail("uri", "the invoke ARN of a Lambda function");
  // Lambda's Invoke is a POST: with any other method AWS answers every request with a 500.
  if (base.attributes.string("integration_http_method") !== "POST") {
    base.attributes.fail("integration_http_method", "POST, as Lambda's Invoke wants it");
  }
  return { ...base, type: "AWS_PROXY", functionArn };
}
