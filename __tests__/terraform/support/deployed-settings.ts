import type { SettingName } from "../../../stacks/common/settings";

type Settings = Partial<Record<SettingName, string>>;

export const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";

/** A production with everything that can be switched on. */
export const PRODUCTION = {
  ENVIRONMENT: "production",
  NAME_PREFIX: "acme",
  ROLE_PATH: "/teams/api/",
  PERMISSIONS_BOUNDARY: BOUNDARY,
  EXTRA_TAGS: "CostCenter=42",
  CALLBACK_URLS: "https://app.example.com/callback",
  LOGOUT_URLS: "https://app.example.com/",
  MFA: "on",
  EMAIL_SENDER: "no-reply@example.com",
  EMAIL_IDENTITY: "no-reply@example.com",
  CUSTOMER_KEYS: "true",
  ALARM_EMAIL: "ops@example.com",
  XRAY_TRACING: "true",
} satisfies Settings;

/** A development in another region, where every limit and choice differs. */
export const ELSEWHERE = {
  AWS_REGION: "eu-central-1",
  STAGE_NAME: "v1",
  THROTTLE_RATE: "5",
  THROTTLE_BURST: "2",
  LAMBDA_CONCURRENCY: "10",
  IP_SET_CIDRS: "203.0.113.7/32",
  IP_RULE_ACTION: "allow",
  WAF_RATE_LIMIT: "100",
  SECRET_RECOVERY_DAYS: "7",
  LOG_RETENTION_DAYS: "30",
  DASHBOARD: "false",
  CORS_ORIGIN: "https://app.example.com",
  FUNCTION_MEMORY_MB: "512",
  FUNCTION_TIMEOUT_SECONDS: "5",
  API_CLIENTS: "partner",
  API_CLIENT_RATE: "1",
  API_CLIENT_BURST: "2",
  API_CLIENT_DAILY_QUOTA: "3",
  RATES_PROVIDER_URL: "https://rates.example.com/api",
} satisfies Settings;

/** Settings that say where to deploy, not what: each has a test of its own. */
export const NOT_OF_THE_STACKS: readonly SettingName[] = [
  "TARGET",
  "STATE_BUCKET",
  "MANAGE_API_GATEWAY_ACCOUNT",
];
