/** What the stack sets in the environment of a function that the `external` handler serves. */
export interface ExternalEnv {
  /** The ARN of the secret whose JSON carries the topic's ARN under `TOPIC_ARN`. */
  readonly TOPIC_SECRET_ARN: string;
  /** How long the topic's ARN is used before the secret is read again, in seconds. */
  readonly TOPIC_MAX_AGE_SECONDS: string;
  /** The origins whose pages may read the answers, separated by commas; empty for none. */
  readonly CORS_ORIGINS: string;
}
