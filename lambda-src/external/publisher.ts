import { NotFoundException, PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { DependencyError, dependencyError } from "../common/dependency-error";
import type { KeptValue } from "../common/kept-value";

const OPERATION = "sns:Publish";

/**
 * Publishes `name` as it is and gives the message's id. When SNS says that the topic is not there, the address is read
 * again, and if it is another one the message goes there: a topic that was replaced costs one request a detour, not an
 * outage until the address's age is over.
 *
 * SNS delivers at least once, and the SDK repeats a publish that timed out: the subscriber may see a name twice.
 *
 * @throws DependencyError
 */
export async function publishName(
  client: SNSClient,
  topic: KeptValue<string>,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const arn = await topic.current(signal);
  try {
    return await publishTo(client, arn, name, signal);
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw asDependencyError(error);
    const replacement = await topic.insteadOf(arn, signal);
    if (replacement === arn) throw asDependencyError(error);
    return await publishTo(client, replacement, name, signal).catch((again: unknown) => {
      throw asDependencyError(again);
    });
  }
}

async function publishTo(client: SNSClient, arn: string, name: string, signal: AbortSignal): Promise<string> {
  const published = await client.send(new PublishCommand({ TopicArn: arn, Message: name }), {
    abortSignal: signal,
  });
  if (published.MessageId === undefined) {
    throw new DependencyError("failed", { operation: OPERATION, reason: "The answer has no MessageId" });
  }
  return published.MessageId;
}

function asDependencyError(error: unknown): DependencyError {
  return error instanceof DependencyError ? error : dependencyError(OPERATION, error);
}
