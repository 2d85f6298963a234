import type { SettingName } from "../../stacks/common/settings";
import type { Accepted } from "./accepted";
import type { Scan } from "./checkov";

/** The settings that are scanned: each is deployed by somebody. */
export const configurations: readonly Configuration[] = [
  { name: "development", settings: { ENVIRONMENT: "development" } },
  {
    name: "production",
    settings: { ENVIRONMENT: "production", CALLBACK_URLS: "https://app.example.com/callback" },
  },
  {
    name: "everything on",
    settings: {
      ENVIRONMENT: "production",
      CALLBACK_URLS: "https://app.example.com/callback",
      CUSTOMER_KEYS: "true",
      XRAY_TRACING: "true",
      WEB_ACL_LOG: "true",
      LOG_RETENTION_DAYS: "365",
      ALARMS: "true",
      ALARM_EMAIL: "ops@example.com",
      EMAIL_SENDER: "no-reply@example.com",
      MFA: "on",
      API_CLIENTS: "partner",
      RATES_PROVIDER_URL: "https://rates.example.com/api",
      CORS_ORIGIN: "https://app.example.com",
      MANAGE_API_GATEWAY_ACCOUNT: "true",
    },
  },
];

export interface Configuration {
  readonly name: string;
  readonly settings: Partial<Record<SettingName, string>>;
}

/** What of the scans is wrong, a line each: failures without a reason, and reasons without a failure. */
export function judge(
  scans: readonly { readonly configuration: Configuration; readonly scan: Scan }[],
  accepted: Readonly<Record<string, Accepted>>,
): string[] {
  const failures = scans.flatMap(({ configuration, scan }) =>
    scan.failed.flatMap(({ id, stack, resource }) => {
      const known = accepted[id];
      const where = `${configuration.name}: ${id} fails at ${resource} of ${stack}`;
      if (known === undefined) return [`${where}: mend it, or give its reason in cli/scanning/accepted.ts`];
      const { heldWith } = known;
      if (heldWith === undefined || !isOn(configuration, heldWith)) return [];
      return [`${where}, although ${heldWith} is ${configuration.settings[heldWith]}`];
    }),
  );
  const firing = new Set(scans.flatMap(({ scan }) => scan.failed.map(({ id }) => id)));
  const idle = Object.keys(accepted).filter((id) => !firing.has(id));
  return [...failures, ...idle.map((id) => `${id} fails nowhere: take it out of cli/scanning/accepted.ts`)];
}

function isOn({ settings }: Configuration, name: SettingName): boolean {
  return settings[name] !== undefined;
}
