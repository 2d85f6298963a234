import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "./common/config";
import { HandlerFunction, type LogProps } from "./common/handler-function";
import { secretNaming } from "./common/names";
import { SecureStack } from "./common/secure-stack";
import { checkRoutes } from "./secure-edge/check-routes";
import { concurrencyWarning } from "./secure-edge/concurrency";
import { Dashboard } from "./secure-edge/dashboard";
import { EdgeAlarms } from "./secure-edge/edge-alarms";
import { createEdgeOutputs } from "./secure-edge/edge-outputs";
import { checkHandlerFolders } from "./secure-edge/handler-folders";
import { handlers } from "./secure-edge/handlers";
import { LogQueries } from "./secure-edge/log-queries";
import { RestApi } from "./secure-edge/rest-api";
import { deployedRoutes, groupsOf, isSignedIn, type Route, scopesOf, userPoolsOf } from "./secure-edge/route";
import { UsagePlans } from "./secure-edge/usage-plans";
import { UserDirectory } from "./secure-edge/user-directory";
import { WebAcl } from "./secure-edge/web-acl";
import type { MessagingEndpoints } from "./shared-messaging/messaging-endpoints";

export interface SecureEdgeStackProps {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly messaging: MessagingEndpoints;
}

/** Everything a request meets on its way: web ACL, REST API with its authorizers, external functions. */
export class SecureEdgeStack extends SecureStack {
  private readonly props: SecureEdgeStackProps;
  /** Those that are there with these settings. */
  private readonly routes: readonly Route[];

  constructor(scope: Construct, id: string, props: SecureEdgeStackProps) {
    super(scope, id, props.config);
    this.props = props;
    const { config } = props;
    this.routes = deployedRoutes(props.routes, config);
    checkHandlerFolders(Object.keys(handlers));
    checkRoutes(this.routes, config.apiClients.names, config.corsOrigin);
    const keyArn = this.createKey(() => ({ services: this.dataServices(), deliveries: [] }));
    const logs = this.logs(keyArn);
    const userPools = this.createUserPools();
    const functions = this.createFunctions(logs, keyArn);
    const api = this.createApi(functions, userPools, logs);
    const { keys } = this.createUsagePlans(api);
    const webAcl = this.createWebAcl(logs);
    const association = new Wafv2WebAclAssociation(this, "stage", {
      resourceArn: api.stage.arn,
      webAclArn: webAcl.arn,
    });
    api.openBehind(association);
    createEdgeOutputs(this, { config, api, webAcl, functions, userPools, apiKeys: keys });
    this.createViews(api, webAcl, functions);
    this.createAlarms(api, functions);
    this.forgetAccount();
    const warning = concurrencyWarning(this.routes, config);
    if (warning !== undefined) Annotations.of(this).addWarning(warning);
  }

  private createUserPools(): ReadonlyMap<string, UserDirectory> {
    const signedIn = this.routes.filter(isSignedIn);
    const names = new Set(signedIn.flatMap(userPoolsOf));
    return new Map(
      [...names].map((name) => {
        const routes = signedIn.filter((route) => userPoolsOf(route).includes(name));
        const directory = new UserDirectory(this, name, {
          poolName: this.name(name),
          region: this.config.region,
          accountId: this.accountId,
          rules: this.config.users,
          groups: [...new Set(routes.flatMap(groupsOf))],
          scopes: [...new Set(routes.flatMap(scopesOf))],
        });
        return [name, directory];
      }),
    );
  }

  /** By way of which services the handlers keep data of their own. */
  private dataServices() {
    const named = new Set(this.routes.map(({ handler }) => handlers[handler]));
    return [...new Set([...named].flatMap(({ dataServices = [] }) => dataServices))].sort();
  }

  private createFunctions(logs: LogProps, keyArn: string | undefined): ReadonlyMap<string, HandlerFunction> {
    const { messaging, config } = this.props;
    const functions = new Map<string, HandlerFunction>();
    for (const { functionName, handler } of this.routes) {
      if (functions.has(functionName)) continue;
      const definition = handlers[handler];
      const scope = new Construct(this, `${functionName}-own`);
      const { environment, permissions } = definition.setUp({
        scope,
        createSecret: (secret, description) =>
          new SecretsmanagerSecret(scope, secret, {
            ...secretNaming(this.name(secret), config.secretRecoveryDays),
            description,
            kmsKeyId: keyArn,
          }).arn,
        config,
        messaging,
        name: (name) => this.name(name),
        keyArn,
      });
      functions.set(
        functionName,
        new HandlerFunction(this, functionName, {
          functionName: this.name(functionName),
          role: this.role(functionName),
          handler,
          memoryMb: definition.memoryMb ?? config.functions.memoryMb,
          timeoutSeconds: definition.timeoutSeconds ?? config.functions.timeoutSeconds,
          tracing: config.tracing,
          logs,
          environment: { ...environment, ...this.routeGroups(functionName) },
          permissions,
        }),
      );
    }
    return functions;
  }

  /** What a function has to know to check its callers' groups; nothing where none of its routes asks for any. */
  private routeGroups(functionName: string): Readonly<Record<string, string>> {
    const routes = this.routes.filter((route) => route.functionName === functionName);
    if (routes.every((route) => groupsOf(route).length === 0)) return {};
    const groups = routes.map((route) => [`${route.method} ${route.path}`, groupsOf(route)]);
    return { ROUTE_GROUPS: JSON.stringify(Object.fromEntries(groups)) };
  }

  private createApi(
    functions: ReadonlyMap<string, HandlerFunction>,
    userPools: ReadonlyMap<string, UserDirectory>,
    logs: LogProps,
  ): RestApi {
    const { config } = this.props;
    return new RestApi(this, "api", {
      apiName: this.name("SecureLambdaAPI"),
      stageName: config.stageName,
      routes: this.routes,
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

  private createUsagePlans(api: RestApi): UsagePlans {
    const { apiClients } = this.config;
    return new UsagePlans(this, "usage-plans", {
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
}
