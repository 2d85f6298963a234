import { GetAccountCommand, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeUserPoolCommand, ListUserPoolsCommand } from "@aws-sdk/client-cognito-identity-provider";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { inventory } from "../support/inventory";
import { AwsAccount } from "./support/aws-account";
import { BOUNDARY, ELSEWHERE, PRODUCTION } from "./support/deployed-settings";
import { addresses, drift, stackNames } from "./support/state";
import { startTestTarget, type TestTarget } from "./support/target";
import { expectSuccess, type Workspace } from "./support/workspace";

const ROLE = "arn:aws:iam::123456789012:role";
const COMPANY = `${ROLE}/the-companys-own`;
/** moto tells the service by it, and takes every signature. */
const S3_SIGNATURE =
  "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
const ACCOUNT_STACK = "api-gateway-account";

describe("three deployments in an account that others use", () => {
  let target: TestTarget;
  let aws: AwsAccount;
  let development: Workspace;
  let production: Workspace;
  let elsewhere: Workspace;

  beforeAll(async () => {
    target = await startTestTarget();
    aws = new AwsAccount(target.moto.endpoint);
    development = target.workspace;
    production = development.another("cdktf.out.production", PRODUCTION);
    elsewhere = development.another("cdktf.out.elsewhere", ELSEWHERE);
  });

  afterAll(async () => {
    aws?.destroy();
    await target?.remove();
  });

  const logRole = async () => (await aws.apiGateway.send(new GetAccountCommand({}))).cloudwatchRoleArn;
  const manageAccount = (workspace: Workspace) =>
    workspace.another("cdktf.out.account", { MANAGE_API_GATEWAY_ACCOUNT: "true" });

  it("overwrite no role that API Gateway has already, and say which", async () => {
    await aws.apiGateway.send(
      new UpdateAccountCommand({
        patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: COMPANY }],
      }),
    );
    const account = manageAccount(development);
    await account.synthesize();

    const init = await account.terraform(ACCOUNT_STACK, "init", "-input=false");
    const applied = await account.terraform(
      ACCOUNT_STACK,
      "apply",
      "-input=false",
      "-auto-approve",
      "-no-color",
    );

    expectSuccess("terraform init", init);
    expect(applied.code).toBe(1);
    expect(inOneLine(applied.lines)).toContain(
      `with ${COMPANY}, which other APIs rely on. It was left as it is`,
    );
    expect(await logRole()).toBe(COMPANY);
    await target.moto.reset();
  });

  it("share the role that one of them has set where there was none, and do not fight for it", async () => {
    const ofDevelopment = manageAccount(development);
    const ofStaging = ofDevelopment.another("cdktf.out.account", { ENVIRONMENT: "staging" });
    const ofProduction = manageAccount(production);
    await ofDevelopment.synthesize();
    await ofDevelopment.apply(ACCOUNT_STACK);
    const set = await logRole();

    expect(set).toBe(`${ROLE}/api-gateway-logs-us-east-1`);
    for (const workspace of [ofDevelopment, ofStaging]) {
      await workspace.synthesize();
      expect(await drift(workspace, ACCOUNT_STACK)).toMatchObject({ code: 0 });
    }
    // Whoever comes with other names for roles is refused, and nothing changes.
    await ofProduction.synthesize();
    const planned = await ofProduction.terraform(ACCOUNT_STACK, "plan", "-input=false", "-no-color");
    expect(inOneLine(planned.lines)).toContain(
      "aws_iam_role.api-gateway-account has lifecycle.prevent_destroy",
    );
    expect(await logRole()).toBe(set);
  });

  it("are deployed beside each other, and a second plan has nothing to do, with each setting and without", async () => {
    const all = [development, production, elsewhere];
    await Promise.all(all.map((workspace) => workspace.synthesize()));
    for (const stack of stackNames) await Promise.all(all.map((workspace) => workspace.apply(stack)));

    for (const stack of stackNames) {
      const drifts = await Promise.all(all.map((workspace) => drift(workspace, stack)));
      expect(drifts).toMatchObject(all.map(() => ({ code: 0 })));
    }
    for (const stack of stackNames)
      expect(await addresses(development, stack)).toEqual([...inventory[stack]].sort());
    expect(await logRole()).toBe(`${ROLE}/api-gateway-logs-us-east-1`);
  });

  it("share no role between regions, and no state", async () => {
    const { roles } = await aws.everything();

    for (const name of ["ExternalLambda1", "ExternalLambda2", "InternalLambda"])
      expect(roles).toEqual(expect.arrayContaining([`${name}-role`, `${name}-eu-central-1-role`]));
    expect(development.leftovers().filter((file) => file.endsWith("secure-edge.tfstate"))).toEqual([
      "state/moto/development/eu-central-1/secure-edge.tfstate",
      "state/moto/development/secure-edge.tfstate",
      "state/moto/production/us-east-1/acme/secure-edge.tfstate",
    ]);
  });

  it("give the company's roles their path, boundary and tags", async () => {
    const { Role: role } = await aws.iam.send(
      new GetRoleCommand({ RoleName: "acme-ExternalLambda1-production-role" }),
    );

    expect(role).toMatchObject({
      Path: "/teams/api/",
      PermissionsBoundary: { PermissionsBoundaryArn: BOUNDARY },
      Tags: expect.arrayContaining([{ Key: "CostCenter", Value: "42" }]),
    });
  });

  it("lose no users: destroying production is refused before it begins", async () => {
    const destroyed = await production.terraform(
      "secure-edge",
      "destroy",
      "-input=false",
      "-auto-approve",
      "-no-color",
    );

    expect(destroyed.code).toBe(1);
    expect(inOneLine(destroyed.lines)).toContain(
      "aws_cognito_user_pool.MyUserPool1 has lifecycle.prevent_destroy",
    );
    expect(await protectionOf("acme-MyUserPool1-production")).toBe("ACTIVE");
    expect(await protectionOf("MyUserPool1")).not.toBe("ACTIVE");
    expect(await drift(production, "secure-edge")).toMatchObject({ code: 0 });
  });

  it("can be destroyed when the protection is taken off first, and leave the other one and the account alone", async () => {
    const unprotected = production.another("cdktf.out.production", { DELETION_PROTECTION: "false" });
    await unprotected.synthesize();
    await unprotected.apply("secure-edge");
    for (const stack of [...stackNames].reverse()) await destroy(unprotected, stack);

    const left = await aws.everything();
    expect(ofProduction(left)).toEqual({
      secrets: [expect.stringMatching(/^acme-LambdaSNSTopicARN-production-\w+$/)],
    });
    expect(left.apiGatewayRoles).toEqual([`${ROLE}/api-gateway-logs-us-east-1`]);
    for (const stack of stackNames) expect(await drift(development, stack)).toMatchObject({ code: 0 });
  });

  it("can be deployed again while the deleted secret still waits", async () => {
    const secret = "-target=aws_secretsmanager_secret.LambdaSNSTopicARN";
    expectSuccess(
      "terraform apply",
      await production.terraform("shared-messaging", "apply", "-input=false", "-auto-approve", secret),
    );

    const { secrets = [] } = ofProduction(await aws.everything());
    expect(secrets).toHaveLength(2);
  });

  it("keep all they know when their state moves to S3, where a lock keeps a second run out", async () => {
    const s3 = (object: string) =>
      fetch(`${target.moto.endpoint}/the-state/${object}`, {
        method: "PUT",
        headers: { Authorization: S3_SIGNATURE },
      });
    await s3("");
    const before = await Promise.all(stackNames.map((stack) => addresses(elsewhere, stack)));

    elsewhere.set({ STATE_BUCKET: "the-state" });
    await elsewhere.synthesize();
    for (const stack of stackNames) {
      expectSuccess(
        "terraform init",
        await elsewhere.terraform(stack, "init", "-migrate-state", "-force-copy", "-input=false"),
      );
    }

    expect(await Promise.all(stackNames.map((stack) => addresses(elsewhere, stack)))).toEqual(before);
    for (const stack of stackNames) expect(await drift(elsewhere, stack)).toMatchObject({ code: 0 });
    await s3("secure-lambda/moto/development/eu-central-1/secure-edge.tfstate.tflock");
    expect(await drift(elsewhere, "secure-edge")).toMatchObject({
      code: 1,
      said: expect.stringContaining("Error acquiring the state lock"),
    });
  });

  it("never take the account's role away", async () => {
    const account = manageAccount(development);
    await account.synthesize();

    const destroyed = await account.terraform(
      ACCOUNT_STACK,
      "destroy",
      "-input=false",
      "-auto-approve",
      "-no-color",
    );

    expect(destroyed.code).toBe(1);
    expect(inOneLine(destroyed.lines)).toContain("Instance cannot be destroyed");
    expect(await logRole()).toBe(`${ROLE}/api-gateway-logs-us-east-1`);
    expect(await drift(account, ACCOUNT_STACK)).toMatchObject({ code: 0 });
  });

  async function protectionOf(poolName: string): Promise<string | undefined> {
    const { UserPools: pools = [] } = await aws.cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
    const UserPoolId = pools.find(({ Name: name }) => name === poolName)?.Id;
    const { UserPool: pool } = await aws.cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    return pool?.DeletionProtection;
  }
});

async function destroy(workspace: Workspace, stack: (typeof stackNames)[number]): Promise<void> {
  expectSuccess(
    "terraform destroy",
    await workspace.terraform(stack, "destroy", "-input=false", "-auto-approve"),
  );
}

/** What is in the account with the names of the production, by kind; kinds without any left out. */
function ofProduction(
  everything: Readonly<Record<string, readonly (string | undefined)[]>>,
): Record<string, readonly (string | undefined)[]> {
  return Object.fromEntries(
    Object.entries(everything)
      .map(([kind, names]) => [kind, names.filter((name) => /acme|production/.test(name ?? ""))] as const)
      .filter(([, names]) => names.length > 0),
  );
}

/** Terraform breaks its messages into lines, with a frame beside them. */
function inOneLine(lines: readonly string[]): string {
  return lines.join(" ").replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
}
