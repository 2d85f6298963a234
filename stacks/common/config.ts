import { deploymentPath } from "./names";
import { readSettings } from "./settings";

/** What one environment is built with. */
export interface Config {
  readonly environment: string;
  readonly region: string;
  /** Before every name, empty where there is none. */
  readonly namePrefix: string;
  /** Of every role. */
  readonly roles: { readonly path: string; readonly permissionsBoundary: string | undefined };
  /** On everything that takes tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly stageName: string;
  /** The limit of each method of the stage. */
  readonly throttle: Throttle;
  /** How many functions the account runs at once. */
  readonly lambdaConcurrency: number;
  readonly ipSet: { readonly cidrs: readonly string[]; readonly action: "count" | "allow" | "block" };
  /** Requests in five minutes from one source IP. */
  readonly wafRateLimit: number;
  /** 0: a deleted secret is gone at once. */
  readonly secretRecoveryDays: number;
  readonly logRetentionDays: number;
  /** Whether each stack has a KMS key of its own. */
  readonly customerKeys: boolean;
  readonly tracing: boolean;
  readonly webAclLog: boolean;
  readonly dashboard: boolean;
  /** `undefined` for none; without an e-mail address, nobody is told. */
  readonly alarms: { readonly email: string | undefined } | undefined;
  readonly state: StateStore;
  /** Where the states are of what belongs to the account and region, not to one environment. */
  readonly accountStatePrefix: string;
  readonly corsOrigin: string | undefined;
  readonly users: UserRules;
  readonly functions: { readonly memoryMb: number; readonly timeoutSeconds: number };
  /** Each gets an API key and a usage plan with these limits. */
  readonly apiClients: {
    readonly names: readonly string[];
    readonly throttle: Throttle;
    readonly dailyQuota: number;
  };
  readonly manageApiGatewayAccount: boolean;
  /** Where `GET /rates/{currency}` gets its rates from; `undefined` for no such route. */
  readonly ratesProviderUrl: string | undefined;
}

/** How users get into the user pools, and which. */
export interface UserRules {
  /** Where the login page may send a user back to, after sign-in. */
  readonly callbackUrls: readonly string[];
  /** And after sign-out. */
  readonly logoutUrls: readonly string[];
  /** Whether clients may send the password itself, and not only prove it by SRP. */
  readonly passwordSignIn: boolean;
  /** Whether a user pool, and a plan that would destroy it, is refused. */
  readonly deletionProtection: boolean;
  readonly mfa: "optional" | "on";
  readonly selfSignUp: boolean;
  /** The sender and its identity in SES; without, Cognito sends its e-mails itself. */
  readonly email: { readonly sender: string; readonly identity: string } | undefined;
}

export interface Throttle {
  /** Requests a second. */
  readonly rateLimit: number;
  /** Requests at once. */
  readonly burstLimit: number;
}

/** `prefix`: where the deployment's states are, `development`, or `moto/development` for an AWS API on this machine. */
export type StateStore =
  | { readonly kind: "local"; readonly prefix: string }
  | {
      readonly kind: "s3";
      readonly prefix: string;
      readonly bucket: string;
      readonly region: string;
      /** For an AWS API on this machine, which has no host name of its own for each bucket. */
      readonly pathStyle: boolean;
    };

/**
 * The configuration of the environment that the variables describe. Pure: it reads nothing but its argument.
 *
 * @throws SettingsError naming each wrong setting, the value received and what is accepted
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = readSettings(env);
  const naming = { environment: set.ENVIRONMENT, region: set.AWS_REGION, namePrefix: set.NAME_PREFIX };
  const statePath = (...path: readonly string[]) =>
    [...(set.TARGET === "moto" ? ["moto"] : []), ...path].join("/");
  const prefix = statePath(...deploymentPath(naming));
  return {
    ...naming,
    roles: { path: set.ROLE_PATH, permissionsBoundary: set.PERMISSIONS_BOUNDARY || undefined },
    tags: { Project: "secure-lambda", Environment: set.ENVIRONMENT, ...set.EXTRA_TAGS },
    stageName: set.STAGE_NAME || set.ENVIRONMENT,
    throttle: { rateLimit: set.THROTTLE_RATE, burstLimit: set.THROTTLE_BURST },
    lambdaConcurrency: set.LAMBDA_CONCURRENCY,
    ipSet: { cidrs: set.IP_SET_CIDRS, action: set.IP_RULE_ACTION },
    wafRateLimit: set.WAF_RATE_LIMIT,
    secretRecoveryDays: set.SECRET_RECOVERY_DAYS,
    logRetentionDays: set.LOG_RETENTION_DAYS,
    customerKeys: set.CUSTOMER_KEYS,
    tracing: set.XRAY_TRACING,
    webAclLog: set.WEB_ACL_LOG,
    dashboard: set.DASHBOARD,
    alarms: set.ALARMS ? { email: set.ALARM_EMAIL || undefined } : undefined,
    state: set.STATE_BUCKET
      ? {
          kind: "s3",
          prefix,
          bucket: set.STATE_BUCKET,
          region: set.AWS_REGION,
          pathStyle: set.TARGET === "moto",
        }
      : { kind: "local", prefix },
    // No environment's name starts with an underscore.
    accountStatePrefix: statePath("_account", set.AWS_REGION),
    corsOrigin: set.CORS_ORIGIN || undefined,
    users: {
      callbackUrls: set.CALLBACK_URLS,
      logoutUrls: set.LOGOUT_URLS.length > 0 ? set.LOGOUT_URLS : rootsOf(set.CALLBACK_URLS),
      passwordSignIn: set.PASSWORD_SIGN_IN,
      deletionProtection: set.DELETION_PROTECTION,
      mfa: set.MFA,
      selfSignUp: set.SELF_SIGN_UP,
      email: set.EMAIL_SENDER
        ? {
            sender: set.EMAIL_SENDER,
            identity: set.EMAIL_IDENTITY || set.EMAIL_SENDER.slice(set.EMAIL_SENDER.indexOf("@") + 1),
          }
        : undefined,
    },
    functions: { memoryMb: set.FUNCTION_MEMORY_MB, timeoutSeconds: set.FUNCTION_TIMEOUT_SECONDS },
    apiClients: {
      names: set.API_CLIENTS,
      throttle: { rateLimit: set.API_CLIENT_RATE, burstLimit: set.API_CLIENT_BURST },
      dailyQuota: set.API_CLIENT_DAILY_QUOTA,
    },
    manageApiGatewayAccount: set.MANAGE_API_GATEWAY_ACCOUNT,
    ratesProviderUrl: set.RATES_PROVIDER_URL || undefined,
  };
}

function rootsOf(urls: readonly string[]): string[] {
  return [...new Set(urls.map((url) => `${new URL(url).origin}/`))];
}

/** The configuration of what belongs to the account and region: no environment in its names, its tags, its state. */
export function accountWide(config: Config): Config {
  const { Environment: _, ...tags } = config.tags;
  return {
    ...config,
    environment: "development",
    tags,
    state: { ...config.state, prefix: config.accountStatePrefix },
  };
}
