import { delimiter, join } from "node:path";
import { DeploymentError } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import type { SessionCredentials } from "../../iam/access-control";
import type { FunctionSettings } from "./function-settings";
import { layerPaths, type TaskRoot } from "./task-roots";

/** Lambda Developer Guide, "Defined runtime environment variables": the ones that a function cannot set. */
const RESERVED = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** Its values can be secret: no message repeats one. */
export function readEnvironment(resource: Resource): Readonly<Record<string, string>> {
  const variables = resource.block("environment")?.stringMap("variables") ?? {};
  const refuse = (reason: string): never => {
    throw new DeploymentError(`${resource.location}: AWS refuses environment.variables: ${reason}`);
  };
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED.has(name));
  if (reserved.length > 0)
    refuse(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  // AWS measures the JSON of all of them: localstack's recordings, `test_lambda_envvars_near_limit_succeeds`.
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > 4096)
    refuse(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit: as JSON they have ${bytes} bytes`,
    );
  return variables;
}

/**
 * The environment of an instance: the function's own variables and the ones that Lambda sets, nothing of the host's
 * (Lambda Developer Guide, "Defined runtime environment variables"; the values as localstack's recordings of
 * `test_introspection_invoke` have them). `AWS_ENDPOINT_URL` sends the SDK to the local endpoint. LD_LIBRARY_PATH is left
 * out: it would be about this machine's libraries.
 */
export function instanceEnvironment(
  settings: FunctionSettings,
  given: TaskRoot & {
    readonly region: string;
    readonly endpointUrl: string;
    readonly functionVariables: Readonly<Record<string, string>>;
    readonly credentials: SessionCredentials;
    readonly logStream: string;
    readonly version: string;
  },
): Record<string, string> {
  const { taskRoot, runtimeDir, optDir } = given;
  const packages = [...layerPaths(optDir, settings.runtime), join(runtimeDir, "node_modules")];
  const opt = settings.layers.length === 0 ? "/opt" : optDir;
  return {
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    PATH: `/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:${opt}/bin`,
    NODE_PATH: [...packages, runtimeDir, taskRoot].join(delimiter),
    PWD: taskRoot,
    SHLVL: "0",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1:2000",
    ...settings.environment,
    AWS_ENDPOINT_URL: given.endpointUrl,
    ...given.functionVariables,
    _HANDLER: settings.handler,
    AWS_REGION: given.region,
    AWS_DEFAULT_REGION: given.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: given.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: given.logStream,
    // Nobody answers there: the runtime in the instance gets its events by another way.
    AWS_LAMBDA_RUNTIME_API: "169.254.100.1:9001",
    AWS_ACCESS_KEY_ID: given.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: given.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: given.credentials.sessionToken,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeDir,
  };
}
