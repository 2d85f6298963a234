import { type Config, readConfig } from "../../../stacks/common/config";
import { SettingsError } from "../../../stacks/common/settings";

const development: Config = {
  environment: "development",
  region: "us-east-1",
  namePrefix: "",
  roles: { path: "/", permissionsBoundary: undefined },
  tags: { Project: "secure-lambda", Environment: "development" },
  stageName: "development",
  throttle: { rateLimit: 50, burstLimit: 50 },
  lambdaConcurrency: 1000,
  ipSet: { cidrs: ["127.0.0.1/32"], action: "count" },
  wafRateLimit: 2000,
  secretRecoveryDays: 0,
  logRetentionDays: 14,
  customerKeys: false,
  tracing: false,
  webAclLog: false,
  dashboard: true,
  alarms: undefined,
  state: { kind: "local", prefix: "development" },
  accountStatePrefix: "_account/us-east-1",
  corsOrigin: undefined,
  users: {
    callbackUrls: ["http://localhost:3001/callback", "http://localhost:3002/callback"],
    logoutUrls: ["http://localhost:3001/", "http://localhost:3002/"],
    passwordSignIn: true,
    deletionProtection: false,
    mfa: "optional",
    selfSignUp: true,
    email: undefined,
  },
  functions: { memoryMb: 256, timeoutSeconds: 10 },
  apiClients: { names: [], throttle: { rateLimit: 10, burstLimit: 20 }, dailyQuota: 10_000 },
  manageApiGatewayAccount: false,
  ratesProviderUrl: undefined,
};

describe("readConfig", () => {
  it("is the author's environment without any setting", () => {
    expect(readConfig({})).toEqual(development);
  });

  it("keeps a production's secret and logs longer, guards its users, watches it, and calls its stage after it", () => {
    const CALLBACK_URLS = "https://app.example.com/callback";

    expect(readConfig({ ENVIRONMENT: "production", CALLBACK_URLS })).toEqual({
      ...development,
      environment: "production",
      tags: { Project: "secure-lambda", Environment: "production" },
      stageName: "production",
      secretRecoveryDays: 30,
      logRetentionDays: 365,
      state: { kind: "local", prefix: "production" },
      webAclLog: true,
      alarms: { email: undefined },
      users: {
        ...development.users,
        callbackUrls: [CALLBACK_URLS],
        logoutUrls: ["https://app.example.com/"],
        passwordSignIn: false,
        deletionProtection: true,
        selfSignUp: false,
      },
    });
  });

  it("puts each setting where it belongs", () => {
    const config = readConfig({
      AWS_REGION: "eu-central-1",
      NAME_PREFIX: "acme",
      ROLE_PATH: "/teams/api/",
      PERMISSIONS_BOUNDARY: "arn:aws:iam::123456789012:policy/boundary",
      EXTRA_TAGS: "CostCenter=42",
      STAGE_NAME: "v1",
      THROTTLE_RATE: "101",
      THROTTLE_BURST: "102",
      IP_SET_CIDRS: "203.0.113.7/32",
      IP_RULE_ACTION: "block",
      WAF_RATE_LIMIT: "103",
      SECRET_RECOVERY_DAYS: "7",
      LOG_RETENTION_DAYS: "30",
      CUSTOMER_KEYS: "true",
      XRAY_TRACING: "true",
      WEB_ACL_LOG: "true",
      DASHBOARD: "false",
      ALARMS: "true",
      ALARM_EMAIL: "ops@example.com",
      STATE_BUCKET: "my-state",
      CORS_ORIGIN: "https://app.example.com",
      CALLBACK_URLS: "https://app.example.com/callback",
      LOGOUT_URLS: "https://app.example.com/bye",
      PASSWORD_SIGN_IN: "false",
      DELETION_PROTECTION: "true",
      MFA: "on",
      SELF_SIGN_UP: "false",
      EMAIL_SENDER: "no-reply@mail.example.com",
      LAMBDA_CONCURRENCY: "107",
      FUNCTION_MEMORY_MB: "512",
      FUNCTION_TIMEOUT_SECONDS: "20",
      API_CLIENTS: "mobile",
      API_CLIENT_RATE: "104",
      API_CLIENT_BURST: "105",
      API_CLIENT_DAILY_QUOTA: "106",
      MANAGE_API_GATEWAY_ACCOUNT: "true",
      RATES_PROVIDER_URL: "https://rates.example.com/api",
    });

    expect(config).toEqual({
      environment: "development",
      region: "eu-central-1",
      namePrefix: "acme",
      roles: { path: "/teams/api/", permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" },
      tags: { Project: "secure-lambda", Environment: "development", CostCenter: "42" },
      stageName: "v1",
      throttle: { rateLimit: 101, burstLimit: 102 },
      lambdaConcurrency: 107,
      ipSet: { cidrs: ["203.0.113.7/32"], action: "block" },
      wafRateLimit: 103,
      secretRecoveryDays: 7,
      logRetentionDays: 30,
      customerKeys: true,
      tracing: true,
      webAclLog: true,
      dashboard: false,
      alarms: { email: "ops@example.com" },
      state: {
        kind: "s3",
        prefix: "development/eu-central-1/acme",
        bucket: "my-state",
        region: "eu-central-1",
        pathStyle: false,
      },
      accountStatePrefix: "_account/eu-central-1",
      corsOrigin: "https://app.example.com",
      users: {
        callbackUrls: ["https://app.example.com/callback"],
        logoutUrls: ["https://app.example.com/bye"],
        passwordSignIn: false,
        deletionProtection: true,
        mfa: "on",
        selfSignUp: false,
        email: { sender: "no-reply@mail.example.com", identity: "mail.example.com" },
      },
      functions: { memoryMb: 512, timeoutSeconds: 20 },
      apiClients: { names: ["mobile"], throttle: { rateLimit: 104, burstLimit: 105 }, dailyQuota: 106 },
      manageApiGatewayAccount: true,
      ratesProviderUrl: "https://rates.example.com/api",
    });
  });

  it("keeps the state of moto apart from AWS's", () => {
    expect(readConfig({ TARGET: "moto" }).state).toEqual({ kind: "local", prefix: "moto/development" });
    expect(readConfig({ TARGET: "moto", STATE_BUCKET: "my-state" }).state).toEqual({
      kind: "s3",
      prefix: "moto/development",
      bucket: "my-state",
      region: "us-east-1",
      pathStyle: true,
    });
  });

  it("is the same for the same variables, whatever else is in the environment", () => {
    const env = Object.freeze({ ENVIRONMENT: "staging", PATH: "/bin", HOME: "/users/ada" });

    expect(readConfig(env)).toEqual(readConfig({ ENVIRONMENT: "staging" }));
  });

  it("takes the identity of the e-mails' sender where it is not its domain", () => {
    const { users } = readConfig({
      EMAIL_SENDER: "no-reply@example.com",
      EMAIL_IDENTITY: "no-reply@example.com",
    });

    expect(users.email).toEqual({ sender: "no-reply@example.com", identity: "no-reply@example.com" });
  });

  it("refuses a wrong setting, naming it, its value and what is accepted", () => {
    expect(() => readConfig({ FUNCTION_TIMEOUT_SECONDS: "29" })).toThrow(SettingsError);
    expect(() => readConfig({ FUNCTION_TIMEOUT_SECONDS: "29" })).toThrow(
      'FUNCTION_TIMEOUT_SECONDS is "29"; accepted: a whole number from 5 to 28',
    );
  });
});
