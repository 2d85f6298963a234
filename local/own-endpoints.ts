import { loopbackNames } from "./front-door/cross-origin";
import { services } from "./services/index";

/** An endpoint of the user's own that functions call for a service which is not served here. */
export interface OwnEndpoint {
  /** As AWS's SDKs call it: `dynamodb`. */
  readonly service: string;
  readonly url: string;
}

/** An endpoint that cannot be used; the message names the value and what is accepted. */
export class OwnEndpointError extends Error {
  override readonly name = "OwnEndpointError";
}

/**
 * The services that people run on their machines, by the keys of AWS's SDKs ("Identifiers for service-specific endpoints", AWS SDKs
 * and Tools Reference Guide), each with the beginnings of its resource types in Terraform.
 */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  apigatewaymanagementapi: [],
  appconfigdata: ["aws_appconfig_"],
  athena: ["aws_athena_"],
  batch: ["aws_batch_"],
  bedrock_agent_runtime: ["aws_bedrockagent_"],
  bedrock_runtime: ["aws_bedrock_"],
  cloudwatch: [],
  comprehend: ["aws_comprehend_"],
  dynamodb: ["aws_dynamodb_"],
  dynamodb_streams: [],
  ec2: ["aws_instance"],
  ecs: ["aws_ecs_"],
  eventbridge: [],
  firehose: ["aws_kinesis_firehose_"],
  glue: ["aws_glue_"],
  iot_data_plane: ["aws_iot_"],
  kinesis: ["aws_kinesis_stream"],
  kms: [],
  neptunedata: ["aws_neptune_"],
  opensearch: ["aws_opensearch_"],
  polly: [],
  rds_data: ["aws_rds_"],
  redshift_data: ["aws_redshift_"],
  rekognition: ["aws_rekognition_"],
  s3: ["aws_s3_"],
  scheduler: [],
  ses: ["aws_ses_"],
  sesv2: ["aws_sesv2_"],
  sfn: [],
  ssm: ["aws_ssm_"],
  textract: [],
  timestream_query: ["aws_timestreamquery_"],
  timestream_write: ["aws_timestreamwrite_"],
  translate: [],
};

/**
 * Reads `--service` options: `<service>=<url>`.
 *
 * @param hosts besides this machine's that a URL may have
 * @throws OwnEndpointError that names the option's value and what is accepted
 */
export function parseOwnEndpoints(specs: readonly string[], hosts: readonly string[]): OwnEndpoint[] {
  const endpoints = specs.map((spec) => parseOwnEndpoint(spec, hosts));
  const names = endpoints.map(({ service }) => service);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new OwnEndpointError(`--service gives ${twice} twice; give it one URL`);
  return endpoints;
}

function parseOwnEndpoint(spec: string, hosts: readonly string[]): OwnEndpoint {
  const refuse = (reason: string): never => {
    throw new OwnEndpointError(`--service ${JSON.stringify(spec)}: ${reason}`);
  };
  const [, service = "", text = ""] = /^([^=]*)=(.*)$/s.exec(spec) ?? [];
  if (services.some(({ name }) => name === service))
    refuse(`the local runtime serves ${service} itself; take it away`);
  if (!Object.hasOwn(SERVICES, service))
    refuse(
      `must be <service>=<url>, such as dynamodb=http://127.0.0.1:8000; services: ${Object.keys(SERVICES).join(", ")}`,
    );
  const url = URL.canParse(text) ? new URL(text) : refuse("its URL must be like http://127.0.0.1:8000");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    refuse("its URL must begin with http:// or https://");
  if (url.username !== "" || url.search !== "" || url.hash !== "")
    refuse("its URL must be without user, query and fragment");
  if (!isLoopback(url.hostname) && !hosts.includes(url.hostname))
    refuse(
      `${url.hostname} is not this machine, and what functions send would go there; if it may, add --service-host ${url.hostname}`,
    );
  return { service, url: text.replace(/\/$/, "") };
}

/** The whole of 127.0.0.0/8, and the names that never lead elsewhere (RFC 6761, section 6.3). */
function isLoopback(hostname: string): boolean {
  return (
    loopbackNames.includes(hostname) || hostname.endsWith(".localhost") || /^127(\.\d+){3}$/.test(hostname)
  );
}

/** The variables by which AWS's SDKs find the endpoints; they precede `AWS_ENDPOINT_URL`. */
export function endpointVariables(endpoints: readonly OwnEndpoint[]): Record<string, string> {
  return Object.fromEntries(
    endpoints.map(({ service, url }) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, url]),
  );
}

/** Whether an endpoint answers for resources of that type: `aws_dynamodb_table`. */
export function isAnsweredBy(endpoints: readonly OwnEndpoint[], type: string): boolean {
  return endpoints.some(({ service }) => SERVICES[service]?.some((prefix) => type.startsWith(prefix)));
}

/** For the user, at start: who may do what there is the endpoint's business. */
export function endpointWarnings(endpoints: readonly OwnEndpoint[]): string[] {
  return endpoints.map(
    ({ service, url }) =>
      `${service}: functions call ${url} by themselves; what their roles may do there is not checked, and nothing that the deployment declares is created there`,
  );
}
