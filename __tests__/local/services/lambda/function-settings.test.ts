import type { Value } from "../../../../local/deployment/attributes";
import { ledger } from "../../../../local/load";
import { readFunctions } from "../../../../local/services/lambda/function-settings";
import { deploymentOf } from "../../../support/deployment";
import { queueArn, roleArn } from "./support";

type Values = Record<string, Value>;

const fn = (values: Values) =>
  [
    "aws_lambda_function",
    {
      function_name: "F",
      handler: "index.handler",
      role: roleArn("F"),
      runtime: "nodejs22.x",
      filename: "F.zip",
      ...values,
    },
  ] as const;
const archive = ["data.archive_file", { output_path: "F.zip", source_dir: __dirname }] as const;

const read = (values: Values, ...others: readonly (readonly [string, Values])[]) => {
  const deployment = deploymentOf(fn(values), archive, ...others);
  ledger.requireAcceptable(deployment);
  return readFunctions(deployment);
};

describe("what the local runtime cannot run as AWS would is refused, with address and value", () => {
  test.each<[string, Values, string]>([
    [
      "a JSON log format",
      { logging_config: { log_format: "JSON" } },
      "logging_config.log_format must be Text, received JSON",
    ],
    [
      "another language",
      { runtime: "python3.13" },
      'runtime must be a Node.js runtime (nodejs16.x, nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x), or the function must be taken out of what is served, received "python3.13"',
    ],
    [
      "a dead-letter target of another service",
      { dead_letter_config: { target_arn: "arn:aws:s3:::bucket" } },
      "target_arn must be the ARN of one of sqs, sns",
    ],
    [
      "a container image",
      { package_type: "Image", image_uri: "1.dkr.ecr.us-east-1.amazonaws.com/a:1", runtime: null },
      'package_type "Image": the local runtime does not run container images',
    ],
    [
      "code from S3",
      { filename: null, s3_bucket: "code", s3_key: "f.zip" },
      "its code is s3://code/f.zip, and the deployment has no aws_s3_object",
    ],
    [
      "layers",
      { layers: ["arn:aws:lambda:us-east-1:123456789012:layer:L:1"] },
      "which is not a layer version of the deployment",
    ],
    [
      "a file system",
      {
        file_system_config: [
          {
            arn: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
            local_mount_path: "/mnt/a",
          },
        ],
      },
      "does not run functions with a file system",
    ],
    ["code that no archive is created from", { filename: "other.zip" }, "no archive_file creates it"],
  ])("%s", (_, values, message) => {
    expect(() => read(values)).toThrow(message);
    expect(() => read(values)).toThrow("aws_lambda_function.R0");
  });
});

