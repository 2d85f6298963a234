import type { Attributes } from "../../deployment/attributes";
import { readRequestParameters } from "./mapping";

/** Where an integration sends a request over HTTP, and what of the method's request goes into it. */
export interface Backend {
  /** With `${stageVariables.host}` and `{parameter}` in it; of a service of AWS from the path on. */
  readonly url: string;
  /** `undefined`: the client's. */
  readonly httpMethod: string | undefined;
  /** `integration.request.header.X` → where its value comes from. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A service of AWS other than Lambda, as an integration's URI names it. */
export interface ServiceBackend extends Backend {
  /** `sqs` */
  readonly service: string;
  readonly region: string;
  /** `PutItem`, where the URI names one. */
  readonly action: string | undefined;
}

/** An HTTP endpoint that an integration names by its URL. */
export function readHttpBackend(integration: Attributes): Backend {
  const url = integration.string("uri");
  // AWS's reason as recorded in localstack's AWS-validated tests, `test_put_integration_validation`.
  if (!/^https?:\/\/[^/?#]/i.test(url)) integration.refuse("uri", "Invalid HTTP endpoint specified for URI");
  requireInternet(integration);
  return { url, ...readRequest(integration, ILLEGAL) };
}

/**
 * `arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders`, `arn:aws:apigateway:us-east-1:dynamodb:action/PutItem` (API
 * reference, `PutIntegration`).
 */
export function readServiceBackend(integration: Attributes): ServiceBackend {
  const uri = integration.string("uri");
  const [, region, host, kind, rest = ""] =
    /^arn:[\w-]+:apigateway:([\w-]+):([\w.-]+):(path|action)\/(.*)$/s.exec(uri) ?? [];
  if (region === undefined || host === undefined)
    // Ibid.: the two reasons that AWS has.
    return integration.refuse(
      "uri",
      uri.startsWith("arn:")
        ? "AWS ARN for integration must contain path or action"
        : "Invalid ARN specified in the request",
    );
  const [service = "", subdomain, ...others] = host.split(".").reverse();
  if (others.length > 0 || (subdomain !== undefined && service !== "s3"))
    integration.fail("uri", "of a service without a subdomain, but for a bucket's");
  // hashicorp/terraform-provider-aws#7916: what AWS says where there are no credentials.
  if (!integration.has("credentials"))
    integration.refuse("credentials", "Role ARN must be specified for AWS integrations");
  requireInternet(integration);
  const bucket = subdomain === undefined ? "" : `/${subdomain}`;
  return {
    url: kind === "path" ? `${bucket}/${rest.replace(/^\//, "")}` : "/",
    service,
    region,
    action: kind === "action" ? rest : undefined,
    ...readRequest(integration, [...ILLEGAL, ...ILLEGAL_TO_AWS]),
  };
}

function requireInternet(integration: Attributes): void {
  if (integration.optionalString("connection_type") === "VPC_LINK")
    integration.fail(
      "connection_type",
      "INTERNET: a VPC link leads into a VPC, which is not here; serve the API with the URL of what is at its end, such as http://127.0.0.1:8080",
    );
}

/** Recorded in localstack's AWS-validated tests, `test_apigateway_header_remapping_http` and `…_aws`: they are 500s. */
const ILLEGAL = ["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"];
const ILLEGAL_TO_AWS = ["authorization", "connection", "expect", "proxy-authenticate", "te"];

function readRequest(
  integration: Attributes,
  illegal: readonly string[],
): Pick<Backend, "httpMethod" | "parameters"> {
  const httpMethod = integration.string("integration_http_method");
  const parameters = readRequestParameters(integration);
  for (const target of parameters.keys()) {
    const name = /^integration\.request\.header\.(.+)$/.exec(target)?.[1]?.toLowerCase();
    if (name !== undefined && illegal.includes(name))
      integration.fail(
        "request_parameters",
        `without ${target}: API Gateway sets that header itself, and answers each request with a 500`,
      );
  }
  return { httpMethod: httpMethod === "ANY" ? undefined : httpMethod, parameters };
}
