import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import { DependencyError } from "../common/dependency-error";
import { GET_SECRET_VALUE, readSecret } from "../common/secret";

/** A standard topic: a FIFO topic (`.fifo`) does not take a message without a group. */
const topicArn = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

const secretSchema = v.object({ TOPIC_ARN: v.pipe(v.string(), v.regex(topicArn)) });

/**
 * The topic's ARN as the secret has it now.
 *
 * @throws DependencyError
 */
export async function readTopicArn(
  client: SecretsManagerClient,
  secretArn: string,
  signal: AbortSignal,
): Promise<string> {
  return topicArnIn(await readSecret(client, secretArn, signal));
}

/**
 * The topic's ARN in the secret's text.
 *
 * @throws DependencyError that says what is wrong with the secret and repeats nothing of it
 */
export function topicArnIn(secretText: string | undefined): string {
  const result = v.safeParse(secretSchema, parseJson(secretText));
  if (!result.success) {
    throw new DependencyError("refused", {
      operation: GET_SECRET_VALUE,
      reason: "The secret is not JSON with the ARN of a standard SNS topic under TOPIC_ARN",
    });
  }
  return result.output.TOPIC_ARN;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