// The service model of Lambda (2015-03-31), and where it says nothing the documentation; the messages as AWS gave them to localstack's validated tests.
describe("what AWS refuses at deployment is refused with AWS's reason", () => {
  test.each<[Values, string]>([
    [{ memory_size: 64 }, "memory_size 64: Member must have value greater than or equal to 128"],
    [{ memory_size: 10_241 }, "memory_size 10241: Member must have value less than or equal to 10240"],
    [{ timeout: 1000 }, "timeout 1000: Member must have value less than or equal to 900"],
    [
      { runtime: "nodejs99.x" },
      'runtime "nodejs99.x": Member must satisfy enum value set: [nodejs, nodejs4.3,',
    ],
    [{ runtime: "NODEJS22.X" }, 'runtime "NODEJS22.X": Member must satisfy enum value set'],
    [{ runtime: "nodejs14.x" }, "The runtime parameter of nodejs14.x is no longer supported for creating or"],
    [{ handler: "index handler" }, 'handler "index handler": Member must satisfy regular expression pattern'],
    [{ handler: `${"i".repeat(130)}.h` }, "Member must have length less than or equal to 128"],
    [{ function_name: "a b" }, 'function_name "a b": Member must satisfy regular expression pattern'],
    [{ function_name: "f".repeat(65) }, "Member must have length less than or equal to 64"],
    [{ role: "r1" }, 'role "r1": Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::'],
    [{ description: "d".repeat(257) }, "Member must have length less than or equal to 256"],
    [{ architectures: ["x86_64", "arm64"] }, "Member must have length less than or equal to 1"],
    [{ architectures: ["X86_64"] }, "Member must satisfy enum value set: [x86_64, arm64]"],
    [{ ephemeral_storage: [{ size: 511 }] }, "size 511: Member must have value greater than or equal to 512"],
    [{ ephemeral_storage: [{ size: 10_241 }] }, "Member must have value less than or equal to 10240"],
    [{ tracing_config: [{ mode: "On" }] }, "Member must satisfy enum value set: [Active, PassThrough]"],
    [{ package_type: "Jar" }, "Member must satisfy enum value set: [Zip, Image]"],
    [
      { logging_config: [{ log_format: "Text", log_group: "a b" }] },
      "Member must satisfy regular expression",
    ],
    [{ reserved_concurrent_executions: -2 }, "Member must have value greater than or equal to -1"],
  ])("%j", (values, message) => {
    expect(() => read(values)).toThrow(message);
  });

  const variables = (given: Record<string, string>) => ({ environment: [{ variables: given }] });

  test.each([
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
  ])("the reserved variable %s", (name) => {
    expect(() => read(variables({ [name]: "secret value" }))).toThrow(
      `contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${name}`,
    );
  });

  test.each(["WITH-HYPHEN", "1ST", "A", "_HANDLER", "WITH SPACE", ""])("the variable name '%s'", (name) => {
    expect(() => read(variables({ [name]: "secret value" }))).toThrow(
      `a name of environment[0].variables "${name}": Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+`,
    );
  });

  test.each([
    "TZ",
    "LANG",
    "PATH",
    "NODE_PATH",
    "NODE_OPTIONS",
    "AWS_ENDPOINT_URL",
    "AWS_XRAY_CONTEXT_MISSING",
  ])("but not the variable %s, which a function may set", (name) => {
    expect(read(variables({ [name]: "v" }))[0]?.environment).toEqual({ [name]: "v" });
  });

  test("more than 4 KB of variables, measured as JSON, without a word of their values", () => {
    const fits = { LARGE_VAR: "x".repeat(4096 - '{"LARGE_VAR":""}'.length) };
    const tooMany = { SMALL_VAR: "ok", LARGE_VAR: "x".repeat(4064) };

    expect(read(variables(fits))).toHaveLength(1);
    expect(() => read(variables(tooMany))).toThrow("exceeded the 4KB limit");
    expect(() => read(variables(tooMany))).not.toThrow("xxx");
  });
});

describe("aliases and event settings", () => {
  const alias = (values: Values) =>
    ["aws_lambda_alias", { function_name: "F", name: "live", function_version: "1", ...values }] as const;
  const config = (values: Values) =>
    ["aws_lambda_function_event_invoke_config", { function_name: "F", ...values }] as const;

  test("belong to the function that they name by name, by ARN or by a part of it", () => {
    const [settings] = read(
      { version: "1" },
      alias({ name: "a" }),
      alias({ name: "b", function_name: "arn:aws:lambda:us-east-1:123456789012:function:F" }),
      config({ function_name: "123456789012:function:F", qualifier: "a", maximum_retry_attempts: 0 }),
      config({
        destination_config: [{ on_failure: [{ destination: queueArn("Dead") }] }],
        maximum_event_age_in_seconds: 60,
      }),
    );

    expect([...(settings?.aliases.keys() ?? [])]).toEqual(["a", "b"]);
    expect(settings?.asynchronous.get("a")).toMatchObject({ retries: 0, maximumAgeSeconds: 21_600 });
    expect(settings?.asynchronous.get("$LATEST")).toMatchObject({
      retries: 2,
      maximumAgeSeconds: 60,
      onFailureArn: queueArn("Dead"),
    });
  });

  test.each<[string, readonly [string, Values], string]>([
    ["an alias of another function", alias({ function_name: "G" }), "a function of the deployment"],
    [
      "an alias of an earlier version",
      alias({ function_version: "3" }),
      "function_version 3 is not the version",
    ],
    ["an alias that is a number", alias({ name: "2024" }), "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"],
    ["settings of another function", config({ function_name: "G" }), "a function of the deployment"],
    [
      "three retries",
      config({ maximum_retry_attempts: 3 }),
      "Member must have value less than or equal to 2",
    ],
    ["an age of 59 s", config({ maximum_event_age_in_seconds: 59 }), "greater than or equal to 60"],
    [
      "a destination in a bucket",
      config({ destination_config: [{ on_success: [{ destination: "arn:aws:s3:::b" }] }] }),
      "the ARN of one of sqs, sns, lambda",
    ],
  ])("refused: %s", (_, resource, message) => {
    expect(() => read({ version: "1" }, resource)).toThrow(message);
  });
});
