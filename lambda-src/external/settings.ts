import { functionName, readEnvironment, type Variable } from "../common/environment";
import type { ExternalEnv } from "./env";

export interface Settings {
  readonly functionName: string;
  readonly topicSecretArn: string;
  readonly topicMaxAgeMs: number;
  readonly corsOrigins: readonly string[];
}

const topicSecretArn: Variable<string> = {
  accepts: "the ARN of a Secrets Manager secret",
  read: (text) =>
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/.test(text) ? text : undefined,
};

const topicMaxAgeSeconds: Variable<number> = {
  accepts: "a whole number of seconds from 1 to 86400",
  read: (text) => {
    const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return seconds >= 1 && seconds <= 86_400 ? seconds : undefined;
  },
};

/** `*` is not accepted: who may read the answers is named, origin by origin. */
const corsOrigins: Variable<readonly string[]> = {
  accepts: "origins such as https://app.example.com, separated by commas, or the empty text for none",
  read: (text) => {
    const origins = text.split(",").map((part) => part.trim());
    if (text.trim() === "") return [];
    return origins.every(isOrigin) ? origins : undefined;
  },
};

/** Browsers send an origin in its canonical form; in any other form it would never match. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * What the function was set up with.
 *
 * @throws Error naming every variable that is missing or wrong
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const variables = {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    TOPIC_SECRET_ARN: topicSecretArn,
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
