import { DeploymentError } from "../../deployment/attributes";
import type { Deployment, Resource } from "../../deployment/deployment";
import type { ServedType } from "../../deployment/resource-type";
import { formatArn, parseArn } from "../../kernel/arn";

/** A function's resource policy, statement by statement, as `lambda:AddPermission` writes it. */
export const permissionPolicy: NonNullable<ServedType["policy"]> = {
  guards: qualifiedArn,
  statement: (permission, deployment) =>
    toStatement(permission, qualifiedArn(permission, deployment), deployment),
};

/** A function is named by name, by ARN, or by the ARN's end, `123456789012:function:name`; a version or an alias may follow. */
function qualifiedArn(permission: Resource, deployment: Deployment): string {
  const reference = permission.string("function_name");
  const [, name = reference, named] =
    /(?:^function:|:function:|^)([\w-]+)(?::([\w$-]+))?$/.exec(reference) ?? [];
  const found = deployment.find("aws_lambda_function", "function_name", name);
  if (found === undefined) {
    throw new DeploymentError(
      `${permission.address}: function_name must name a function of the deployment, received ${JSON.stringify(reference)}`,
    );
  }
  // AWS refuses two that differ: localstack's recordings, `test_function_name_and_qualifier_validation`.
  const qualifier = permission.optionalString("qualifier") ?? named;
  if (named !== undefined && named !== qualifier)
    permission.refuse(
      "qualifier",
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  return qualifier === undefined ? found.string("arn") : `${found.string("arn")}:${qualifier}`;
}

function toStatement(permission: Resource, arn: string, deployment: Deployment): Record<string, unknown> {
  const sourceArn = permission.optionalString("source_arn");
  const sourceAccount = permission.optionalString("source_account");
  const organization = permission.optionalString("principal_org_id");
  const authType = permission.optionalString("function_url_auth_type");
  const eventSourceToken = permission.optionalString("event_source_token");
  const equals = {
    ...(sourceAccount !== undefined && { "AWS:SourceAccount": sourceAccount }),
    ...(organization !== undefined && { "aws:PrincipalOrgID": organization }),
    ...(authType !== undefined && { "lambda:FunctionUrlAuthType": authType }),
    ...(eventSourceToken !== undefined && { "lambda:EventSourceToken": eventSourceToken }),
  };
  return {
    Sid: (permission.optionalString("statement_id") ?? permission.address).replace(/[^A-Za-z0-9]/g, ""),
    Effect: "Allow",
    Principal: toPrincipal(permission, deployment),
    Action: permission.string("action"),
    Resource: arn,
    Condition: {
      ...(sourceArn !== undefined && { ArnLike: { "AWS:SourceArn": sourceArn } }),
      ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    },
  };
}

function toPrincipal(permission: Resource, deployment: Deployment): unknown {
  const principal = permission.string("principal");
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) {
    const { region } = deployment;
    return { AWS: formatArn({ region, accountId: principal }, "iam", "root", { region: "" }) };
  }
  if (parseArn(principal) !== undefined) return { AWS: principal };
  if (principal.includes(".")) return { Service: principal };
  return permission.fail("principal", "a service, an account or an ARN");
}
