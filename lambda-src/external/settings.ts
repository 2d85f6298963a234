import { corsOrigins, functionName, readEnvironment, secretArn, type Variable } from "../common/environment";
import type { ExternalEnv } from "./env";

export interface Settings {
  readonly functionName: string;
  readonly topicSecretArn: string;
  readonly topicMaxAgeMs: number;
  readonly corsOrigins: readonly string[];
}

const topicMaxAgeSeconds: Variable<number> = {
  accepts: "a whole number of seconds from 1 to 86400",
  read: (text) => {
    const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return seconds >= 1 && seconds <= 86_400 ? seconds : undefined;
  },
};

/**
 * What the function was set up with.
 *
 * @throws Error naming every variable that is missing or wrong
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const variables = {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    TOPIC_SECRET_ARN: secretArn,
    TOPIC_MAX_AGE_SECONDS: topicMaxAgeSeconds,
    CORS_ORIGINS: corsOrigins,
  } satisfies Record<keyof ExternalEnv | "AWS_LAMBDA_FUNCTION_NAME", Variable<unknown>>;
  const values = readEnvironment(variables, env);
  return {
    functionName: values.AWS_LAMBDA_FUNCTION_NAME,
    topicSecretArn: values.TOPIC_SECRET_ARN,
    topicMaxAgeMs: values.TOPIC_MAX_AGE_SECONDS * 1000,
    corsOrigins: values.CORS_ORIGINS,
  };
}
