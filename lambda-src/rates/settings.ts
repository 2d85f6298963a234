import { corsOrigins, readEnvironment, secretArn, type Variable } from "../common/environment";
import type { RatesEnv } from "./env";

export interface Settings {
  readonly providerUrl: URL;
  readonly providerKeySecretArn: string;
  readonly corsOrigins: readonly string[];
}

/** The one place that decides whom the function may call, and how: the host that stands here, and never without TLS. */
const providerUrl: Variable<URL> = {
  accepts: "an https:// address without credentials, query and fragment; http:// on localhost alone",
  read(text) {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    const isProtected =
      url.protocol === "https:" || (url.protocol === "http:" && url.hostname === "localhost");
    const isPlain = [url.username, url.password, url.search, url.hash].every((part) => part === "");
    return isProtected && isPlain ? url : undefined;
  },
};

/**
 * What the function was set up with.
 *
 * @throws Error naming every variable that is missing or wrong
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const variables = {
    PROVIDER_URL: providerUrl,
    PROVIDER_KEY_SECRET_ARN: secretArn,
    CORS_ORIGINS: corsOrigins,
  } satisfies Record<keyof RatesEnv, Variable<unknown>>;
  const values = readEnvironment(variables, env);
  return {
    providerUrl: values.PROVIDER_URL,
    providerKeySecretArn: values.PROVIDER_KEY_SECRET_ARN,
    corsOrigins: values.CORS_ORIGINS,
  };
}
