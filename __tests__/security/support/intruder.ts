import type { EditableStack } from "../../support/synthesized-folder";
import { STOLEN_FUNCTION } from "./stolen-function";

export interface Stacks {
  readonly edge: EditableStack;
  readonly messaging: EditableStack;
}

/** Somebody took over the code of all functions. */
export function stealFunctions({ edge, messaging }: Stacks): void {
  edge.replaceCode("ExternalLambda1", STOLEN_FUNCTION);
  edge.replaceCode("ExternalLambda2", STOLEN_FUNCTION);
  messaging.replaceCode("InternalLambda", STOLEN_FUNCTION);
}

/** A topic and a secret of another team in the same account; the topic tries to get at the function and the queue. */
export function addNeighbour({ messaging }: Pick<Stacks, "messaging">): void {
  messaging.add("aws_sns_topic.Payroll", { name: "Payroll" });
  messaging.add("aws_sns_topic_subscription.Payroll-function", {
    topic_arn: "${aws_sns_topic.Payroll.arn}",
    protocol: "lambda",
    endpoint: "${aws_lambda_function.InternalLambda.arn}",
  });
  messaging.add("aws_sns_topic_subscription.Payroll-queue", {
    topic_arn: "${aws_sns_topic.Payroll.arn}",
    protocol: "sqs",
    endpoint: "${aws_sqs_queue.InternalLambdaDLQ.arn}",
  });
  messaging.add("aws_secretsmanager_secret.Payroll", { name: "Payroll" });
  messaging.add("aws_secretsmanager_secret_version.Payroll", {
    secret_id: "${aws_secretsmanager_secret.Payroll.id}",
    secret_string: "the salaries",
  });
}

/**
 * Two ways to ExternalLambda1 without an authorizer: `POST /rogue/lambda1` through an API of somebody else, with the same
 * path, and `PUT /development/lambda1` through a method that was slipped into the API itself.
 */
export function addOpenMethods({ edge }: Pick<Stacks, "edge">): void {
  edge.add("aws_api_gateway_rest_api.rogue", { name: "RogueAPI" });
  edge.add("aws_api_gateway_resource.rogue", {
    rest_api_id: "${aws_api_gateway_rest_api.rogue.id}",
    parent_id: "${aws_api_gateway_rest_api.rogue.root_resource_id}",
    path_part: "lambda1",
  });
  addOpenMethod(edge, "POST-rogue", "POST", { api: "rogue", resource: "rogue" });
  addOpenMethod(edge, "PUT-lambda1", "PUT", { api: "api", resource: "lambda1" });
  edge.add("aws_api_gateway_deployment.rogue", { rest_api_id: "${aws_api_gateway_rest_api.rogue.id}" });
  edge.add("aws_api_gateway_stage.rogue", {
    rest_api_id: "${aws_api_gateway_rest_api.rogue.id}",
    deployment_id: "${aws_api_gateway_deployment.rogue.id}",
    stage_name: "rogue",
  });
}

function addOpenMethod(
  edge: EditableStack,
  name: string,
  httpMethod: string,
  at: { readonly api: string; readonly resource: string },
): void {
  const place = {
    rest_api_id: `\${aws_api_gateway_rest_api.${at.api}.id}`,
    resource_id: `\${aws_api_gateway_resource.${at.resource}.id}`,
    http_method: httpMethod,
  };
  edge.add(`aws_api_gateway_method.${name}`, { ...place, authorization: "NONE" });
  edge.add(`aws_api_gateway_integration.${name}`, {
    ...place,
    type: "AWS_PROXY",
    integration_http_method: "POST",
    uri: "${aws_lambda_function.ExternalLambda1.invoke_arn}",
  });
}
