import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type StackJson = Record<string, unknown>;

const folders: string[] = [];

/** A synthesized output folder with these stacks, and with the files named (path to content) beside them. */
export function synthesizedFolder(
  stacks: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "deployment ")));
  folders.push(folder);
  const manifest = Object.keys(stacks).map((name) => [
    name,
    {
      name,
      synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
      workingDirectory: `stacks/${name}`,
    },
  ]);
  write(folder, "manifest.json", JSON.stringify({ version: "0.21.0", stacks: Object.fromEntries(manifest) }));
  for (const [name, json] of Object.entries(stacks))
    write(folder, `stacks/${name}/cdk.tf.json`, JSON.stringify(json, null, 2));
  for (const [path, content] of Object.entries(files)) write(folder, path, content);
  return folder;
}

export function write(folder: string, path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

export function removeSynthesizedFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** What a stack has that has nothing else. */
export function stackJson(json: StackJson, region = "eu-west-1"): StackJson {
  return { provider: { aws: [{ region }] }, ...json };
}

/** Two stacks as CDKTF writes them: a topic and its secret, and an API whose function publishes to it. */
export const greetingStacks = {
  messages: stackJson({
    terraform: { backend: { local: { path: "../../../state/messages.tfstate" } } },
    resource: {
      aws_sns_topic: { Names: { name: "Names" } },
      aws_secretsmanager_secret: { TopicArn: { name: "TopicArn", recovery_window_in_days: 0 } },
      aws_secretsmanager_secret_version: {
        TopicArn: {
          secret_id: "${aws_secretsmanager_secret.TopicArn.id}",
          secret_string: '${jsonencode({"TOPIC_ARN" = aws_sns_topic.Names.arn})}',
        },
      },
      aws_sqs_queue: { Dead: { name: "Dead" } },
      aws_sns_topic_subscription: {
        Names: {
          topic_arn: "${aws_sns_topic.Names.arn}",
          protocol: "sqs",
          endpoint: "${aws_sqs_queue.Dead.arn}",
        },
      },
    },
    output: {
      "cross-stack-output-aws_secretsmanager_secretTopicArnarn": {
        value: "${aws_secretsmanager_secret.TopicArn.arn}",
        sensitive: true,
      },
      topic_arn: { value: "${aws_sns_topic.Names.arn}", description: "The topic" },
    },
  }),
  edge: stackJson({
    terraform: { backend: { local: { path: "../../../state/edge.tfstate" } } },
    data: {
      aws_caller_identity: { current: {} },
      aws_iam_policy_document: {
        assume: {
          statement: [
            {
              actions: ["sts:AssumeRole"],
              principals: [{ type: "Service", identifiers: ["lambda.amazonaws.com"] }],
            },
          ],
        },
      },
      archive_file: {
        Greeter: { type: "zip", source_dir: "assets/greeter", output_path: "archives/greeter.zip" },
      },
      terraform_remote_state: {
        messages: {
          backend: "local",
          config: { path: "../../../state/messages.tfstate" },
          workspace: "${terraform.workspace}",
        },
      },
    },
    resource: {
      aws_iam_role: {
        Greeter: { name: "Greeter", assume_role_policy: "${data.aws_iam_policy_document.assume.json}" },
      },
      aws_cloudwatch_log_group: {
        Greeter: { name: "/aws/lambda/${aws_lambda_function.Greeter.function_name}" },
      },
      aws_lambda_function: {
        Greeter: {
          "//": { metadata: { path: "edge/Greeter", uniqueId: "Greeter" } },
          function_name: "Greeter",
          role: "${aws_iam_role.Greeter.arn}",
          runtime: "nodejs22.x",
          handler: "index.handler",
          filename: "${data.archive_file.Greeter.output_path}",
          source_code_hash: "${data.archive_file.Greeter.output_base64sha256}",
          environment: {
            variables: {
              SECRET_ARN:
                "${data.terraform_remote_state.messages.outputs.cross-stack-output-aws_secretsmanager_secretTopicArnarn}",
            },
          },
          depends_on: ["aws_iam_role.Greeter"],
        },
      },
      aws_lambda_permission: {
        Greeter: {
          statement_id: "Api",
          action: "lambda:InvokeFunction",
          function_name: "${aws_lambda_function.Greeter.function_name}",
          principal: "apigateway.amazonaws.com",
          source_arn: "${aws_api_gateway_rest_api.Api.execution_arn}/*/POST/v1/greet",
        },
      },
      aws_cognito_user_pool: { Users: { name: "Users" } },
      aws_api_gateway_rest_api: { Api: { name: "Api", endpoint_configuration: { types: ["REGIONAL"] } } },
      aws_api_gateway_resource: {
        greet: {
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          parent_id: "${aws_api_gateway_resource.v1.id}",
          path_part: "greet",
        },
        v1: {
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          parent_id: "${aws_api_gateway_rest_api.Api.root_resource_id}",
          path_part: "v1",
        },
      },
      aws_api_gateway_authorizer: {
        Users: {
          name: "Users",
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          type: "COGNITO_USER_POOLS",
          provider_arns: ["${aws_cognito_user_pool.Users.arn}"],
        },
      },
      aws_api_gateway_method: {
        greet: {
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          resource_id: "${aws_api_gateway_resource.greet.id}",
          http_method: "POST",
          authorization: "COGNITO_USER_POOLS",
          authorizer_id: "${aws_api_gateway_authorizer.Users.id}",
        },
      },
      aws_api_gateway_integration: {
        greet: {
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          resource_id: "${aws_api_gateway_resource.greet.id}",
          http_method: "${aws_api_gateway_method.greet.http_method}",
          integration_http_method: "POST",
          type: "AWS_PROXY",
          uri: "${aws_lambda_function.Greeter.invoke_arn}",
        },
      },
      aws_api_gateway_deployment: {
        Api: {
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          depends_on: ["aws_api_gateway_integration.greet"],
        },
      },
      aws_api_gateway_stage: {
        Api: {
          rest_api_id: "${aws_api_gateway_rest_api.Api.id}",
          deployment_id: "${aws_api_gateway_deployment.Api.id}",
          stage_name: "test",
        },
      },
    },
    output: {
      invoke_url: { value: "${aws_api_gateway_stage.Api.invoke_url}" },
      account: { value: "${data.aws_caller_identity.current.account_id}" },
    },
  }),
} as const;

export const greetingFiles = { "stacks/edge/assets/greeter/index.mjs": "export const handler = () => 1;" };
