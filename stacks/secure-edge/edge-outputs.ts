import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Config } from "../common/config";
import type { HandlerFunction } from "../common/handler-function";
import type { RestApi } from "./rest-api";
import type { UserDirectory } from "./user-directory";
import type { WebAcl } from "./web-acl";

export interface EdgeParts {
  readonly config: Config;
  readonly api: RestApi;
  readonly webAcl: WebAcl;
  /** By name. */
  readonly functions: ReadonlyMap<string, HandlerFunction>;
  /** By name. */
  readonly userPools: ReadonlyMap<string, UserDirectory>;
  /** By API client: the value of its key. */
  readonly apiKeys: ReadonlyMap<string, string>;
}

/** What the commands, and the person who deploys the stack, need to know of it: ids, addresses, and the API keys as a secret. */
export function createEdgeOutputs(
  stack: Construct,
  { config, api, webAcl, functions, userPools, apiKeys }: EdgeParts,
): void {
  const outputs: [name: string, description: string, value: unknown][] = [
    ["invoke_url", "Where the API answers: a route's path comes after it", api.stage.invokeUrl],
    ["environment", "The environment that was deployed", config.environment],
    ["region", "The region of everything here", config.region],
    [
      "user_pools",
      "By name: the user pool's id, its client's id, its login page, and where that may send a user back to",
      Object.fromEntries(
        [...userPools].map(([name, { poolId, clientId, loginPageUrl }]) => [
          name,
          {
            id: poolId,
            client_id: clientId,
            login_page_url: loginPageUrl,
            callback_urls: config.users.callbackUrls,
          },
        ]),
      ),
    ],
    [
      "function_log_groups",
      "By function: the log group it writes to",
      Object.fromEntries([...functions].map(([name, { logGroupName }]) => [name, logGroupName])),
    ],
    ["access_log_group", "The log group with a line for each request", api.stage.accessLogGroupName],
    ["rest_api_id", "The REST API's id", api.id],
    ["web_acl_arn", "The web ACL's ARN", webAcl.arn],
  ];
  for (const [id, description, value] of outputs) new TerraformOutput(stack, id, { description, value });
  if (apiKeys.size === 0) return;
  new TerraformOutput(stack, "api_keys", {
    description: "By API client: the value of its key",
    value: Object.fromEntries(apiKeys),
    sensitive: true,
  });
}
