import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { reasonOf } from "../../local/command/describe-error";
import type { Environment } from "../../local/command/terraform/tools";
import type { SettingName } from "../../stacks/common/settings";
import { clientConfig } from "../common/aws-clients";

/** Where the account is reached: AWS, or an AWS API on this machine. */
export interface AccountReach {
  readonly region: string;
  readonly awsEndpointUrl?: string;
}

export interface AccountSettings {
  /** For this run alone; a setting that the caller has set is not among them. */
  readonly settings: Partial<Record<SettingName, string>>;
  /** A line each, for people. */
  readonly notes: readonly string[];
}

/**
 * The settings that the account itself answers, where the caller has left them open: whether API Gateway has a role to write
 * logs with, without which it refuses a stage that logs, and how many functions run at once. It only reads.
 *
 * Sources: https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html,
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 */
export async function readAccountSettings(
  reach: AccountReach,
  env: Environment,
  signal: AbortSignal,
): Promise<AccountSettings> {
  const config = { ...clientConfig(reach), maxAttempts: 2 };
  const [role, functions] = await Promise.all([
    env.MANAGE_API_GATEWAY_ACCOUNT ? undefined : logRole(config, reach.region, signal),
    env.LAMBDA_CONCURRENCY ? undefined : concurrency(config, signal),
  ]);
  signal.throwIfAborted();
  return {
    settings: { ...role?.settings, ...functions?.settings },
    notes: [...(role?.notes ?? []), ...(functions?.notes ?? [])],
  };
}

type Config = ReturnType<typeof clientConfig>;

async function logRole(config: Config, region: string, abortSignal: AbortSignal): Promise<AccountSettings> {
  const client = new APIGatewayClient(config);
  try {
    const { cloudwatchRoleArn } = await client.send(new GetAccountCommand({}), { abortSignal });
    if (cloudwatchRoleArn) return { settings: {}, notes: [] };
    return {
      settings: { MANAGE_API_GATEWAY_ACCOUNT: "true" },
      notes: [
        `API Gateway has no role to write logs with in ${region}: the stack api-gateway-account is deployed as well (MANAGE_API_GATEWAY_ACCOUNT=true)`,
      ],
    };
  } catch (error) {
    return unread(
      `whether API Gateway has a role to write logs with in ${region} is unknown (${reasonOf(error)}); without one the stage is refused: allow apigateway:GET on /account, or set MANAGE_API_GATEWAY_ACCOUNT`,
    );
  } finally {
    client.destroy();
  }
}

async function concurrency(config: Config, abortSignal: AbortSignal): Promise<AccountSettings> {
  const client = new LambdaClient(config);
  try {
    const { AccountLimit: limit } = await client.send(new GetAccountSettingsCommand({}), { abortSignal });
    const most = limit?.ConcurrentExecutions;
    return { settings: most === undefined ? {} : { LAMBDA_CONCURRENCY: String(most) }, notes: [] };
  } catch (error) {
    return unread(
      `how many functions the account runs at once is unknown (${reasonOf(error)}): allow lambda:GetAccountSettings, or set LAMBDA_CONCURRENCY`,
    );
  } finally {
    client.destroy();
  }
}

function unread(problem: string): AccountSettings {
  return { settings: {}, notes: [`warning: ${problem.replace(/\s+/g, " ")}`] };
}
