import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DataAwsSnsTopic } from "@cdktf/provider-aws/lib/data-aws-sns-topic";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { readConfig } from "../../../stacks/common/config";
import { SecureStack } from "../../../stacks/common/secure-stack";
import { blocks, body, type StackJson, stackJson } from "../support/stack-json";

function synthesize(fill: (stack: SecureStack) => void, env: Record<string, string> = {}): StackJson {
  const outdir = mkdtempSync(path.join(tmpdir(), "secure-stack-"));
  try {
    const app = new App({ outdir });
    fill(new SecureStack(app, "the-stack", readConfig(env)));
    app.synth();
    return stackJson(readFileSync(path.join(outdir, "stacks", "the-stack", "cdk.tf.json"), "utf8"));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

describe("an element's name in the state", () => {
  it("is its own id, however deep it is", () => {
    const { addresses } = synthesize((stack) => {
      new SnsTopic(stack, "alerts", {});
      new SnsTopic(new Construct(new Construct(stack, "outer"), "inner"), "reports", {});
    });

    expect(addresses).toEqual(["aws_sns_topic.alerts", "aws_sns_topic.reports"]);
  });

  it("is its parent's where its own id only repeats the type", () => {
    const { addresses } = synthesize((stack) => {
      const names = new Construct(stack, "names");
      const topic = new SnsTopic(names, "topic", {});
      new SnsTopicPolicy(names, "topic-policy", { arn: topic.arn, policy: "{}" });
      new SqsQueue(names, "queue", {});
    });

    expect(addresses).toEqual(["aws_sns_topic.names", "aws_sns_topic_policy.names", "aws_sqs_queue.names"]);
  });

  it.each([
    ["orders {id}", "aws_sns_topic.orders-id"],
    ["{proxy+}", "aws_sns_topic.proxy"],
    ["2024", "aws_sns_topic._2024"],
    ["-", "aws_sns_topic._"],
  ])("is one that Terraform takes: %s", (id, address) => {
    const { addresses } = synthesize((stack) => {
      new SnsTopic(stack, id, {});
    });

    expect(addresses).toEqual([address]);
  });

  it("stops synthesis where two elements of a type would share it, and says which", () => {
    const twice = () =>
      synthesize((stack) => {
        new SnsTopic(new Construct(stack, "names"), "topic", {});
        new SnsTopic(stack, "names-topic", {}).overrideLogicalId("names");
      });

    expect(twice).toThrow(
      "aws_sns_topic.names would exist twice: give the-stack/names-topic an id of its own",
    );
  });

  it("stops synthesis for data sources and outputs as well", () => {
    expect(() =>
      synthesize((stack) => {
        new DataAwsSnsTopic(new Construct(stack, "a"), "known", { name: "a" });
        new DataAwsSnsTopic(new Construct(stack, "b"), "known", { name: "b" });
        new TerraformOutput(new Construct(stack, "c"), "url", { value: "c" });
        new TerraformOutput(new Construct(stack, "d"), "url", { value: "d" });
      }),
    ).toThrow(
      /data\.aws_sns_topic\.known would exist twice: give the-stack\/b\/known.*TerraformOutput\.url would exist twice: give the-stack\/d\/url/s,
    );
  });

  it("may be that of an element of another type, or of a data source", () => {
    const { addresses } = synthesize((stack) => {
      new SnsTopic(stack, "names", {});
      new SqsQueue(stack, "names-queue", {}).overrideLogicalId("names");
      new DataAwsSnsTopic(stack, "names-known", { name: "names" }).overrideLogicalId("names");
    });

    expect(addresses).toEqual(["aws_sns_topic.names", "aws_sqs_queue.names", "data.aws_sns_topic.names"]);
  });
});

describe("the stack's state", () => {
  const backendOf = (env: Record<string, string>) =>
    body(synthesize((stack) => new SnsTopic(stack, "alerts", {}), env).json.terraform).backend;

  it("lies in the project's own folder, by a relative path", () => {
    expect(backendOf({ ENVIRONMENT: "staging" })).toEqual({
      local: { path: "../../../state/staging/the-stack.tfstate" },
    });
  });

  it("lies in S3, encrypted and with a lock file, where a bucket is set", () => {
    expect(backendOf({ ENVIRONMENT: "staging", STATE_BUCKET: "my-state", AWS_REGION: "eu-west-1" })).toEqual({
      s3: {
        bucket: "my-state",
        key: "secure-lambda/staging/eu-west-1/the-stack.tfstate",
        region: "eu-west-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  it("lies apart by region and by prefix, so that no two deployments share one", () => {
    expect(backendOf({ AWS_REGION: "eu-west-1" })).toEqual({
      local: { path: "../../../state/development/eu-west-1/the-stack.tfstate" },
    });
    expect(backendOf({ NAME_PREFIX: "acme" })).toEqual({
      local: { path: "../../../state/development/us-east-1/acme/the-stack.tfstate" },
    });
    expect(
      backendOf({ ENVIRONMENT: "staging", AWS_REGION: "eu-west-1", STATE_BUCKET: "my-state" }),
    ).toMatchObject({
      s3: { key: "secure-lambda/staging/eu-west-1/the-stack.tfstate" },
    });
  });

  it("is reached by its path in moto, and kept apart from AWS's", () => {
    expect(backendOf({ TARGET: "moto", STATE_BUCKET: "my-state" })).toMatchObject({
      s3: { key: "secure-lambda/moto/development/the-stack.tfstate", use_path_style: true },
    });
  });
});

describe("the stack's AWS provider", () => {
  it("is the only one, works in the configured region, and tags whatever it creates", () => {
    const stack = synthesize((scope) => new SnsTopic(scope, "alerts", {}), {
      ENVIRONMENT: "staging",
      AWS_REGION: "eu-west-1",
      EXTRA_TAGS: "CostCenter=42",
    });

    expect(blocks(body(stack.json.provider).aws)).toEqual([
      {
        region: "eu-west-1",
        default_tags: [{ tags: { Project: "secure-lambda", Environment: "staging", CostCenter: "42" } }],
      },
    ]);
  });
});

describe("an output folder that Terraform has been initialised in", () => {
  const outdir = mkdtempSync(path.join(tmpdir(), "initialised-"));

  afterAll(() => rmSync(outdir, { recursive: true }));

  const stackOf = (env: Record<string, string>) => () =>
    new SecureStack(new App({ outdir }), "the-stack", readConfig(env));

  it.each([
    { path: "../../../state/development/the-stack.tfstate" },
    { key: "secure-lambda/development/the-stack.tfstate" },
  ])("is refused to another environment, whose state it would mix with its own: %j", (config) => {
    const folder = path.join(outdir, "stacks", "the-stack", ".terraform");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "terraform.tfstate"), JSON.stringify({ backend: { config } }));

    expect(stackOf({ ENVIRONMENT: "staging" })).toThrow(
      "belongs to the deployment development, not to staging:",
    );
    expect(stackOf({})).not.toThrow();
    expect(stackOf({ STATE_BUCKET: "the-state" })).not.toThrow();
  });
});
