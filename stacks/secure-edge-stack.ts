import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Annotations, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { ExternalEnv } from "../lambda-src/external/env";
import type { Config } from "./common/config";
import { HandlerFunction, type LogProps } from "./common/handler-function";
import { SecureStack } from "./common/secure-stack";
import { Dashboard } from "./secure-edge/dashboard";
import { EdgeAlarms } from "./secure-edge/edge-alarms";
import { LogQueries } from "./secure-edge/log-queries";
import { RestApi } from "./secure-edge/rest-api";
import { checkRoutes, isSignedIn, type Route } from "./secure-edge/route";
import { UsagePlans } from "./secure-edge/usage-plans";
import { UserDirectory } from "./secure-edge/user-directory";
import { WebAcl } from "./secure-edge/web-acl";
import type { MessagingEndpoints } from "./shared-messaging/messaging-endpoints";

export interface SecureEdgeStackProps {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly messaging: MessagingEndpoints;
}

/** How long a function trusts what it read from the secret. */
const TOPIC_MAX_AGE_SECONDS = 300;

/** Everything a request meets on its way: web ACL, REST API with its authorizers, external functions. */
export class SecureEdgeStack extends SecureStack {
  private readonly props: SecureEdgeStackProps;

  constructor(scope: Construct, id: string, props: SecureEdgeStackProps) {
    super(scope, id, props.config);
    this.props = props;
    checkRoutes(props.routes, props.config.apiClients.names);
    const logs = this.logs(this.createKey(() => ({ services: [], deliveries: [] })));
    const userPools = this.createUserPools();
    const functions = this.createFunctions(logs);
    const api = this.createApi(functions, userPools, logs);
    this.createUsagePlans(api);
    const webAcl = this.createWebAcl(logs);
    const association = new Wafv2WebAclAssociation(this, "stage", {
      resourceArn: api.stage.arn,
      webAclArn: webAcl.arn,
    });
    api.openBehind(association);
    this.createOutputs(api, webAcl, functions, userPools);
    this.createViews(api, webAcl, functions);
    this.createAlarms(api, functions);
    this.forgetAccount();
    this.warnOfConcurrency();
  }

  private createUserPools(): ReadonlyMap<string, UserDirectory> {
    return mapOf(this.props.routes.filter(isSignedIn), "userPool", ({ userPool }) => {
      return new UserDirectory(this, userPool, {
        poolName: this.name(userPool),
        region: this.config.region,
        accountId: this.accountId,
        rules: this.config.users,
      });
    });
  }

  private createFunctions(logs: LogProps): ReadonlyMap<string, HandlerFunction> {
    const { messaging, config } = this.props;
    const environment: ExternalEnv = {
      TOPIC_SECRET_ARN: messaging.topicSecretArn,
      TOPIC_MAX_AGE_SECONDS: String(TOPIC_MAX_AGE_SECONDS),
      CORS_ORIGINS: config.corsOrigin ?? "",
    };
    return mapOf(this.props.routes, "functionName", ({ functionName, handler }) => {
      return new HandlerFunction(this, functionName, {
        functionName: this.name(functionName),
        role: this.role(functionName),
        handler,
        ...config.functions,
        tracing: config.tracing,
        logs,
        environment: { ...environment },
        permissions: [
          { Sid: "Publish", Action: "sns:Publish", Resource: messaging.topicArn },
          { Sid: "ReadSecret", Action: "secretsmanager:GetSecretValue", Resource: messaging.topicSecretArn },
        ],
      });
    });
  }

  private createApi(
    functions: ReadonlyMap<string, HandlerFunction>,
    userPools: ReadonlyMap<string, UserDirectory>,
    logs: LogProps,
  ): RestApi {
    const { config, routes } = this.props;
    return new RestApi(this, "api", {
      apiName: this.name("SecureLambdaAPI"),
      stageName: config.stageName,
      routes,
      functions,
      userPools,
      throttle: config.throttle,
      tracing: config.tracing,
      corsOrigin: config.corsOrigin,
      logs,
    });
  }

