import { type Attributes, DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import { functionCodeFolder } from "./function-code";

export interface AsyncSettings {
  /** After the first run. */
  readonly retries: number;
  readonly maximumAgeSeconds: number;
  readonly onSuccessArn: string | undefined;
  readonly onFailureArn: string | undefined;
}

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
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  /** `undefined`: no limit of its own. */
  readonly reservedConcurrency: number | undefined;
  readonly deadLetterTargetArn: string | undefined;
  readonly asynchronous: AsyncSettings;
  /** The folder that would be zipped. */
  readonly codeFolder: string;
}

/**
 * Reads `aws_lambda_function` and `aws_lambda_function_event_invoke_config`, with the defaults of the AWS provider.
 *
 * @throws DeploymentError for what the runtime cannot do as AWS would: log format JSON, other destinations than queues,
 *   topics and functions, other runtimes than Node.js
 */
export function readFunctions(deployment: Deployment): FunctionSettings[] {
  return deployment.ofType("aws_lambda_function").map((resource) => {
    const name = resource.string("function_name");
    const arn =
      resource.optionalString("arn") ??
      `arn:aws:lambda:${deployment.region}:${deployment.accountId}:function:${name}`;
    const reserved = resource.number("reserved_concurrent_executions", -1);
    const architectures = resource.strings("architectures");
    const deadLetter = resource.block("dead_letter_config");
    return {
      name,
      arn,
      description: resource.optionalString("description") ?? "",
      runtime: readRuntime(resource),
      architectures: architectures.length > 0 ? architectures : ["x86_64"],
      handler: resource.string("handler"),
      roleArn: resource.string("role"),
      timeoutSeconds: resource.number("timeout", 3),
      memoryMb: resource.number("memory_size", 128),
      environment: resource.block("environment")?.stringMap("variables") ?? {},
      logGroup: readLogGroup(resource, name),
      reservedConcurrency: reserved < 0 ? undefined : reserved,
      deadLetterTargetArn: deadLetter && target(deadLetter, "target_arn", ["sqs", "sns"]),
      asynchronous: readAsyncSettings(deployment, name, arn),
      codeFolder: functionCodeFolder(deployment, resource),
    };
  });
}

function readRuntime(resource: Resource): string {
  const runtime = resource.string("runtime");
  return runtime.startsWith("nodejs") ? runtime : resource.fail("runtime", "a Node.js runtime (nodejs22.x)");
}

function readLogGroup(resource: Resource, name: string): string {
  const logging = resource.block("logging_config");
  const format = logging?.optionalString("log_format") ?? "Text";
  if (format !== "Text") {
    throw new DeploymentError(
      `${resource.address}: logging_config.log_format must be Text, received ${format}: the local runtime writes Lambda's text format only`,
    );
  }
  return logging?.optionalString("log_group") ?? `/aws/lambda/${name}`;
}

function readAsyncSettings(deployment: Deployment, name: string, arn: string): AsyncSettings {
  const settings = deployment
    .ofType("aws_lambda_function_event_invoke_config")
    .find((resource) => [name, arn].includes(resource.string("function_name")));
  const destinations = settings?.block("destination_config");
  const destination = (when: string): string | undefined => {
    const block = destinations?.block(when);
    return block && target(block, "destination", ["sqs", "sns", "lambda"]);
  };
  return {
    retries: settings?.number("maximum_retry_attempts", 2) ?? 2,
    // Terraform's state has 0 where the age is not set; AWS accepts 60 to 21600.
    maximumAgeSeconds: settings?.number("maximum_event_age_in_seconds", 0) || 21_600,
    onSuccessArn: destination("on_success"),
    onFailureArn: destination("on_failure"),
  };
}

function target(block: Attributes, key: string, services: readonly string[]): string {
  const arn = block.string(key);
  return services.includes(arn.split(":")[2] ?? "")
    ? arn
    : block.fail(key, `the ARN of one of ${services.join(", ")}`);
}
