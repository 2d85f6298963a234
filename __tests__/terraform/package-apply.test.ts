import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../../cli/common/project";
import { type Finished, runProcess } from "./support/run-process";

/** With a remote state, a profile of the user's, a module beside it, and a provisioner: what a project of others has. */
const MAIN = `terraform {
  backend "s3" {
    bucket = "somebody-elses"
    key    = "state"
    region = "eu-west-1"
  }
}
provider "aws" {
  region  = "eu-west-1"
  profile = "work"
}
variable "stage" {}
module "hello" {
  source = "../modules/hello"
}
resource "terraform_data" "hook" {
  provisioner "local-exec" {
    command = "echo ran > \${path.module}/../ran.txt"
  }
}
resource "aws_api_gateway_rest_api" "api" {
  name = "api"
}
resource "aws_api_gateway_resource" "hello" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "hello"
}
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.hello.id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.hello.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = module.hello.invoke_arn
}
resource "aws_lambda_permission" "api" {
  function_name = "hello"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "\${aws_api_gateway_rest_api.api.execution_arn}/*/*"
  depends_on    = [module.hello]
}
resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  depends_on  = [aws_api_gateway_integration.get]
}
resource "aws_api_gateway_stage" "stage" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.api.id
  stage_name    = var.stage
}
`;

const MODULE = `data "archive_file" "code" {
  type        = "zip"
  source_dir  = "\${path.module}/code"
  output_path = "\${path.module}/code.zip"
}
resource "aws_iam_role" "role" {
  name = "hello"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
resource "aws_lambda_function" "hello" {
  function_name    = "hello"
  role             = aws_iam_role.role.arn
  runtime          = "nodejs20.x"
  handler          = "index.handler"
  filename         = data.archive_file.code.output_path
  source_code_hash = data.archive_file.code.output_base64sha256
}
output "invoke_arn" {
  value = aws_lambda_function.hello.invoke_arn
}
`;

const tests = String(process.env.TERRAFORM_TESTS_FOLDER);
let parent: string;
let temporary: string;

beforeEach(() => {
  parent = mkdtempSync(path.join(tests, "foreign project "));
  temporary = mkdtempSync(path.join(tests, "temporary-"));
  for (const folder of ["infra", "modules/hello/code"])
    mkdirSync(path.join(parent, folder), { recursive: true });
  writeFileSync(path.join(parent, "infra", "main.tf"), MAIN);
  writeFileSync(path.join(parent, "infra", "dev.tfvars"), 'stage = "dev"\n');
  writeFileSync(path.join(parent, "modules", "hello", "main.tf"), MODULE);
  writeFileSync(
    path.join(parent, "modules", "hello", "code", "index.js"),
    'exports.handler = async () => ({ statusCode: 200, body: "hello from Terraform" });\n',
  );
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
  rmSync(temporary, { recursive: true, force: true });
});

/** The package's command, as it is in the sources. */
function apply(words: readonly string[], onStarted: (invokeUrl: string) => Promise<void> = async () => {}) {
  const main = [
    "--require",
    path.join(PROJECT, "typescript.js"),
    path.join(PROJECT, "local", "command", "main.ts"),
  ];
  const env = {
    ...process.env,
    TMPDIR: temporary,
    TF_CLI_CONFIG_FILE: path.join(tests, "terraform.tfrc"),
    AWS_PROFILE: "production",
    FORCE_COLOR: "0",
  } as Record<string, string>;
  const all = [...main, "apply", "infra", "--port", "0", "--console-port", "off", "--json", ...words];
  return runProcess(process.execPath, all, {
    cwd: parent,
    env,
    onLine(line, child) {
      const event = line.startsWith("{") ? JSON.parse(line) : {};
      if (event.event === "started")
        void onStarted(event.endpoints.invokeUrl).finally(() => child.kill("SIGINT"));
    },
  });
}

function leftIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

it("applies a project to a moto of its own and serves it; the project stays as it is, and nothing is left behind", async () => {
  const before = leftIn(parent);
  let answer: [status: number, text: string] | undefined;

  const { code, lines }: Finished = await apply(
    ["--yes", "--run-provisioners", "--var-file", "infra/dev.tfvars"],
    async (invokeUrl) => {
      const response = await fetch(`${invokeUrl}/hello`);
      answer = [response.status, await response.text()];
      expect(invokeUrl).toMatch(/\/dev$/);
    },
  );

  expect({ answer, code, errors: lines.filter((line) => line.startsWith("error")) }).toEqual({
    answer: [200, "hello from Terraform"],
    code: 0,
    errors: [],
  });
  expect(leftIn(parent)).toEqual(before);
  expect(leftIn(temporary)).toEqual([]);
});

it("names the programs that Terraform would start, and applies nothing without consent", async () => {
  const { code, lines } = await apply(["--yes", "--var-file", "infra/dev.tfvars"]);

  expect(code).toBe(1);
  expect(lines).toContain(
    '  infra/main.tf:17: local-exec of terraform_data.hook: "echo ran > ${path.module}/../ran.txt"',
  );
  expect(lines.filter((line) => line.includes("applying"))).toEqual([]);
  expect(leftIn(temporary)).toEqual([]);
});

it("tells in Terraform's words what cannot be applied, and leaves nothing behind", async () => {
  const { code, lines } = await apply(["--yes", "--run-provisioners"]);

  expect(code).toBe(1);
  expect(lines.join("\n")).toContain("No value for required variable");
  expect(leftIn(temporary)).toEqual([]);
});
