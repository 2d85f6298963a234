import type { Deployment } from "./deployment/deployment";
import { loopbackNames } from "./front-door/cross-origin";
import { readIdentityPolicies } from "./iam/deployed-policies";
import type { Statement } from "./iam/policy";
import { UserError } from "./kernel/user-error";
import { services } from "./services/index";

/** An endpoint of the user's own that functions call for a service which is not served here. */
export interface OwnEndpoint {
  /** As AWS's SDKs call it: `dynamodb`. */
  readonly service: string;
  readonly url: string;
  /** Whether Terraform has created there what the deployment declares. @default false */
  readonly isDeployed?: boolean;
}

/** An endpoint that cannot be used; the message names the value and what is accepted. */
export class OwnEndpointError extends UserError {
  override readonly name = "OwnEndpointError";
}

interface KnownService {
  /** The beginning of its actions in policies: `dynamodb` of `dynamodb:PutItem`. */
  readonly actions: string;
  /** The beginnings of its resource types in Terraform. */
  readonly types: readonly string[];
}

/**
 * The services that people run on their machines, by the keys of AWS's SDKs ("Identifiers for service-specific endpoints", AWS SDKs
 * and Tools Reference Guide).
 */
const SERVICES: Readonly<Record<string, KnownService>> = {
  apigatewaymanagementapi: { actions: "execute-api", types: [] },
  appconfigdata: { actions: "appconfig", types: ["aws_appconfig_"] },
  athena: { actions: "athena", types: ["aws_athena_"] },
  batch: { actions: "batch", types: ["aws_batch_"] },
  bedrock_agent_runtime: { actions: "bedrock", types: ["aws_bedrockagent_"] },
  bedrock_runtime: { actions: "bedrock", types: ["aws_bedrock_"] },
  cloudwatch: { actions: "cloudwatch", types: [] },
  comprehend: { actions: "comprehend", types: ["aws_comprehend_"] },
  dynamodb: { actions: "dynamodb", types: ["aws_dynamodb_"] },
  dynamodb_streams: { actions: "dynamodb", types: [] },
  ec2: { actions: "ec2", types: ["aws_instance"] },
  ecs: { actions: "ecs", types: ["aws_ecs_"] },
  eventbridge: { actions: "events", types: [] },
  firehose: { actions: "firehose", types: ["aws_kinesis_firehose_"] },
  glue: { actions: "glue", types: ["aws_glue_"] },
  iot_data_plane: { actions: "iot", types: ["aws_iot_"] },
  kinesis: { actions: "kinesis", types: ["aws_kinesis_stream"] },
  kms: { actions: "kms", types: [] },
  neptunedata: { actions: "neptune-db", types: ["aws_neptune_"] },
  opensearch: { actions: "es", types: ["aws_opensearch_"] },
  polly: { actions: "polly", types: [] },
  rds_data: { actions: "rds-data", types: ["aws_rds_"] },
  redshift_data: { actions: "redshift-data", types: ["aws_redshift_"] },
  rekognition: { actions: "rekognition", types: ["aws_rekognition_"] },
  s3: { actions: "s3", types: ["aws_s3_"] },
  scheduler: { actions: "scheduler", types: [] },
  ses: { actions: "ses", types: ["aws_ses_"] },
  sesv2: { actions: "ses", types: ["aws_sesv2_"] },
  sfn: { actions: "states", types: [] },
  ssm: { actions: "ssm", types: ["aws_ssm_"] },
  textract: { actions: "textract", types: [] },
  timestream_query: { actions: "timestream", types: ["aws_timestreamquery_"] },
  timestream_write: { actions: "timestream", types: ["aws_timestreamwrite_"] },
  translate: { actions: "translate", types: [] },
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
  const [, name = "", text = ""] = /^([^=]*)=(.*)$/s.exec(spec) ?? [];
  // As ARNs call it: `states` of `sfn`, `events` of `eventbridge`.
  const service = Object.hasOwn(SERVICES, name) ? name : (keyOf(name) ?? name);
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

function keyOf(actions: string): string | undefined {
  const [key, another] = Object.keys(SERVICES).filter((own) => SERVICES[own]?.actions === actions);
  return another === undefined ? key : undefined;
}

/** The whole of 127.0.0.0/8, and the names that never lead elsewhere (RFC 6761, section 6.3). */
function isLoopback(hostname: string): boolean {
  return (
    loopbackNames.includes(hostname) || hostname.endsWith(".localhost") || /^127(\.\d+){3}$/.test(hostname)
  );
}

/**
 * The variables by which the SDKs of a role's functions find the endpoints; they precede `AWS_ENDPOINT_URL`. What a role may do there is
 * not checked, but for one thing: a role to which no policy allows any action of the service does not get to the endpoint.
 */
export function endpointVariables(
  endpoints: readonly OwnEndpoint[],
  deployment: Deployment,
): (roleArn: string) => Record<string, string> {
  if (endpoints.length === 0) return () => ({});
  const { roles } = readIdentityPolicies(deployment);
  const isAllowed = (endpoint: OwnEndpoint, roleArn: string) =>
    hasResourcePolicies(endpoint, deployment) ||
    (roles.get(roleArn)?.identity ?? []).flat().some((statement) => allowsAny(statement, endpoint));
  return (roleArn) =>
    Object.fromEntries(
      endpoints
        .filter((endpoint) => isAllowed(endpoint, roleArn))
        .map(({ service, url }) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, url]),
    );
}

