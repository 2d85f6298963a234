import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { App, Fn, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { loadSynthesized } from "../../../local/load";

/** Two stacks, the second of which refers to what the first made. */
function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const [messages, edge] = ["messages", "edge"].map((name) => {
    const stack = new TerraformStack(app, name);
    new AwsProvider(stack, "aws", { region: "eu-central-1" });
    new LocalBackend(stack, { path: `../../../state/${name}.tfstate` });
    return stack;
  });
  if (messages === undefined || edge === undefined) throw new Error("there are two stacks");
  const topic = new SnsTopic(messages, "topic", { name: "Names" });
  const secret = new SecretsmanagerSecret(messages, "secret", { name: "TopicArn" });
  new SecretsmanagerSecretVersion(messages, "secret-version", {
    secretId: secret.id,
    secretString: Fn.jsonencode({ TOPIC_ARN: topic.arn }),
  });
  const fn = new LambdaFunction(edge, "fn", {
    functionName: `on-${topic.name}`,
    role: "role",
    environment: {
      variables: { ARNS: Fn.join(",", [topic.arn, secret.arn]), LITERAL: "$${not.a.reference}" },
    },
  });
  new TerraformOutput(edge, "function", { value: { name: fn.functionName, arn: fn.arn }, staticId: true });
  app.synth();
}

describe("what CDKTF itself synthesizes", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cdktf app ")));

  beforeAll(() => synthesize(join(folder, "cdktf.out")));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is resolved from stack to stack, its functions evaluated", () => {
    const deployment = loadSynthesized(join(folder, "cdktf.out"));

    const [fn] = deployment.ofType("aws_lambda_function");
    const [secret] = deployment.ofType("aws_secretsmanager_secret");
    const [version] = deployment.ofType("aws_secretsmanager_secret_version");
    const topicArn = "arn:aws:sns:eu-central-1:123456789012:Names";
    expect(fn?.block("environment")?.stringMap("variables")).toEqual({
      ARNS: `${topicArn},${secret?.string("arn")}`,
      LITERAL: "${not.a.reference}",
    });
    expect(version?.string("secret_string")).toBe(JSON.stringify({ TOPIC_ARN: topicArn }));
    expect(deployment.outputs).toEqual({
      messages: {},
      edge: {
        function: { name: "on-Names", arn: "arn:aws:lambda:eu-central-1:123456789012:function:on-Names" },
      },
    });
  });
});
