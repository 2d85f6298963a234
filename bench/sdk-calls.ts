import { fork } from "node:child_process";
import path from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

export interface Calls {
  readonly pairs: number;
  /** How many pairs are under way at once. */
  readonly atOnce: number;
}

/** Reads a secret and publishes, with AWS's SDK, from a stub in a process of its own: what the whole way is held against. */
async function main(): Promise<void> {
  // With the benchmark, however that ends.
  process.once("disconnect", () => process.exit());
  const stub = fork(path.join(__dirname, "aws-stub.ts"));
  const url = await new Promise<string>((resolve) => stub.once("message", (at) => resolve(String(at))));
  const config = {
    region: "us-east-1",
    endpoint: url,
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
  };
  const secretsManager = new SecretsManagerClient(config);
  const sns = new SNSClient(config);
  process.on("message", ({ pairs, atOnce }: Calls) => {
    let left = pairs;
    const caller = async () => {
      while (left > 0) {
        left -= 1;
        await secretsManager.send(new GetSecretValueCommand({ SecretId: "topic" }));
        await sns.send(
          new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:123456789012:Topic", Message: "Ada" }),
        );
      }
    };
    void Promise.all(Array.from({ length: atOnce }, caller)).then(() => process.send?.("done"));
  });
  process.send?.("ready");
}

void main();