/** An endpoint for each service that the policies of roles name, where Terraform has deployed to. */
export function deployedEndpoints(url: string, deployment: Deployment): OwnEndpoint[] {
  const statements = [...readIdentityPolicies(deployment).roles.values()].flatMap(({ identity }) =>
    identity.flat(),
  );
  const named = new Set(
    statements.flatMap(({ actions }) =>
      actions.patterns.map(({ text }) => text.toLowerCase().split(":")[0] ?? ""),
    ),
  );
  return Object.keys(SERVICES)
    .filter((service) => named.has(SERVICES[service]?.actions ?? ""))
    .map((service) => ({ service, url, isDeployed: true }));
}

/** A policy on a bucket or a table may allow what no policy of the role does; nobody reads it here. */
function hasResourcePolicies(endpoint: OwnEndpoint, { resources }: Deployment): boolean {
  return resources.some(({ type }) => type.endsWith("_policy") && isAnsweredBy([endpoint], type));
}

function allowsAny({ effect, actions }: Statement, { service }: OwnEndpoint): boolean {
  const prefix = SERVICES[service]?.actions;
  const isOfService = (action: string) => ["*", prefix].includes(action.toLowerCase().split(":")[0]);
  return effect === "Allow" && (actions.except || actions.patterns.some(({ text }) => isOfService(text)));
}

/** The endpoint for a service by its name in ARNs, as integrations of API Gateway name it: `states` of `sfn`. */
export function ownEndpointOf(endpoints: readonly OwnEndpoint[], name: string): OwnEndpoint | undefined {
  return (
    endpoints.find(({ service }) => service === name) ??
    endpoints.find(({ service }) => SERVICES[service]?.actions === name)
  );
}

/** The beginnings of the actions of all services that can have an endpoint. */
export const endpointActions: readonly string[] = Object.values(SERVICES).map(({ actions }) => actions);

/** Whether an endpoint answers for resources of that type: `aws_dynamodb_table`. */
export function isAnsweredBy(endpoints: readonly OwnEndpoint[], type: string): boolean {
  return endpoints.some(({ service }) => SERVICES[service]?.types.some((prefix) => type.startsWith(prefix)));
}

/** For the user, at start: the endpoint decides who may do what there. */
export function endpointWarnings(endpoints: readonly OwnEndpoint[]): string[] {
  const byUrl = new Map<string, OwnEndpoint[]>();
  for (const endpoint of endpoints) byUrl.set(endpoint.url, [...(byUrl.get(endpoint.url) ?? []), endpoint]);
  return [...byUrl].map(([url, own]) => {
    const names = own.map(({ service }) => service).join(", ");
    const isThere = own.every(({ isDeployed }) => isDeployed === true);
    const created = isThere
      ? "what Terraform created is there"
      : "nothing that the deployment declares is created";
    return `${names}: functions call ${url} by themselves, where their roles allow any action of it at all; more is not checked there, and ${created}`;
  });
}
