import * as v from "valibot";
import { StacksError } from "./errors";
import { regions } from "./regions";
import {
  emailAddress,
  flag,
  ipv4Cidr,
  list,
  oneOf,
  retentionDays,
  tags,
  text,
  webOrigin,
  webUrl,
  wholeNumber,
} from "./setting-schemas";

/** A setting as it is in the environment: what it accepts, in words, and the schema that holds it to that. */
interface Setting<T> {
  readonly description: string;
  readonly accepted: string;
  readonly schema: v.GenericSchema<string, T>;
  /** In every environment, unless `production` differs. */
  readonly standard: string;
  /** In the environment `production`, which is meant to stay; `required` where no default is safe there. */
  readonly production?: string | typeof required;
}

/** Must be set: there is no default. */
export const required = Symbol("required");

const setting = <T>(definition: Setting<T>): Setting<T> => definition;

/** Every setting, by the name of its environment variable. */
export const settings = {
  ENVIRONMENT: setting({
    description: "The environment; any but `development` suffixes every physical name",
    // The state of what is deployed to moto is in a folder of that name, and goes with it.
    accepted: "1 to 16 lower-case letters, digits and hyphens, a letter first, no hyphen last; not moto",
    schema: text(/^(?!moto$)[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/),
    standard: "development",
  }),
  AWS_REGION: setting({
    description: "The region to deploy to",
    accepted: "an AWS region such as eu-central-1, one of those in stacks/common/regions.ts",
    schema: oneOf(regions),
    standard: "us-east-1",
  }),
  NAME_PREFIX: setting({
    description:
      "Before every physical name, with a hyphen: `acme` for `acme-ExternalLambda1`; unset, nothing",
    accepted: "1 to 12 letters, digits and hyphens, a letter first, no hyphen last",
    schema: text(/^([A-Za-z]([A-Za-z0-9-]{0,10}[A-Za-z0-9])?)?$/),
    standard: "",
  }),
  ROLE_PATH: setting({
    description: "The path of every role in IAM, where the company asks for one",
    accepted: "a path of letters, digits, . _ and - between slashes, such as /teams/api/",
    schema: text(/^\/([\w.-]+\/)*$/),
    standard: "/",
  }),
  PERMISSIONS_BOUNDARY: setting({
    description: "The ARN of the policy that limits what every role may ever do; unset, none",
    accepted: "the ARN of an IAM policy, arn:aws:iam::123456789012:policy/boundary",
    schema: text(/^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+)?$/),
    standard: "",
  }),
  EXTRA_TAGS: setting({
    description: "Tags for everything, besides `Project` and `Environment`: `CostCenter=42,Owner=api-team`",
    accepted: "Key=value pairs separated by commas, of letters, digits, spaces and . : / + = @ _ -",
    schema: tags,
    standard: "",
  }),
  STAGE_NAME: setting({
    description: "The API's stage; unset, the environment's name",
    accepted: "1 to 128 letters, digits, hyphens and underscores",
    schema: text(/^[A-Za-z0-9_-]{0,128}$/),
    standard: "",
  }),
  THROTTLE_RATE: setting({
    description: "Requests a second that each method of the stage takes",
    accepted: "a whole number from 1 to 10000",
    schema: wholeNumber(1, 10_000),
    standard: "50",
  }),
  THROTTLE_BURST: setting({
    description: "Requests at once that each method of the stage takes",
    accepted: "a whole number from 1 to 5000",
    schema: wholeNumber(1, 5000),
    standard: "50",
  }),
  LAMBDA_CONCURRENCY: setting({
    description:
      "Functions that the account runs at once: 10 where it is new (`aws lambda get-account-settings`); synthesis warns of a higher rate or burst",
    accepted: "a whole number from 10 to 1000000",
    schema: wholeNumber(10, 1_000_000),
    standard: "1000",
  }),
  IP_SET_CIDRS: setting({
    description: "The IP set's blocks; put your own address here, as `203.0.113.7/32`",
    accepted: "IPv4 CIDR blocks, /1 to /32, separated by commas",
    schema: list(text(ipv4Cidr)),
    standard: "127.0.0.1/32",
  }),
  IP_RULE_ACTION: setting({
    description: "What the web ACL does with the IP set: count it, block it, or allow it alone",
    accepted: "count, allow or block",
    schema: oneOf(["count", "allow", "block"]),
    standard: "count",
  }),
  WAF_RATE_LIMIT: setting({
    description: "Requests in five minutes that the web ACL takes from one source IP",
    accepted: "a whole number from 10 to 2000000000",
    schema: wholeNumber(10, 2_000_000_000),
    standard: "2000",
  }),
  SECRET_RECOVERY_DAYS: setting({
    description:
      "Days a deleted secret can be restored; 0 deletes it at once, otherwise its name ends in a suffix of its own",
    accepted: "0, or a whole number from 7 to 30",
    schema: v.pipe(
      wholeNumber(0, 30),
      v.check((days) => days === 0 || days >= 7),
    ),
    standard: "0",
    production: "30",
  }),
  LOG_RETENTION_DAYS: setting({
    description: "Days that log events are kept",
    accepted: `one of ${retentionDays.join(", ")}`,
    schema: v.pipe(wholeNumber(1, 3653), v.picklist(retentionDays)),
    standard: "14",
    production: "365",
  }),
  CUSTOMER_KEYS: setting({
    description:
      "Whether each stack encrypts its topic, queue, secret and logs with a KMS key of its own: 2 USD a month for both, up to 6 after two yearly rotations ([KMS pricing](https://aws.amazon.com/kms/pricing/), March 2026)",
    accepted: "true or false",
    schema: flag,
    standard: "false",
  }),
  DASHBOARD: setting({
    description:
      "Whether there is a CloudWatch dashboard of traffic, answers, functions and dead letters: the account's first three are free, another one is 3 USD a month ([CloudWatch pricing](https://aws.amazon.com/cloudwatch/pricing/), February 2026)",
    accepted: "true or false",
    schema: flag,
    standard: "true",
  }),
  ALARMS: setting({
    description:
      "Whether failures and attacks raise alarms: 0.10 USD a month each, the account's first ten are free (CloudWatch pricing, February 2026)",
    accepted: "true or false",
    schema: flag,
    standard: "false",
    production: "true",
  }),
  ALARM_EMAIL: setting({
    description:
      "The address that alarms are sent to, after it has confirmed; unset, they show in CloudWatch alone",
    accepted: "an e-mail address",
    schema: emailAddress,
    standard: "",
  }),
  WEB_ACL_LOG: setting({
    description:
      "Whether the web ACL logs every request, without `Authorization`, cookies and API keys: 0.50 USD a GB, some 2 KB a request (CloudWatch pricing, February 2026)",
    accepted: "true or false",
    schema: flag,
    standard: "false",
    production: "true",
  }),
  XRAY_TRACING: setting({
    description:
      "Whether X-Ray traces requests through API and functions: 5 USD for a million traces, the first 100,000 of a month are free ([X-Ray pricing](https://aws.amazon.com/xray/pricing/), February 2026)",
    accepted: "true or false",
    schema: flag,
    standard: "false",
  }),
  TARGET: setting({
    description:
      "Where to deploy: `aws`, or `moto` for an AWS API on this machine, whose state is kept apart",
    accepted: "aws or moto",
    schema: oneOf(["aws", "moto"]),
    standard: "aws",
  }),
  STATE_BUCKET: setting({
    description: "The S3 bucket that keeps Terraform's state; unset, the folder `state`",
    accepted:
      "a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends",
    schema: text(/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/),
    standard: "",
  }),
  CORS_ORIGIN: setting({
    description: "The one origin whose pages may call the API; unset, none",
    accepted: "an origin such as https://app.example.com, or http://localhost:<port>",
    schema: v.union([v.pipe(v.string(), v.literal("")), webOrigin]),
    standard: "",
  }),
  CALLBACK_URLS: setting({
    description:
      "Where the login page may send a user back to, after sign-in; `npm run token -- --browser` listens at the last on this machine",
    accepted: "https:// addresses, or http://localhost, separated by commas; at least one",
    schema: v.pipe(list(webUrl), v.minLength(1)),
    standard: "http://localhost:3001/callback,http://localhost:3002/callback",
    production: required,
  }),
  LOGOUT_URLS: setting({
    description: "Where it may send a user after sign-out; unset, the root of each callback's site",
    accepted: "https:// addresses, or http://localhost, separated by commas",
    schema: list(webUrl),
    standard: "",
  }),
  DELETION_PROTECTION: setting({
    description: "Whether the user pools, and with them `destroy`, refuse to lose users",
    accepted: "true or false",
    schema: flag,
    standard: "false",
    production: "true",
  }),
  MFA: setting({
    description:
      "Whether each user decides on a second factor, or everyone must set up an authenticator app (`npm run token` then cannot sign in)",
    accepted: "optional or on",
    schema: oneOf(["optional", "on"]),
    standard: "optional",
  }),
  SELF_SIGN_UP: setting({
    description: "Whether anybody can open an account, and call the API with it, or administrators open them",
    accepted: "true or false",
    schema: flag,
    standard: "true",
    production: "false",
  }),
  PASSWORD_SIGN_IN: setting({
    description:
      "Whether clients may also send the password itself (`USER_PASSWORD_AUTH`, `ADMIN_USER_PASSWORD_AUTH`), and not only prove it by SRP",
    accepted: "true or false",
    schema: flag,
    standard: "true",
    production: "false",
  }),
  EMAIL_SENDER: setting({
    description:
      "The address that codes and invitations come from, by way of SES; unset, Cognito sends them, 50 a day for the whole account",
    accepted: "an e-mail address",
    schema: emailAddress,
    standard: "",
  }),
  EMAIL_IDENTITY: setting({
    description:
      "The identity of EMAIL_SENDER that is verified in SES, in the same account and region; unset, its domain",
    accepted: "a domain or an e-mail address",
    schema: text(/^(([\w.+-]+@)?[a-z0-9-]+(\.[a-z0-9-]+)+)?$/),
    standard: "",
  }),
  FUNCTION_MEMORY_MB: setting({
    description: "Memory of each function, in MB",
    accepted: "a whole number from 128 to 10240",
    schema: wholeNumber(128, 10_240),
    standard: "256",
  }),
  FUNCTION_TIMEOUT_SECONDS: setting({
    description: "Time that each function has, in seconds; API Gateway itself waits no more than 29",
    accepted: "a whole number from 5 to 28",
    schema: wholeNumber(5, 28),
    standard: "10",
  }),
  API_CLIENTS: setting({
    description: "Clients that get an API key and a usage plan of their own, for routes that require a key",
    accepted: "names of 1 to 32 lower-case letters, digits and hyphens, separated by commas, each name once",
    schema: v.pipe(
      list(text(/^[a-z0-9-]{1,32}$/)),
      v.check((names) => new Set(names).size === names.length),
    ),
    standard: "",
  }),
  API_CLIENT_RATE: setting({
    description: "Requests a second that one API client may make",
    accepted: "a whole number from 1 to 10000",
    schema: wholeNumber(1, 10_000),
    standard: "10",
  }),
  API_CLIENT_BURST: setting({
    description: "Requests at once that one API client may make",
    accepted: "a whole number from 1 to 5000",
    schema: wholeNumber(1, 5000),
    standard: "20",
  }),
  API_CLIENT_DAILY_QUOTA: setting({
    description: "Requests a day that one API client may make",
    accepted: "a whole number from 1 to 1000000000",
    schema: wholeNumber(1, 1_000_000_000),
    standard: "10000",
  }),
  RATES_PROVIDER_URL: setting({
    description:
      "Where `GET /rates/{currency}` gets its rates from, such as https://openexchangerates.org/api; unset, there is no such route",
    accepted: "an https:// address without a query, or http://localhost",
    schema: v.union([v.pipe(v.string(), v.literal("")), v.pipe(webUrl, v.regex(/^[^?]*$/))]),
    standard: "",
  }),
  MANAGE_API_GATEWAY_ACCOUNT: setting({
    description:
      "Whether to deploy also the stack that gives API Gateway a role to write logs with, where the account has none in the region",
    accepted: "true or false",
    schema: flag,
    standard: "false",
  }),
} as const;

