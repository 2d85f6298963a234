import type { Attributes } from "../../deployment/attributes";
import type { Resource } from "../../deployment/deployment";
import { parseArn } from "../../kernel/arn";

/** What becomes of the asynchronous events of a function, or of one of its versions or aliases. */
export interface AsyncSettings {
  /** After the first run. */
  readonly retries: number;
  readonly maximumAgeSeconds: number;
  readonly onSuccessArn: string | undefined;
  readonly onFailureArn: string | undefined;
}

export const defaultAsyncSettings: AsyncSettings = {
  retries: 2,
  maximumAgeSeconds: 21_600,
  onSuccessArn: undefined,
  onFailureArn: undefined,
};

/** Reads `aws_lambda_function_event_invoke_config`, and the qualifier that it is for: `$LATEST` unless it names one. */
export function readAsyncSettings(config: Resource, functionArn: string): [qualifier: string, AsyncSettings] {
  const destinations = config.block("destination_config");
  const destination = (when: string): string | undefined => {
    const block = destinations?.block(when);
    const arn = block && target(block, "destination", ["sqs", "sns", "lambda"]);
    // localstack's recordings, `test_lambda_eventinvokeconfig_exceptions`.
    if (arn === functionArn)
      block?.refuse("destination", "You can't specify the function as a destination for itself.");
    return arn;
  };
  const settings = {
    retries: config.number("maximum_retry_attempts", defaultAsyncSettings.retries),
    // Terraform's state has 0 where the age is not set.
    maximumAgeSeconds:
      config.number("maximum_event_age_in_seconds", 0) || defaultAsyncSettings.maximumAgeSeconds,
    onSuccessArn: destination("on_success"),
    onFailureArn: destination("on_failure"),
  };
  return [config.optionalString("qualifier") ?? "$LATEST", settings];
}

/** The ARN of something that one of those services has. */
export function target(block: Attributes, key: string, services: readonly string[]): string {
  const arn = block.string(key);
  return services.includes(parseArn(arn)?.service ?? "")
    ? arn
    : block.fail(key, `the ARN of one of ${services.join(", ")}`);
}