  private createViews(api: RestApi, webAcl: WebAcl, functions: ReadonlyMap<string, HandlerFunction>): void {
    const { config, messaging } = this.props;
    new LogQueries(this, "log-queries", {
      folder: this.name("SecureLambda"),
      accessLogGroupName: api.stage.accessLogGroupName,
      functionLogGroupNames: [...functions.values()].map(({ logGroupName }) => logGroupName),
      webAclLogGroupName: webAcl.logGroupName,
    });
    if (!config.dashboard) return;
    new Dashboard(this, "traffic", {
      // Dashboards belong to the account, not to a region of it.
      dashboardName: [this.name("SecureLambda"), config.region].join("-"),
      region: config.region,
      webAclName: this.name("SecureLambdaWebACL"),
      ruleMetrics: webAcl.ruleMetrics,
      apiName: this.name("SecureLambdaAPI"),
      stageName: config.stageName,
      accessLogGroupName: api.stage.accessLogGroupName,
      functionNames: [...functions.keys()].map((name) => this.name(name)),
      messaging,
    });
  }

  private createAlarms(api: RestApi, functions: ReadonlyMap<string, HandlerFunction>): void {
    const { config, messaging } = this.props;
    if (messaging.alarmTopicArn === undefined) return;
    new EdgeAlarms(this, "edge-alarms", {
      prefix: this.name("SecureLambda"),
      topicArn: messaging.alarmTopicArn,
      region: config.region,
      webAclName: this.name("SecureLambdaWebACL"),
      apiName: this.name("SecureLambdaAPI"),
      stageName: config.stageName,
      accessLogGroupName: api.stage.accessLogGroupName,
      functionNames: new Map([...functions.keys()].map((name) => [name, this.name(name)])),
    });
  }

  private createUsagePlans(api: RestApi): void {
    const { apiClients } = this.config;
    new UsagePlans(this, "usage-plans", {
      restApiId: api.id,
      stageName: api.stage.stageName,
      apiName: this.name("SecureLambdaAPI"),
      clients: apiClients.names,
      throttle: apiClients.throttle,
      dailyQuota: apiClients.dailyQuota,
    });
  }

  private createWebAcl(logs: LogProps): WebAcl {
    const { ipSet, wafRateLimit, webAclLog } = this.config;
    return new WebAcl(this, "edge", {
      webAclName: this.name("SecureLambdaWebACL"),
      cidrs: ipSet.cidrs,
      ipSetAction: ipSet.action,
      rateLimit: wafRateLimit,
      log: webAclLog ? logs : undefined,
    });
  }

  /**
   * Earlier versions had the account's setting in this stack. Terraform forgets it and its role, and leaves both as they
   * are: other APIs write their logs with them.
   */
  private forgetAccount(): void {
    const types = ["aws_api_gateway_account", "aws_iam_role", "aws_iam_role_policy_attachment"];
    this.addOverride(
      "removed",
      types.map((type) => ({ from: `${type}.api-gateway`, lifecycle: { destroy: false } })),
    );
  }

  /**
   * Lambda runs as many functions at once as the account's quota says, and takes ten times as many calls a second.
   *
   * Source: "Understanding Lambda function scaling", https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
   */
  private warnOfConcurrency(): void {
    const { routes, config } = this.props;
    const limits = routes.map((route) => route.throttle ?? config.throttle);
    const burst = limits.reduce((sum, { burstLimit }) => sum + burstLimit, 0);
    const rate = limits.reduce((sum, { rateLimit }) => sum + rateLimit, 0);
    const quota = config.lambdaConcurrency;
    if (burst <= quota && rate <= 10 * quota) return;
    Annotations.of(this).addWarning(
      `the ${routes.length} methods take ${burst} requests at once and ${rate} a second, the account's functions ${quota} and ${10 * quota} (LAMBDA_CONCURRENCY): the others would get 500. Lower THROTTLE_BURST and THROTTLE_RATE, or have the quota raised`,
    );
  }

  private createOutputs(
    api: RestApi,
    webAcl: WebAcl,
    functions: ReadonlyMap<string, HandlerFunction>,
    userPools: ReadonlyMap<string, UserDirectory>,
  ): void {
    const outputs: [name: string, description: string, value: unknown][] = [
      ["invoke_url", "Where the API answers: a route's path comes after it", api.stage.invokeUrl],
      ["environment", "The environment that was deployed", this.config.environment],
      ["region", "The region of everything here", this.config.region],
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
              callback_urls: this.config.users.callbackUrls,
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
    for (const [id, description, value] of outputs) new TerraformOutput(this, id, { description, value });
  }
}

/** One value for each distinct name in that column, in the order of the table. */
function mapOf<K extends string, R extends Readonly<Record<K, string>>, T>(
  rows: readonly R[],
  column: K,
  make: (row: R) => T,
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const row of rows) if (!map.has(row[column])) map.set(row[column], make(row));
  return map;
}
