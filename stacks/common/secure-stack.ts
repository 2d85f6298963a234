import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ArchiveProvider } from "@cdktf/provider-archive/lib/provider";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, S3Backend, TerraformDataSource, TerraformElement, TerraformStack } from "cdktf";
import { type Construct, Node } from "constructs";
import type { Config } from "./config";
import { StacksError } from "./errors";
import type { LogProps, RoleProps } from "./handler-function";
import { physicalName, roleName } from "./names";
import { partitionOf } from "./regions";
import { StackKey, type StackKeyProps } from "./stack-key";

/** From the folder of a stack in the output folder to the project's: `cdktf.out/stacks/<stack>`. */
const PROJECT_FOLDER = "../../..";
/** Source: `ScheduleKeyDeletion`, https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
const SHORTEST_KEY_DELETION_DAYS = 7;

/**
 * A stack whose state addresses read well and never change by accident, with the providers and the state store that
 * all stacks share.
 *
 * An element is named by its own id, or, where that only repeats its type, by its parent's: the `function` of
 * `ExternalLambda1` is `aws_lambda_function.ExternalLambda1`. Two elements of one type and name stop synthesis; cdktf
 * by itself would merge them without a word.
 */
export class SecureStack extends TerraformStack {
  constructor(
    scope: Construct,
    id: string,
    readonly config: Config,
  ) {
    super(scope, id);
    new AwsProvider(this, "aws", {
      region: config.region,
      defaultTags: [{ tags: { ...config.tags } }],
    });
    new ArchiveProvider(this, "archive");
    this.createBackend();
    this.node.addValidation({ validate: () => this.repeatedAddresses() });
  }

  /** The name that AWS knows a thing of this stack by. */
  protected name(name: string): string {
    return physicalName(this.config, name);
  }

  /** What the role of a function of this stack is created with. */
  protected role(functionName: string): RoleProps {
    return { roleName: roleName(this.config, functionName), ...this.config.roles };
  }

  /** The account that the stack is deployed to: known only then. */
  protected get accountId(): string {
    const id = "current";
    const known = this.node.tryFindChild(id);
    return (known instanceof DataAwsCallerIdentity ? known : new DataAwsCallerIdentity(this, id)).accountId;
  }

  /** The ARN of something in the stack's region, where its own would close a circle: the key must be there before it. */
  protected arn(service: string, resource: string): string {
    const { region } = this.config;
    return `arn:${partitionOf(region).id}:${service}:${region}:${this.accountId}:${resource}`;
  }

  /** The ARN of a key of this stack's own, `undefined` where AWS's own keys are to do. */
  protected createKey(users: () => Pick<StackKeyProps, "services" | "deliveries">): string | undefined {
    const { customerKeys, region, secretRecoveryDays } = this.config;
    if (!customerKeys) return undefined;
    return new StackKey(this, "data", {
      aliasName: this.name(this.node.id),
      region,
      accountId: this.accountId,
      // Without the key, what it encrypted cannot be restored either.
      deletionDays: Math.max(SHORTEST_KEY_DELETION_DAYS, secretRecoveryDays),
      ...users(),
    }).arn;
  }

  protected logs(keyArn: string | undefined): LogProps {
    return { retentionInDays: this.config.logRetentionDays, kmsKeyId: keyArn };
  }

  protected override allocateLogicalId(subject: TerraformElement | Node): string {
    // cdktf asks with the bare node for an asset's folder: it is its parent's.
    const { id, scope } = subject instanceof Node ? subject : subject.node;
    const repeatsType =
      subject instanceof Node || terraformType(subject).endsWith(`_${id.replaceAll("-", "_")}`);
    const name = (repeatsType && scope ? scope.node.id : id).replace(/[^\w-]+/g, "-").replace(/^-|-$/g, "");
    // Terraform does not take a name that starts with a digit.
    return name.replace(/^(?![A-Za-z_])/, "_");
  }

  private createBackend(): void {
    const { state } = this.config;
    refuseForeignState(path.join(App.of(this).outdir, "stacks", this.node.id), state.prefix);
    if (state.kind === "local") {
      // Relative, so that the synthesized JSON is the same from every folder; Terraform starts from the stack's folder.
      new LocalBackend(this, { path: `${PROJECT_FOLDER}/state/${state.prefix}/${this.node.id}.tfstate` });
      return;
    }
    new S3Backend(this, {
      bucket: state.bucket,
      key: `secure-lambda/${state.prefix}/${this.node.id}.tfstate`,
      region: state.region,
      encrypt: true,
      ...(state.pathStyle ? { usePathStyle: true } : {}),
    });
    // cdktf's typed options know only the older lock table in DynamoDB.
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }

  private repeatedAddresses(): string[] {
    const seen = new Set<string>();
    return this.node
      .findAll()
      .filter((child): child is TerraformElement => TerraformElement.isTerraformElement(child))
      .map((element) => ({ element, address: `${terraformType(element)}.${element.friendlyUniqueId}` }))
      .filter(({ address }) => seen.size === seen.add(address).size)
      .map(
        ({ element, address }) => `${address} would exist twice: give ${element.node.path} an id of its own`,
      );
  }
}

/**
 * Terraform remembers in the stack's folder where its state is. Another deployment synthesized there, `npx cdktf deploy` with
 * another ENVIRONMENT for instance, would be offered `-migrate-state`, which gives one deployment the other's resources.
 *
 * @throws ForeignStateError where the folder belongs to another deployment
 */
function refuseForeignState(stackFolder: string, prefix: string): void {
  const file = path.join(stackFolder, ".terraform", "terraform.tfstate");
  if (!existsSync(file)) return;
  const { path: local, key }: { path?: string; key?: string } =
    JSON.parse(readFileSync(file, "utf8")).backend?.config ?? {};
  const found = /(?:^|\/)(?:state|secure-lambda)\/(.+)\/[^/]+\.tfstate$/.exec(local ?? key ?? "")?.[1];
  if (found !== undefined && found !== prefix) throw new ForeignStateError(stackFolder, found, prefix);
}

class ForeignStateError extends StacksError {
  override readonly name = "ForeignStateError";

  constructor(stackFolder: string, found: string, wanted: string) {
    super(
      `${stackFolder} belongs to the deployment ${found}, not to ${wanted}: use npm run deploy, which has an output folder for each, or --output another-folder`,
    );
  }
}

/** `aws_lambda_function`; the class's name for what is neither resource nor data source. */
function terraformType(element: object): string {
  const type =
    "terraformResourceType" in element ? String(element.terraformResourceType) : element.constructor.name;
  return element instanceof TerraformDataSource ? `data.${type}` : type;
}
