import type { Route } from "../../stacks/secure-edge/route";
import { shippedRoutes as routes } from "../support/synthesis";
import { body, type StackJson } from "./support/stack-json";
import { type SynthesizedApp, synthesizeApp } from "./support/synthesized-app";

const third: Route = {
  path: "/lambda3",
  method: "POST",
  functionName: "ExternalLambda3",
  handler: "external",
  auth: "cognito-id-token",
  authorizer: "AGAuthorizer3",
  userPool: "MyUserPool3",
};

const two = synthesizeApp();
const three = synthesizeApp({}, [...routes, third]);
const nested = synthesizeApp({}, [...routes, third, { ...third, path: "/orders/{id}" }]);
const shared = synthesizeApp({}, [
  ...routes,
  third,
  { ...third, path: "/orders/{id}" },
  { ...third, path: "/orders/{id}", method: "PUT" },
]);

describe("a third row in the table of routes", () => {
  it("makes the path, its method, its function, its user pool, and nothing else", () => {
    expect(added(two, three)).toEqual([
      "aws_api_gateway_authorizer.AGAuthorizer3",
      "aws_api_gateway_integration.POST-lambda3",
      "aws_api_gateway_method.POST-lambda3",
      "aws_api_gateway_method_response.POST-lambda3-200",
      "aws_api_gateway_method_response.POST-lambda3-503",
      "aws_api_gateway_resource.lambda3",
      "aws_cloudwatch_log_group.ExternalLambda3",
      "aws_cognito_user_pool.MyUserPool3",
      "aws_cognito_user_pool_client.MyUserPool3",
      "aws_cognito_user_pool_domain.MyUserPool3",
      "aws_iam_role.ExternalLambda3",
      "aws_iam_role_policy.ExternalLambda3",
      "aws_lambda_function.ExternalLambda3",
      "aws_lambda_permission.POST-lambda3",
      "data.archive_file.ExternalLambda3",
    ]);
    expect(added(three, two)).toEqual([]);
  });

  it("changes nothing that was there but the deployment, and what shows every function", () => {
    expect(changed(two.edge, three.edge)).toEqual([
      "aws_api_gateway_deployment.stage",
      "aws_cloudwatch_dashboard.traffic",
      "aws_cloudwatch_query_definition.function-errors",
    ]);
    expect(three.messaging.text).toBe(two.messaging.text);
  });

  it("adds itself to the deployment and leaves the rest of it", () => {
    const before = two.edge.only("aws_api_gateway_deployment");
    const after = three.edge.only("aws_api_gateway_deployment");

    expect(after).toEqual({
      ...before,
      triggers: { ...body(before.triggers), ...body(after.triggers) },
      depends_on: expect.arrayContaining([before.depends_on].flat()),
    });
    expect(
      Object.keys(body(after.triggers))
        .filter((entry) => !(entry in body(before.triggers)))
        .sort(),
    ).toEqual([
      "authorizer AGAuthorizer3",
      "integration POST-lambda3",
      "method POST-lambda3",
      "method_response POST-lambda3-200",
      "method_response POST-lambda3-503",
      "resource lambda3",
    ]);
  });

  it("has a user pool, an authorizer and a function of its own", () => {
    const { edge } = three;

    expect(edge.resources("aws_api_gateway_method")["POST-lambda3"]).toMatchObject({
      authorization: "COGNITO_USER_POOLS",
      authorizer_id: "${aws_api_gateway_authorizer.AGAuthorizer3.id}",
      resource_id: "${aws_api_gateway_resource.lambda3.id}",
    });
    expect(edge.resources("aws_api_gateway_authorizer").AGAuthorizer3).toMatchObject({
      provider_arns: ["${aws_cognito_user_pool.MyUserPool3.arn}"],
      identity_validation_expression: "^${aws_cognito_user_pool_client.MyUserPool3.id}$",
    });
    expect(edge.resources("aws_api_gateway_integration")["POST-lambda3"]).toMatchObject({
      uri: "${aws_lambda_function.ExternalLambda3.invoke_arn}",
    });
  });

  it.each([
    ["aws_iam_role_policy", "ExternalLambda1"],
    ["aws_iam_role", "ExternalLambda1"],
    ["aws_lambda_function", "ExternalLambda1"],
    ["aws_cloudwatch_log_group", "ExternalLambda1"],
    ["aws_lambda_permission", "POST-lambda1"],
    ["aws_api_gateway_method", "POST-lambda1"],
    ["aws_api_gateway_method_response", "POST-lambda1-200"],
    ["aws_api_gateway_authorizer", "AGAuthorizer1"],
    ["aws_cognito_user_pool", "MyUserPool1"],
    ["aws_cognito_user_pool_client", "MyUserPool1"],
    ["aws_cognito_user_pool_domain", "MyUserPool1"],
  ])("has the same settings as the first row, its names apart: %s", (type, name) => {
    const likeTheFirst = three.edge.resources(type)[name.replace("1", "3")];

    const renamed = JSON.stringify(likeTheFirst).replace(/((?:Lambda|lambda|Authorizer|Pool|pool))3/g, "$11");
    expect(JSON.parse(renamed)).toEqual(three.edge.resources(type)[name]);
  });

  it("is in the outputs beside the others", () => {
    expect(Object.keys(body(three.edge.outputs.user_pools?.value))).toEqual([
      "MyUserPool1",
      "MyUserPool2",
      "MyUserPool3",
    ]);
    expect(Object.keys(body(three.edge.outputs.function_log_groups?.value))).toEqual([
      "ExternalLambda1",
      "ExternalLambda2",
      "ExternalLambda3",
    ]);
  });
});

