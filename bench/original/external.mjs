// The external function as the system's author describes it, written anew: it reads the secret on every request, logs what it
// got and answers without a proxy integration's envelope. What ours is measured against.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const secretsManager = new SecretsManagerClient();
const sns = new SNSClient();

/** @param {{ body: string }} event */
export async function handler(event) {
  const { name } = JSON.parse(event.body);
  process.stdout.write(`Received the name ${name}\n`);
  const secret = await secretsManager.send(
    new GetSecretValueCommand({ SecretId: process.env.TOPIC_SECRET_ARN }),
  );
  const { TOPIC_ARN } = JSON.parse(secret.SecretString ?? "");
  await sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message: name }));
  const greeting = `Hello ${name}. Greetings from ${process.env.AWS_LAMBDA_FUNCTION_NAME}! Message forwarded to InternalLambda.`;
  return { statusCode: 200, body: JSON.stringify({ message: greeting }) };
}
