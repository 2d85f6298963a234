import { DataArchiveFile } from "@cdktf/provider-archive/lib/data-archive-file";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { bundleHandlers } from "./bundle";
import { type PolicyStatement, policyDocument, trustPolicy } from "./policy-document";

export interface RoleProps {
  /** The physical name, of its own in the whole account. */
  readonly roleName: string;
  /** `/`, or where the company keeps its roles. */
  readonly path: string;
  /** The ARN of the policy that limits what the role may ever do. */
  readonly permissionsBoundary: string | undefined;
}

/** How a stack keeps its log events. */
export interface LogProps {
  readonly retentionInDays: number;
  /** The ARN of the stack's own key; `undefined` for CloudWatch's. */
  readonly kmsKeyId: string | undefined;
}

export interface HandlerFunctionProps {
  /** The physical name. */
  readonly functionName: string;
  readonly role: RoleProps;
  /** The folder below `lambda-src`. */
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly logs: LogProps;
  /** Whether X-Ray records its requests. */
  readonly tracing: boolean;
  /** What the handler's `env.ts` asks for. */
  readonly environment: object & Readonly<Record<string, string>>;
  /** What the function may do, besides writing its own log. */
  readonly permissions: readonly PolicyStatement[];
}

/**
 * A function that may do what its `permissions` say and write its own log, and nothing else.
 *
 * The log group is created before the function and the role may not create one: none is left behind, none lives for ever.
 * The code is bundled during synthesis, so what is deployed is always the current source.
 *
 * Creates `aws_lambda_function`, `aws_iam_role`, `aws_iam_role_policy`, `aws_cloudwatch_log_group`, `archive_file`.
 */
export class HandlerFunction extends Construct {
  readonly functionName: string;
  readonly arn: string;
  readonly invokeArn: string;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const logGroup = this.createLogGroup(props);
    const role = this.createRole(props);
    const policy = this.createPolicy(role, logGroup, props);
    const fn = this.createFunction(props, role, policy);

    this.functionName = fn.functionName;
    this.arn = fn.arn;
    this.invokeArn = fn.invokeArn;
    this.logGroupName = logGroup.name;
  }

  private createLogGroup({ functionName, logs }: HandlerFunctionProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, "log-group", { name: `/aws/lambda/${functionName}`, ...logs });
  }

  private createRole({ functionName, role }: HandlerFunctionProps): IamRole {
    return new IamRole(this, "role", {
      name: role.roleName,
      path: role.path,
      permissionsBoundary: role.permissionsBoundary,
      description: `What ${functionName} runs as`,
      assumeRolePolicy: trustPolicy("lambda.amazonaws.com"),
    });
  }

  private createPolicy(
    role: IamRole,
    logGroup: CloudwatchLogGroup,
    props: HandlerFunctionProps,
  ): IamRolePolicy {
    return new IamRolePolicy(this, "policy", {
      name: `${props.functionName}-policy`,
      role: role.name,
      policy: policyDocument(
        {
          Sid: "OwnLog",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `${logGroup.arn}:*`,
        },
        ...(props.tracing ? [SEND_TRACES] : []),
        ...props.permissions,
      ),
    });
  }

  private createFunction(props: HandlerFunctionProps, role: IamRole, policy: IamRolePolicy): LambdaFunction {
    const bundle = HandlerBundle.in(TerraformStack.of(this), props.handler);
    const archive = new DataArchiveFile(this, "file", {
      type: "zip",
      sourceDir: bundle.path,
      outputPath: `archives/${this.node.id}.zip`,
    });
    return new LambdaFunction(this, "function", {
      functionName: props.functionName,
      role: role.arn,
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: archive.outputPath,
      sourceCodeHash: archive.outputBase64Sha256,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      tracingConfig: props.tracing ? { mode: "Active" } : undefined,
      environment: { variables: { NODE_OPTIONS: "--enable-source-maps", ...props.environment } },
      // Before its permissions are in place the first invocations would fail, and their log would be lost.
      dependsOn: [policy],
    });
  }
}

/** X-Ray knows no resources. Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
const SEND_TRACES: PolicyStatement = {
  Sid: "Traces",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};

/** What was bundled stays as it is for as long as the process, which synthesizes once. */
const bundles = new Map<string, string>();

/** Bundles handlers that functions will ask for, all in one run of esbuild: each function by itself would start one. */
export function bundleAhead(handlers: readonly string[]): void {
  for (const [handler, folder] of bundleHandlers(handlers)) bundles.set(handler, folder);
}

/** A handler's bundle in the stack's folder, once for however many functions share it. */
class HandlerBundle extends Construct {
  readonly path: string;

  static in(stack: TerraformStack, handler: string): HandlerBundle {
    const known = stack.node.tryFindChild(`handler-${handler}`);
    return known instanceof HandlerBundle ? known : new HandlerBundle(stack, handler);
  }

  private constructor(stack: TerraformStack, handler: string) {
    super(stack, `handler-${handler}`);
    if (!bundles.has(handler)) bundleAhead([handler]);
    this.path = new TerraformAsset(this, "bundle", {
      path: bundles.get(handler) ?? "",
      type: AssetType.DIRECTORY,
      // A fixed folder: no older bundle is left beside the current one. The archive's own hash tells what changed.
      assetHash: handler,
    }).path;
  }
}