describe("another row with the same function and user pool", () => {
  it("makes the segments of its path and its method, and nothing else", () => {
    expect(added(three, nested)).toEqual([
      "aws_api_gateway_integration.POST-orders-id",
      "aws_api_gateway_method.POST-orders-id",
      "aws_api_gateway_method_response.POST-orders-id-200",
      "aws_api_gateway_method_response.POST-orders-id-503",
      "aws_api_gateway_resource.orders",
      "aws_api_gateway_resource.orders-id",
      "aws_lambda_permission.POST-orders-id",
    ]);
    expect(changed(three.edge, nested.edge)).toEqual(["aws_api_gateway_deployment.stage"]);
    expect(nested.edge.outputs).toEqual(three.edge.outputs);
  });

  it("makes its method alone where it shares the path as well", () => {
    expect(added(nested, shared)).toEqual([
      "aws_api_gateway_integration.PUT-orders-id",
      "aws_api_gateway_method.PUT-orders-id",
      "aws_api_gateway_method_response.PUT-orders-id-200",
      "aws_api_gateway_method_response.PUT-orders-id-503",
      "aws_lambda_permission.PUT-orders-id",
    ]);
    expect(changed(nested.edge, shared.edge)).toEqual(["aws_api_gateway_deployment.stage"]);
  });
});

/** The addresses that only the second app has. */
function added(before: SynthesizedApp, after: SynthesizedApp): string[] {
  const known = new Set([...before.messaging.addresses, ...before.edge.addresses]);
  return [...after.messaging.addresses, ...after.edge.addresses].filter((address) => !known.has(address));
}

/** The addresses that both stacks have with different contents. */
function changed(before: StackJson, after: StackJson): string[] {
  const contents = (stack: StackJson, address: string) => {
    const [type = "", name = ""] = address.replace(/^data\./, "").split(".");
    return JSON.stringify(
      (address.startsWith("data.") ? stack.dataSources(type) : stack.resources(type))[name],
    );
  };
  return before.addresses.filter(
    (address) => after.addresses.includes(address) && contents(before, address) !== contents(after, address),
  );
}
