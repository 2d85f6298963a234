import { RouteError } from "../../../stacks/common/errors";
import { RestApi } from "../../../stacks/secure-edge/rest-api";
import { shippedRoutes as routes } from "../../support/synthesis";
import { body } from "../support/stack-json";
import { synthesizeApp } from "../support/synthesized-app";
import { synthesizeConstruct } from "../support/synthesized-construct";

const [first] = routes;
if (first === undefined) throw new Error("the table of routes is empty");

describe("the REST API", () => {
  const { edge } = synthesizeApp({}, [
    ...routes,
    { ...first, path: "/orders/{id}", method: "PUT" },
    { ...first, path: "/orders", method: "POST" },
    {
      path: "/orders",
      method: "PATCH",
      functionName: first.functionName,
      handler: "external",
      auth: "none",
      reason: "anybody may",
    },
  ]);

  it("makes each segment of a path once, however many routes share it", () => {
    const paths = Object.entries(edge.resources("aws_api_gateway_resource")).map(([name, resource]) => [
      name,
      [resource.parent_id, resource.path_part],
    ]);

    const root = "${aws_api_gateway_rest_api.api.root_resource_id}";
    expect(Object.fromEntries(paths)).toEqual({
      lambda1: [root, "lambda1"],
      lambda2: [root, "lambda2"],
      orders: [root, "orders"],
      "orders-id": ["${aws_api_gateway_resource.orders.id}", "{id}"],
    });
  });

  it("has one method, one integration and one permission a route", () => {
    expect(edge.counts).toMatchObject({
      aws_api_gateway_method: 5,
      aws_api_gateway_integration: 5,
      aws_lambda_permission: 5,
      aws_api_gateway_authorizer: 2,
      aws_api_gateway_model: 2,
      aws_api_gateway_request_validator: 1,
      aws_lambda_function: 2,
    });
  });

  it("lets API Gateway invoke a function for its own routes, whatever a parameter is", () => {
    const sources = Object.values(edge.resources("aws_lambda_permission")).map(
      ({ source_arn }) => source_arn,
    );

    const api = "${aws_api_gateway_rest_api.api.execution_arn}/*";
    expect(sources.sort()).toEqual([
      `${api}/PATCH/orders`,
      `${api}/POST/lambda1`,
      `${api}/POST/lambda2`,
      `${api}/POST/orders`,
      `${api}/PUT/orders/*`,
    ]);
  });

  it("opens the one route that says that anybody may call it, and validates its body like the others'", () => {
    const methods = edge.resources("aws_api_gateway_method");

    const open = Object.entries(methods).filter(
      ([, { authorization }]) => authorization !== "COGNITO_USER_POOLS",
    );
    expect(open).toEqual([["PATCH-orders", expect.objectContaining({ authorization: "NONE" })]]);
    expect(methods["PATCH-orders"]).not.toHaveProperty("authorizer_id");
    for (const method of Object.values(methods))
      expect(body(method.request_models)).toHaveProperty(["$default"], "${aws_api_gateway_model.Name.name}");
  });

  it("stops where a route names what the stack does not create", () => {
    const incomplete = () =>
      synthesizeConstruct((scope) => {
        new RestApi(scope, "api", {
          apiName: "TheAPI",
          stageName: "development",
          routes: [first],
          functions: new Map(),
          userPools: new Map(),
          throttle: { rateLimit: 1, burstLimit: 1 },
          corsOrigin: undefined,
          logs: { retentionInDays: 1, kmsKeyId: undefined },
          tracing: false,
        });
      });

    expect(incomplete).toThrow(
      new RouteError('a route names "MyUserPool1", which the stack does not create'),
    );
  });

  it("stops at a table of routes that no API can be made of", () => {
    expect(() => synthesizeApp({}, [])).toThrow(RouteError);
    expect(() => synthesizeApp({}, [{ ...first, apiKeyRequired: true }])).toThrow(
      /name the clients in API_CLIENTS$/,
    );
  });
});
