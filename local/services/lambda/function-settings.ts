import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { formatArn } from "../../kernel/arn";
import { type AsyncSettings, readAsyncSettings, target } from "./async-settings";
import { readEnvironment } from "./environment";
import { type FunctionCode, functionCode } from "./function-code";
import { type Layer, type Layers, layersOf, readLayers } from "./layers";

/** A function as deployed. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly runtime: string;
  readonly architectures: readonly string[];
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly ephemeralStorageMb: number;
  readonly tracing: "Active" | "PassThrough";
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  /** `undefined`: no limit of its own. */
  readonly reservedConcurrency: number | undefined;
  readonly deadLetterTargetArn: string | undefined;
  /** By qualifier: `$LATEST`, a version, an alias. */
  readonly asynchronous: ReadonlyMap<string, AsyncSettings>;
  readonly code: FunctionCode;
  /** In the order in which they are unpacked. */
  readonly layers: readonly Layer[];
  /** The version that the deployment publishes, `undefined` where there is only `$LATEST`. Both have the same code. */
  readonly publishedVersion: string | undefined;
  /** The version that each alias stands for, by the alias's name. */
  readonly aliases: ReadonlyMap<string, FunctionAlias>;
}

export interface FunctionAlias {
  readonly version: string;
  readonly description: string;
}

/**
 * Reads `aws_lambda_function`, `aws_lambda_layer_version`, `aws_lambda_alias` and `aws_lambda_function_event_invoke_config`, with the
 * defaults of the AWS provider. Lengths, patterns and ranges are those of Lambda's service model; memory ends at 10,240 MB and the
 * timeout at 900 s (Lambda Developer Guide, "Lambda quotas").
 *
 * @throws DeploymentError for what AWS would refuse, and for what the runtime cannot do as AWS would: log format JSON,
 *   other destinations than queues, topics and functions, other runtimes than Node.js, code from elsewhere
 */
export function readFunctions(deployment: Deployment): FunctionSettings[] {
  const functions = deployment.ofType("aws_lambda_function");
  const completing = ["aws_lambda_alias", "aws_lambda_function_event_invoke_config"].flatMap((type) =>
    deployment.ofType(type).map((resource) => ({ resource, of: functionOf(resource, functions) })),
  );
  const layers = readLayers(deployment);
  return functions.map((resource) => {
    const own = completing.filter(({ of }) => of === resource).map((other) => other.resource);
    return readFunction(resource, own, deployment, layers);
  });
}

/** The function that another resource completes, named by name, by ARN, or by the end of an ARN. */
function functionOf(resource: Resource, functions: readonly Resource[]): Resource {
  const reference = resource.string("function_name");
  const name = /(?:^|:)function:([^:]+)/.exec(reference)?.[1] ?? reference;
  const found = functions.find((candidate) => candidate.string("function_name") === name);
  return found ?? resource.fail("function_name", "a function of the deployment");
}

/** A name by itself: the service model, which also takes ARNs, is wider. */
const NAME = { max: 64, pattern: "[a-zA-Z0-9-_]+" };

function readFunction(
  resource: Resource,
  completing: readonly Resource[],
  deployment: Deployment,
  layers: Layers,
): FunctionSettings {
  refuseOtherPackages(resource);
  const name = resource.string("function_name", NAME);
  const arn = resource.optionalString("arn") ?? formatArn(deployment, "lambda", `function:${name}`);
  const reserved = resource.number("reserved_concurrent_executions", -1, { min: -1 });
  const deadLetter = resource.block("dead_letter_config");
  const version = resource.optionalString("version") ?? "$LATEST";
  const publishedVersion = version === "$LATEST" ? undefined : version;
  const code = functionCode(deployment, resource);
  const ofType = (type: string) => completing.filter((other) => other.type === type);
  return {
    name,
    arn,
    description: resource.optionalString("description") ?? "",
    runtime: readRuntime(resource),
    architectures: readArchitectures(resource),
    handler: resource.string("handler"),
    roleArn: resource.string("role"),
    timeoutSeconds: resource.number("timeout", 3, { max: 900 }),
    memoryMb: resource.number("memory_size", 128, { max: 10_240 }),
    ephemeralStorageMb: resource.block("ephemeral_storage")?.number("size", 512) ?? 512,
    tracing: readTracing(resource),
    environment: readEnvironment(resource),
    logGroup: readLogGroup(resource, name),
    reservedConcurrency: reserved < 0 ? undefined : reserved,
    deadLetterTargetArn: deadLetter && target(deadLetter, "target_arn", ["sqs", "sns"]),
    asynchronous: new Map(
      ofType("aws_lambda_function_event_invoke_config").map((config) => readAsyncSettings(config, arn)),
    ),
    code,
    layers: layersOf(resource, layers, code),
    publishedVersion,
    aliases: new Map(ofType("aws_lambda_alias").map((alias) => readAlias(alias, publishedVersion))),
  };
}

/** What Lambda can run from elsewhere and the local runtime cannot. Says so before an attribute of theirs is missed. */
function refuseOtherPackages(resource: Resource): void {
  const unsupported = (key: string, what: string): never => {
    throw new DeploymentError(
      `${resource.location}: ${key} ${JSON.stringify(resource.values[key])}: the local runtime does not run ${what}; it runs a zip archive, or what an archive_file makes one from; give the function one, or take it out of what is served`,
    );
  };
  const packageType = resource.optionalString("package_type");
  if (packageType === "Image") unsupported("package_type", "container images");
  if (resource.optionalString("image_uri") !== undefined) unsupported("image_uri", "container images");
  if (resource.blocks("file_system_config").length > 0)
    unsupported("file_system_config", "functions with a file system");
}

/** As AWS named them when it refused another: localstack's recordings, `test_create_lambda_exceptions`. */
const SUPPORTED = ["nodejs16.x", "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"];
const RETIRED = /^nodejs(|4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x)$/;

function readRuntime(resource: Resource): string {
  const runtime = resource.string("runtime");
  if (SUPPORTED.includes(runtime)) return runtime;
  if (RETIRED.test(runtime))
    return resource.refuse(
      "runtime",
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  return resource.fail(
    "runtime",
    `a Node.js runtime (${SUPPORTED.join(", ")}), or the function must be taken out of what is served`,
  );
}

function readArchitectures(resource: Resource): readonly string[] {
  const architectures = resource.strings("architectures");
  return architectures.length > 0 ? architectures : ["x86_64"];
}

function readTracing(resource: Resource): FunctionSettings["tracing"] {
  const mode = resource.block("tracing_config")?.string("mode");
  return mode === "Active" ? "Active" : "PassThrough";
}

function readLogGroup(resource: Resource, name: string): string {
  const logging = resource.block("logging_config");
  const format = logging?.optionalString("log_format") ?? "Text";
  if (format !== "Text") {
    throw new DeploymentError(
      `${resource.address}: logging_config.log_format must be Text, received ${format}: the local runtime writes Lambda's text format only`,
    );
  }
  const group = logging?.optionalString("log_group");
  return group ?? `/aws/lambda/${name}`;
}

function readAlias(alias: Resource, publishedVersion: string | undefined): [string, FunctionAlias] {
  const name = alias.string("name");
  const version = alias.string("function_version");
  if (version !== "$LATEST" && version !== publishedVersion)
    throw new DeploymentError(
      `${alias.location}: function_version ${version} is not the version that the deployment has (${publishedVersion ?? "$LATEST"}); the local runtime has no code of an earlier one: refer to the function's version`,
    );
  return [name, { version, description: alias.optionalString("description") ?? "" }];
}