export type SettingName = keyof typeof settings;
/** Each setting's value, read and checked. */
export type SettingValues = { [K in SettingName]: v.InferOutput<(typeof settings)[K]["schema"]> };

/** A setting that synthesis cannot go on with. */
export class SettingsError extends StacksError {
  override readonly name = "SettingsError";
}

/**
 * Reads every setting from the environment; unset and empty mean the default.
 *
 * @throws SettingsError naming each wrong setting, the value received and what is accepted
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingValues {
  const isProduction = env.ENVIRONMENT === "production";
  const problems: string[] = [];
  const read = Object.entries<Setting<unknown>>(settings).map(
    ([name, { schema, accepted, standard, production }]) => {
      const fallback = isProduction ? (production ?? standard) : standard;
      if (fallback === required && !env[name]) {
        problems.push(`${name} is not set, and has no default in production; accepted: ${accepted}`);
        return [name, undefined];
      }
      const received = env[name] || String(fallback);
      const result = v.safeParse(schema, received);
      if (!result.success) problems.push(`${name} is ${JSON.stringify(received)}; accepted: ${accepted}`);
      return [name, result.output];
    },
  );
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  return withItsNeeds(Object.fromEntries(read) as SettingValues);
}

/** @throws SettingsError for a setting that says nothing without another one */
function withItsNeeds(values: SettingValues): SettingValues {
  const needs: readonly (readonly [SettingName, SettingName])[] = [
    ["EMAIL_IDENTITY", "EMAIL_SENDER"],
    ["ALARM_EMAIL", "ALARMS"],
    ["RATES_PROVIDER_URL", "API_CLIENTS"],
  ];
  for (const [name, needed] of needs) {
    if (values[name] && isUnset(values[needed]))
      throw new SettingsError(`${name} is ${JSON.stringify(values[name])}; it needs ${needed} as well`);
  }
  return values;
}

function isUnset(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}
