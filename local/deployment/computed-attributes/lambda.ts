import { type ComputedAttributes, nameFromArn, uniqueSuffix } from "./context";

const lambdaFunction: ComputedAttributes = (own, { region, accountId }) => {
  const name = own.string("function_name");
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const version = own.boolean("publish", false) ? "1" : "$LATEST";
  return {
    arn,
    id: name,
    invoke_arn: invokeArn(region, arn),
    qualified_arn: `${arn}:${version}`,
    qualified_invoke_arn: invokeArn(region, `${arn}:${version}`),
    version,
    architectures: ["x86_64"],
    memory_size: 128,
    package_type: "Zip",
    publish: false,
    reserved_concurrent_executions: -1,
    timeout: 3,
  };
};

/** What API Gateway calls for the function. */
function invokeArn(region: string, arn: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}

const alias: ComputedAttributes = (own, { region, accountId }) => {
  const functionName = nameFromArn(own.string("function_name"));
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}:${own.string("name")}`;
  return { arn, id: arn, invoke_arn: invokeArn(region, arn) };
};

const permission: ComputedAttributes = (own) => {
  const prefix = own.optionalString("statement_id_prefix") ?? "terraform-";
  const id = own.optionalString("statement_id") ?? `${prefix}${uniqueSuffix(own, "statement")}`;
  return { id, statement_id: id };
};

const eventInvokeConfig: ComputedAttributes = (own) => {
  const qualifier = own.optionalString("qualifier");
  const name = own.string("function_name");
  return {
    id: qualifier === undefined ? name : `${name}:${qualifier}`,
    maximum_retry_attempts: 2,
  };
};

export const lambdaAttributes: Readonly<Record<string, ComputedAttributes>> = {
  aws_lambda_function: lambdaFunction,
  aws_lambda_alias: alias,
  aws_lambda_permission: permission,
  aws_lambda_function_event_invoke_config: eventInvokeConfig,
};
