import type { SessionCredentials } from "../../iam/access-control";
import type { FunctionSettings } from "./function-settings";

/**
 * The environment of an instance: the function's own variables and the ones that Lambda sets, nothing of the host's.
 * Lambda's reserved names win (Lambda Developer Guide, "Defined runtime environment variables"); `AWS_ENDPOINT_URL`
 * sends the SDK to the local endpoint.
 */
export function instanceEnvironment(
  settings: FunctionSettings,
  given: {
    readonly region: string;
    readonly endpointUrl: string;
    readonly credentials: SessionCredentials;
    readonly logStream: string;
  },
): Record<string, string> {
  return {
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    ...settings.environment,
    AWS_ENDPOINT_URL: given.endpointUrl,
    _HANDLER: settings.handler,
    AWS_REGION: given.region,
    AWS_DEFAULT_REGION: given.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: given.logStream,
    AWS_ACCESS_KEY_ID: given.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: given.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: given.credentials.sessionToken,
    LAMBDA_TASK_ROOT: settings.codeFolder,
  };
}
